import { describe, expect, it } from 'vitest'
import { mergeHeartbeats } from '../../server/src/decide/mergeHeartbeats.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'

const pushed = (change: Parameters<typeof sampleHeartbeat>[0], agoSeconds = 0.2) => {
  const { ageSeconds: _age, count: _count, ...beat } = sampleHeartbeat(change)
  return { beat, agoSeconds }
}

describe('a worker that is heard of by the tables and by push', () => {
  it('grows older since it was read', () => {
    expect(mergeHeartbeats([sampleHeartbeat({ ageSeconds: 1 })], 2.5, [])).toEqual([sampleHeartbeat({ ageSeconds: 3.5 })])
  })

  it('is as it was last heard of, and is further along by whichever says so', () => {
    const table = sampleHeartbeat({ snapshotsTaken: 6, operations: 1_000, ageSeconds: 2 })
    const further = pushed({ snapshotsTaken: 8, operations: 1_400 })
    expect(mergeHeartbeats([table], 0, [further])).toEqual([{ ...further.beat, ageSeconds: 0.2, count: table.count }])
    const behind = pushed({ snapshotsTaken: 5, operations: 900 })
    expect(mergeHeartbeats([table], 0, [behind])).toEqual([{ ...table, ageSeconds: 0.2 }])
  })

  it.each([
    ['READY', 'STARTING'],
    ['RUNNING', 'READY'],
    ['DRAINING', 'RUNNING'],
    ['COMPLETED', 'DRAINING'],
    ['FAILED', 'DRAINING'],
  ] as const)('does not go back from %s to %s', (later, earlier) => {
    for (const [table, push] of [
      [later, earlier],
      [earlier, later],
    ] as const) {
      expect(mergeHeartbeats([sampleHeartbeat({ status: table })], 0, [pushed({ status: push })])).toMatchObject([{ status: later }])
    }
  })

  it('is the newest attempt, whichever way that is heard of: a superseded one counts for nothing', () => {
    const second = sampleHeartbeat({ attempt: 2, status: 'STARTING', ageSeconds: 4 })
    expect(mergeHeartbeats([second], 0, [pushed({ attempt: 1, status: 'READY' })])).toEqual([second])
    const beat = pushed({ attempt: 2, status: 'READY' })
    expect(mergeHeartbeats([sampleHeartbeat({ attempt: 1 })], 0, [beat])).toEqual([{ ...beat.beat, ageSeconds: 0.2, count: 0 }])
  })

  it('where all is the same, is the one that is fresher', () => {
    const table = sampleHeartbeat({ activeConnections: 4, ageSeconds: 1 })
    expect(mergeHeartbeats([table], 0, [pushed({ activeConnections: 3 })])).toMatchObject([{ activeConnections: 3, ageSeconds: 0.2 }])
    expect(mergeHeartbeats([table], 0, [pushed({ activeConnections: 3 }, 1.5)])).toMatchObject([{ activeConnections: 4, ageSeconds: 1 }])
  })

  it('stands among the others by its group, and before the tables were read again too', () => {
    const merged = mergeHeartbeats([sampleHeartbeat({ workerGroupId: 2 })], 0, [pushed({ workerGroupId: 0 })])
    expect(merged.map(({ workerId }) => workerId)).toEqual(['worker-0', 'worker-2'])
  })
})
