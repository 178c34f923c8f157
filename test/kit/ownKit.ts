import { closingItself } from './dropAfterTest.ts'

/** Opens a kit that a case has for itself, so that cases can run at the same time, and closes it whatever becomes of the case. */
export const withOwnKit = async <K extends { close(): Promise<void> }>(
  open: () => Promise<K>,
  work: (kit: K) => Promise<void>,
): Promise<void> => {
  const kit = await closingItself(open)
  try {
    await work(kit)
  } catch (error) {
    // What is left over of a case that failed is not why it failed.
    await kit.close().catch(() => undefined)
    throw error
  }
  await kit.close()
}
