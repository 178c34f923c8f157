import { onTestFinished } from 'vitest'

export const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

const DROP_PATIENCE_MS = 60_000

/** Called in a test, `drop` is called when it ends; in a hook for a whole file, it belongs into `afterAll`. */
export const dropAfterTest = (drop: () => Promise<void>): void => {
  try {
    onTestFinished(drop, DROP_PATIENCE_MS)
  } catch {
    // In a hook; globalSetup.ts finds what was forgotten.
  }
}
