import { AsyncLocalStorage } from 'node:async_hooks'
import { onTestFinished } from 'vitest'

export const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

const DROP_PATIENCE_MS = 60_000

const closedByCaller = new AsyncLocalStorage<true>()

/** What is made meanwhile is dropped by who makes it: of cases that run at the same time, vitest does not know which one asks. */
export const closingItself = <T>(make: () => Promise<T>): Promise<T> => closedByCaller.run(true, make)

/** Called in a test, `drop` is called when it ends; in a hook for a whole file, it belongs into `afterAll`. */
export const dropAfterTest = (drop: () => Promise<void>): void => {
  if (closedByCaller.getStore() === true) return
  try {
    onTestFinished(drop, DROP_PATIENCE_MS)
  } catch {
    // In a hook; globalSetup.ts finds what was forgotten.
  }
}
