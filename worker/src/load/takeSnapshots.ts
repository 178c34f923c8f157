import type { ClientHealth, WorkerSnapshot } from '@flakebench/contract'
import { encodeInterval, encodeSnapshot, type KindName, type SnapshotIdentity } from '../measure/encodeSnapshot.ts'
import type { ClosedInterval, Recorder } from '../measure/recorder.ts'
import type { ClientHealthMeter } from './clientHealth.ts'

/** Longest delay that a timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export interface SnapshotDeps {
  readonly recorder: Recorder
  readonly identity: SnapshotIdentity
  readonly kinds: readonly KindName[]
  readonly sinceStartMs: () => number
  /** Of the process, from the start of the load; stopped at the end. */
  readonly health: ClientHealthMeter
  readonly taken: (snapshot: WorkerSnapshot) => void
}

export interface SnapshotTaker {
  /** Takes what has closed by now, without waiting for the next interval's end. */
  takeNow(): void
  /** Takes what is left, and resolves when the last snapshot has been handed on. */
  finish(): Promise<void>
}

const turnOfTheLoop = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/**
 * Closes each interval at its end, and makes snapshots of closed ones between operations: one histogram in a turn of the event loop, so that no
 * operation waits for more than one encoding.
 */
export const startTakingSnapshots = ({ recorder, identity, kinds, sinceStartMs, health, taken }: SnapshotDeps): SnapshotTaker => {
  let sequence = 0
  let timer: NodeJS.Timeout | undefined
  let encoding = Promise.resolve()

  const encode = async (closed: ClosedInterval, client: ClientHealth): Promise<void> => {
    const encoded = await encodeInterval(closed, kinds, turnOfTheLoop)
    taken(encodeSnapshot(identity, sequence, closed, encoded, client))
    sequence += 1
    recorder.release(closed)
  }

  const take = (): void => {
    let client: ClientHealth | null = null
    for (let closed = recorder.takeClosed(); closed !== null; closed = recorder.takeClosed()) {
      client ??= health.takeInterval(closed.counts.clockError?.percentileMs(99) ?? null)
      const [interval, fared] = [closed, client]
      encoding = encoding.then(() => encode(interval, fared))
    }
  }

  const takeNow = (): void => {
    clearTimeout(timer)
    const nowMs = sinceStartMs()
    recorder.advance(nowMs)
    take()
    if (Number.isFinite(recorder.intervalEndMs)) {
      timer = setTimeout(takeNow, Math.min(Math.max(recorder.intervalEndMs - nowMs, 1), LONGEST_TIMER_MS))
    }
  }

  const finish = async (): Promise<void> => {
    clearTimeout(timer)
    recorder.finish(sinceStartMs())
    take()
    health.stop()
    await encoding
  }

  takeNow()
  return { takeNow, finish }
}
