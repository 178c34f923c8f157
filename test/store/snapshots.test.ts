import type { WorkerSnapshot } from '@flakebench/contract'
import { insertSnapshots, listSnapshotsAfter, newId, SNAPSHOTS_AT_ONCE, type SqlClient } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleRollup } from '../kit/sampleFigures.ts'
import { sampleSnapshot } from '../kit/sampleSnapshot.ts'

const countRows = async (db: SqlClient): Promise<unknown> =>
  (await db.query('SELECT COUNT(*) AS n FROM worker_metrics_snapshots'))[0]?.['n']

const IN_ONE_STATEMENT = 100

/** Snapshots 0 to `count` − 1, a hundred at a time. */
const insertMany = async (db: SqlClient, count: number, make: (sequence: number) => WorkerSnapshot): Promise<void> => {
  const all = Array.from({ length: count }, (_, sequence) => make(sequence))
  for (let from = 0; from < count; from += IN_ONE_STATEMENT) await insertSnapshots(db, all.slice(from, from + IN_ONE_STATEMENT))
}

describe('a snapshot', () => {
  it('comes back as it was kept', async () => {
    const { db } = await freshControlDatabase()
    const { byKind, errorsByCategory } = sampleRollup()
    const runId = newId()
    const snapshot = sampleSnapshot({
      runId,
      byKind,
      errorsByCategory,
      operations: 5_000_000_000,
      endMs: 2_999.9375,
      cutOff: 3,
      retriedOperations: 2,
    })
    await insertSnapshots(db, [snapshot])
    expect(await listSnapshotsAfter(db, runId, [{ workerId: 'worker-0', attempt: 1, sequence: -1 }])).toEqual([snapshot])
  })

  it('that is kept twice is one row, the first', async () => {
    const { db } = await freshControlDatabase()
    const snapshot = sampleSnapshot({ runId: newId(), started: 7 })
    await insertSnapshots(db, [snapshot])
    await insertSnapshots(db, [{ ...snapshot, started: 8 }])
    expect(await countRows(db)).toBe(1)
    const cursor = { workerId: 'worker-0', attempt: 1, sequence: -1 }
    expect((await listSnapshotsAfter(db, snapshot.runId, [cursor]))[0]?.started).toBe(7)
  })

  it('is kept with others in one go, those that are there already left as they are', async () => {
    const { db } = await freshControlDatabase()
    const { byKind, errorsByCategory } = sampleRollup()
    const runId = newId()
    const snapshots = Array.from({ length: 120 }, (_, intervalIndex) =>
      sampleSnapshot({ runId, intervalIndex, started: intervalIndex, endMs: intervalIndex + 0.1 + 0.2, byKind, errorsByCategory }),
    )
    const changed = (from: number, to: number) => snapshots.slice(from, to).map(one => ({ ...one, started: 9_999 }))
    await insertSnapshots(db, snapshots.slice(0, 10))
    await insertSnapshots(db, [...changed(5, 10), ...snapshots.slice(10)])
    await insertSnapshots(db, changed(0, 120))
    expect(await listSnapshotsAfter(db, runId, [{ workerId: 'worker-0', attempt: 1, sequence: -1 }])).toEqual(snapshots)
  })

  it('of another attempt or sequence is another row', async () => {
    const { db } = await freshControlDatabase()
    const snapshot = sampleSnapshot({ runId: newId() })
    for (const other of [snapshot, { ...snapshot, attempt: 2 }, { ...snapshot, sequence: 9 }]) await insertSnapshots(db, [other])
    expect(await countRows(db)).toBe(3)
  })
})

describe('snapshots after cursors', () => {
  const keys = (snapshots: readonly { workerId: string; attempt: number; sequence: number }[]): string[] =>
    snapshots.map(one => `${one.workerId} ${one.attempt} ${one.sequence}`)

  it('are those that each worker wrote since, interval by interval', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    for (const workerGroupId of [1, 0]) {
      for (const intervalIndex of [2, 0, 1, 3]) await insertSnapshots(db, [sampleSnapshot({ runId, workerGroupId, intervalIndex })])
    }
    await insertSnapshots(db, [sampleSnapshot({ runId: newId() })])
    const after = [
      { workerId: 'worker-0', attempt: 1, sequence: 1 },
      { workerId: 'worker-1', attempt: 1, sequence: -1 },
    ]
    expect(keys(await listSnapshotsAfter(db, runId, after))).toEqual([
      'worker-1 1 0',
      'worker-1 1 1',
      'worker-0 1 2',
      'worker-1 1 2',
      'worker-0 1 3',
      'worker-1 1 3',
    ])
  })

  it('are of the attempt that the cursor names, and of no worker without a cursor', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    for (const attempt of [1, 2]) await insertSnapshots(db, [sampleSnapshot({ runId, attempt, sequence: 0 })])
    expect(keys(await listSnapshotsAfter(db, runId, [{ workerId: 'worker-0', attempt: 2, sequence: -1 }]))).toEqual(['worker-0 2 0'])
    expect(await listSnapshotsAfter(db, runId, [])).toEqual([])
  })

  it('are the lowest intervals of all workers when there are more than are read at once, so that each is soon whole', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const workers = 3
    const intervals = 100
    for (let workerGroupId = 0; workerGroupId < workers; workerGroupId++) {
      await insertMany(db, intervals, sequence => sampleSnapshot({ runId, workerGroupId, sequence, intervalIndex: sequence }))
    }
    let cursors = Array.from({ length: workers }, (_, i) => ({ workerId: `worker-${i}`, attempt: 1, sequence: -1 }))
    const read: string[] = []
    for (const expected of [SNAPSHOTS_AT_ONCE, workers * intervals - SNAPSHOTS_AT_ONCE, 0]) {
      const portion = await listSnapshotsAfter(db, runId, cursors)
      expect(portion).toHaveLength(expected)
      read.push(...portion.map(one => `${one.intervalIndex} ${one.workerId}`))
      cursors = cursors.map(cursor => ({
        ...cursor,
        sequence: Math.max(cursor.sequence, ...portion.filter(one => one.workerId === cursor.workerId).map(one => one.sequence)),
      }))
    }
    expect(read).toEqual(
      Array.from({ length: intervals }, (_, index) => Array.from({ length: workers }, (_, i) => `${index} worker-${i}`)).flat(),
    )
  })

  it('are 250 at once, and all are read in such portions', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    expect(SNAPSHOTS_AT_ONCE).toBe(250)
    const rest = 5
    await insertMany(db, SNAPSHOTS_AT_ONCE + rest, sequence => sampleSnapshot({ runId, sequence }))
    const first = await listSnapshotsAfter(db, runId, [{ workerId: 'worker-0', attempt: 1, sequence: -1 }])
    expect(first).toHaveLength(SNAPSHOTS_AT_ONCE)
    const sequence = first.at(-1)?.sequence ?? 0
    expect(sequence).toBe(SNAPSHOTS_AT_ONCE - 1)
    expect(await listSnapshotsAfter(db, runId, [{ workerId: 'worker-0', attempt: 1, sequence }])).toHaveLength(rest)
  })
})
