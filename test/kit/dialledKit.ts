import { openRunKit, type RunKit } from './runKit.ts'
import { type SlowSut, startSlowSut } from './slowSut.ts'

/** A run kit whose server and workers reach the control database through a dial; the test itself does not. */
export interface DialledKit {
  readonly kit: RunKit
  readonly controlDial: SlowSut
  close(): Promise<void>
}

export const openDialledKit = async (): Promise<DialledKit> => {
  const dials: SlowSut[] = []
  const kit = await openRunKit({
    controlUrl: async control => {
      const url = new URL(control.url)
      const dial = await startSlowSut({ host: url.hostname, port: Number(url.port) })
      dials.push(dial)
      url.port = String(dial.port)
      return url.href
    },
  })
  const [controlDial] = dials
  if (controlDial === undefined) throw new Error('the kit asked for no control database')
  return {
    kit,
    controlDial,
    close: async () => {
      await kit.close()
      await controlDial.close()
    },
  }
}
