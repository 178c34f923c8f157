import type { WorkerSnapshot } from '@flakebench/contract'
import { ControlDatabaseUnavailable, insertSnapshots, type SqlClient } from '@flakebench/store'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import { sleep } from '../waiting.ts'
import { decideRetry } from './decideRetry.ts'
import type { Tell } from './tellTroubles.ts'

/** In one statement. */
const MOST_AT_ONCE = 50

export interface SnapshotSender {
  send(snapshot: WorkerSnapshot): void
  /** Writes what waits; resolves when all that was sent so far is written: null. Or with the reason why it never will be. */
  delivered(): Promise<WorkerFailure | null>
}

export interface SendDeps {
  /** Must keep what it has acknowledged: a snapshot is written once only. */
  readonly db: SqlClient
  /** How long a snapshot may wait for others to be written with it; 0: not at all. */
  readonly batchMs: () => number
  readonly trouble: Tell
  /** A snapshot is not taken, however often it is tried: neither it nor any after it will be written. */
  readonly refused: (failure: WorkerFailure) => void
}

/**
 * Writes snapshots in their order, several at a time where they may wait: none is dropped, none overtakes another. While the control database is away,
 * they are tried again for ever; when it answers and refuses, a bounded number of times.
 */
export const startSendingSnapshots = ({ db, batchMs, trouble, refused }: SendDeps): SnapshotSender => {
  const waiting: WorkerSnapshot[] = []
  let failure: WorkerFailure | null = null
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  const write = async (snapshots: readonly WorkerSnapshot[]): Promise<void> => {
    let refusals = 0
    for (let failures = 1; failure === null; failures++) {
      try {
        await insertSnapshots(db, snapshots)
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

  const writeAll = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing ??= (async () => {
      while (waiting.length > 0 && failure === null) {
        const snapshots = waiting.slice(0, MOST_AT_ONCE)
        await write(snapshots)
        waiting.splice(0, snapshots.length)
      }
    })().finally(() => {
      writing = null
    })
    return writing
  }

  return {
    send: snapshot => {
      waiting.push(snapshot)
      const waitMs = batchMs()
      if (waitMs === 0) void writeAll()
      else timer ??= setTimeout(() => void writeAll(), waitMs)
    },
    delivered: async () => {
      while (waiting.length > 0 && failure === null) await writeAll()
      return failure
    },
  }
}

const refusalOf = (error: unknown, refusals: number): WorkerFailure =>
  new WorkerFailure(
    EXIT.CONTROL_LOST,
    `The control database refused a snapshot ${refusals} times (${messageOf(error)}): this worker stopped sending. Check its tables and disk space`,
    { cause: error },
  )
