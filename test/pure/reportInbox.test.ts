import { describe, expect, it } from 'vitest'
import { ReportInbox } from '../../server/src/decide/reportInbox.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

const report = (sequences: readonly number[], attempt = 1, workerGroupId = 0) => ({
  heartbeat: sampleHeartbeat({ workerGroupId, attempt }),
  snapshots: sequences.map(sequence => sampleSnapshot({ workerGroupId, attempt, sequence, intervalIndex: sequence })),
})

/** As the ledger does: what is taken out is taken in. */
const taker = () => {
  const upTo = new Map<string, number>()
  const key = (workerId: string, attempt: number): string => `${workerId} ${attempt}`
  return {
    take: (inbox: ReportInbox): number[] => {
      const ready = inbox.take((workerId, attempt) => upTo.get(key(workerId, attempt)) ?? -1)
      for (const { workerId, attempt, sequence } of ready) upTo.set(key(workerId, attempt), sequence)
      return ready.map(({ sequence }) => sequence)
    },
    fromTables: (workerId: string, attempt: number, sequence: number) => upTo.set(key(workerId, attempt), sequence),
  }
}

describe('what workers push', () => {
  it('is taken in once and in order, however often and in whatever order it comes', () => {
    const inbox = new ReportInbox()
    const { take } = taker()
    inbox.put(report([0]), 0)
    inbox.put(report([1, 0]), 0)
    expect(take(inbox)).toEqual([0, 1])
    inbox.put(report([0, 1, 2]), 0)
    expect(take(inbox)).toEqual([2])
    expect(take(inbox)).toEqual([])
    expect(inbox.hasGap).toBe(false)
  })

  it('waits where something before it is missing, until that comes by either way', () => {
    const inbox = new ReportInbox()
    const { take, fromTables } = taker()
    inbox.put(report([0, 2, 3]), 0)
    expect(take(inbox)).toEqual([0])
    expect(inbox.hasGap).toBe(true)
    fromTables('worker-0', 1, 1)
    expect(take(inbox)).toEqual([2, 3])
    expect(inbox.hasGap).toBe(false)
    inbox.put(report([5]), 0)
    fromTables('worker-0', 1, 6)
    expect(take(inbox)).toEqual([])
    expect(inbox.hasGap).toBe(false)
  })

  it('comes to all of it exactly once by two ways of which each loses something', () => {
    forAll(({ fraction, whole }) => {
      const inbox = new ReportInbox()
      const { take, fromTables } = taker()
      const taken: number[] = []
      const count = whole(1, 40)
      let inTables = 0
      for (let sequence = 0; sequence < count; sequence++) {
        if (fraction() < 0.6) inbox.put(report([sequence]), 0)
        if (fraction() < 0.5) taken.push(...take(inbox))
        if (fraction() < 0.3) {
          inTables = sequence + 1
          while (taken.length < inTables) taken.push(taken.length)
          fromTables('worker-0', 1, taken.length - 1)
        }
      }
      taken.push(...take(inbox))
      expect(taken).toEqual(Array.from({ length: taken.length }, (_, i) => i))
      expect(taken.length).toBeGreaterThanOrEqual(inTables)
    })
  })

  it('by an earlier attempt than is known is not heard; a later one begins anew', () => {
    const inbox = new ReportInbox()
    const { take } = taker()
    inbox.put(report([0, 1, 5], 1), 0)
    inbox.put(report([0], 2), 0)
    inbox.put(report([2], 1), 0)
    expect(take(inbox)).toEqual([0])
    expect(inbox.hasGap).toBe(false)
    expect(inbox.beats(0)).toMatchObject([{ beat: { attempt: 2 } }])
  })

  it('under another worker’s name is not heard', () => {
    const inbox = new ReportInbox()
    inbox.put({ ...report([]), snapshots: report([0], 1, 1).snapshots }, 0)
    expect(taker().take(inbox)).toEqual([])
  })

  it('is bounded: the oldest that cannot be taken in are let go', () => {
    const inbox = new ReportInbox()
    inbox.put(report(Array.from({ length: 200 }, (_, i) => i + 1)), 0)
    const { take, fromTables } = taker()
    fromTables('worker-0', 1, 80)
    expect(take(inbox)).toEqual(Array.from({ length: 120 }, (_, i) => i + 81))
  })

  it('of all workers is one interval after the other', () => {
    const inbox = new ReportInbox()
    for (const workerGroupId of [0, 1]) inbox.put(report([0, 1], 1, workerGroupId), 0)
    expect(taker().take(inbox)).toEqual([0, 0, 1, 1])
  })

  it('says when a worker is another than it was', () => {
    const inbox = new ReportInbox()
    const push = (status: 'READY' | 'RUNNING') => inbox.put({ heartbeat: sampleHeartbeat({ status }), snapshots: [] }, 0)
    expect([push('READY'), push('READY'), push('RUNNING'), push('RUNNING')]).toEqual([true, false, true, false])
  })

  it('makes the tables needless only while every worker does, and has lately', () => {
    const inbox = new ReportInbox()
    inbox.put(report([]), 1_000)
    const [one, two] = [['worker-0'], ['worker-0', 'worker-1']]
    expect([inbox.hearsAll(one, 4_499), inbox.hearsAll(one, 4_500), inbox.hearsAll(two, 1_000)]).toEqual([true, false, false])
    expect([inbox.hearsAll(['worker-1'], 1_000), inbox.hearsAll([], 9_000)]).toEqual([false, true])
    expect(inbox.beats(3_000)).toMatchObject([{ agoSeconds: 2 }])
  })
})
