import type { WorkerSnapshot } from '@flakebench/contract'
import { ControlDatabaseUnavailable, insertSnapshot, type SqlClient } from '@flakebench/store'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import { sleep } from '../waiting.ts'
import { decideRetry } from './decideRetry.ts'
import type { Tell } from './tellTroubles.ts'

export interface SnapshotSender {
  send(snapshot: WorkerSnapshot): void
  /** Resolves when all that was sent so far is written: null. Or with the reason why it never will be. */
  delivered(): Promise<WorkerFailure | null>
}

export interface SendDeps {
  /** Must keep what it has acknowledged: a snapshot is written once only. */
  readonly db: SqlClient
  readonly trouble: Tell
  /** A snapshot is not taken, however often it is tried: neither it nor any after it will be written. */
  readonly refused: (failure: WorkerFailure) => void
}

/**
 * Writes snapshots in their order, one at a time: none is dropped, none overtakes another. While the control database is away, one is tried again for
 * ever; when it answers and refuses, a bounded number of times.
 */
export const startSendingSnapshots = ({ db, trouble, refused }: SendDeps): SnapshotSender => {
  let last: Promise<void> = Promise.resolve()
  let failure: WorkerFailure | null = null

  const write = async (snapshot: WorkerSnapshot): Promise<void> => {
    let refusals = 0
    for (let failures = 1; failure === null; failures++) {
      try {
        await insertSnapshot(db, snapshot)
        trouble.over()
        return
      } catch (error) {
        if (!(error instanceof ControlDatabaseUnavailable)) refusals += 1
        const retryMs = decideRetry(failures, refusals)
        if (retryMs === null) {
          failure = refusalOf(error, refusals)
          refused(failure)
          return
        }
        trouble.met(error)
        await sleep(retryMs)
      }
    }
  }

  return {
    send: snapshot => {
      last = last.then(() => write(snapshot))
    },
    delivered: () => last.then(() => failure),
  }
}

const refusalOf = (error: unknown, refusals: number): WorkerFailure =>
  new WorkerFailure(
    EXIT.CONTROL_LOST,
    `The control database refused a snapshot ${refusals} times (${messageOf(error)}): this worker stopped sending. Check its tables and disk space`,
    { cause: error },
  )
