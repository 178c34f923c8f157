import type { WorkerSnapshot } from '@flakebench/contract'
import { insertSnapshot, type SqlClient } from '@flakebench/store'
import type { Tell } from './tellTroubles.ts'

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 5_000

export interface SnapshotSender {
  send(snapshot: WorkerSnapshot): void
  /** Resolves when all that was sent so far is written. */
  delivered(): Promise<void>
}

/** Writes snapshots in their order, one at a time; one that cannot be written is tried again for ever: none is dropped, none overtakes another. */
export const startSendingSnapshots = (db: SqlClient, trouble: Tell): SnapshotSender => {
  let last: Promise<void> = Promise.resolve()

  const write = async (snapshot: WorkerSnapshot): Promise<void> => {
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
      try {
        await insertSnapshot(db, snapshot)
        trouble.over()
        return
      } catch (error) {
        trouble.met(error)
        await new Promise(resolve => setTimeout(resolve, retryMs))
      }
    }
  }

  return {
    send: snapshot => {
      last = last.then(() => write(snapshot))
    },
    delivered: () => last,
  }
}
