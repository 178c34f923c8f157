import { putPoolProgress, type SqlClient } from '@flakebench/store'

/** Twice a second at most. */
const EVERY_MS = 500
/** Also when nothing has changed: whoever hears nothing for longer takes the preparation for dead. */
const ALIVE_EVERY_MS = 4_000

export interface Progress {
  add(values: number): void
  /** Somebody has ended the set meanwhile: as failed, or removed. */
  isGivenUp(): boolean
  /** Resolves when nothing more will be written. May be called twice. */
  stop(): Promise<void>
}

/** Tells how many values are stored, and that the preparation is alive, until it is stopped. */
export const startTellingProgress = (db: SqlClient, setId: string): Progress => {
  let stored = 0
  let told = 0
  let silentMs = 0
  let isGivenUp = false
  let writing: Promise<void> = Promise.resolve()
  let isWriting = false
  const write = async (): Promise<void> => {
    const now = stored
    isWriting = true
    try {
      isGivenUp = !(await putPoolProgress(db, setId, now))
      told = now
      silentMs = 0
    } catch {
      // What cannot be told now is told half a second later; a control database that is gone fails the storing itself.
    } finally {
      isWriting = false
    }
  }
  const timer = setInterval(() => {
    silentMs += EVERY_MS
    if (!isWriting && (stored !== told || silentMs >= ALIVE_EVERY_MS)) writing = write()
  }, EVERY_MS)
  return {
    add: values => {
      stored += values
    },
    isGivenUp: () => isGivenUp,
    stop: async () => {
      clearInterval(timer)
      await writing
    },
  }
}
