import type { SqlClient } from '@flakebench/store'
import {
  claimRun,
  insertWarehousePoll,
  listWarehousePolls,
  putWarehouseConfig,
  readNewestWarehousePoll,
  readNextWarehouseSequence,
  readWarehouseConfig,
  StaleEpoch,
  transitionRun,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { readRunNow, storeRun, storeTemplate } from '../kit/storedRun.ts'

const ROW = {
  name: 'BENCH_WH',
  state: 'STARTED',
  type: 'STANDARD',
  size: 'X-Small',
  min_cluster_count: 1,
  max_cluster_count: 3,
  started_clusters: 1,
  running: 4,
  queued: 0,
  scaling_policy: 'STANDARD',
  comment: "it's ours",
}

/** A run that has been claimed. */
const claimed = async (db: SqlClient) => {
  const { id } = await storeRun(db, await storeTemplate(db))
  await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING', startRequestedAt: 'now' } })
  const epoch = (await claimRun(db, id, 'tester')) as number
  return { id, epoch, warehouse: 'bench_wh' }
}

describe('looks at the warehouse of a run', () => {
  it('are kept in order, with all that Snowflake told', async () => {
    const { db } = await freshControlDatabase()
    const run = await claimed(db)
    expect(await readNewestWarehousePoll(db, run.id)).toEqual({ poll: null, failed: null })
    expect(await readNextWarehouseSequence(db, run.id)).toBe(0)
    await insertWarehousePoll(db, run, 0, { row: ROW })
    await insertWarehousePoll(db, run, 1, { row: { ...ROW, started_clusters: 3, running: 9, queued: 12, max_cluster_count: null } })
    expect(await readNextWarehouseSequence(db, run.id)).toBe(2)
    const polls = await listWarehousePolls(db, run.id)
    expect(await listWarehousePolls(db, run.id, 0)).toEqual(polls.slice(1))
    expect(polls).toMatchObject([
      { runId: run.id, sequence: 0, name: 'BENCH_WH', startedClusters: 1, running: 4, queued: 0, maxClusters: 3 },
      { runId: run.id, sequence: 1, size: 'X-Small', startedClusters: 3, running: 9, queued: 12, maxClusters: null },
    ])
    expect(await readNewestWarehousePoll(db, run.id)).toEqual({ poll: polls[1], failed: null })
    const [stored] = await db.query(
      'SELECT raw_result, max_cluster_count FROM warehouse_poll_snapshots WHERE run_id = ? AND sequence_number = 0',
      [run.id],
    )
    expect(stored).toEqual({ raw_result: ROW, max_cluster_count: 3 })
  })

  it('are told from the agreed start, also those from before it was agreed', async () => {
    const { db } = await freshControlDatabase()
    const run = await claimed(db)
    await insertWarehousePoll(db, run, 0, { row: ROW })
    expect((await listWarehousePolls(db, run.id))[0]?.elapsedSeconds).toBe(0)
    const { nowMs, version } = await readRunNow(db, run.id)
    await transitionRun(db, { runId: run.id, fromVersion: version, epoch: run.epoch, set: { startAtMs: nowMs + 60_000 } })
    await insertWarehousePoll(db, run, 1, { row: ROW })
    const polls = await listWarehousePolls(db, run.id)
    for (const poll of polls) expect(poll.elapsedSeconds).toBeCloseTo((poll.recordedAtMs - nowMs - 60_000) / 1_000, 1)
    expect(polls.every(poll => poll.elapsedSeconds < 0)).toBe(true)
  })

  it('that failed say why, and hide no figures', async () => {
    const { db } = await freshControlDatabase()
    const run = await claimed(db)
    await insertWarehousePoll(db, run, 0, { trouble: "role R sees no warehouse \0 'X'" })
    expect(await readNewestWarehousePoll(db, run.id)).toMatchObject({ poll: null, failed: { trouble: "role R sees no warehouse  'X'" } })
    await insertWarehousePoll(db, run, 1, { row: ROW })
    await insertWarehousePoll(db, run, 2, { trouble: 'x'.repeat(5_000) })
    const newest = await readNewestWarehousePoll(db, run.id)
    expect(newest).toMatchObject({ poll: { sequence: 1, running: 4 }, failed: { trouble: 'x'.repeat(1_000) } })
    expect(newest.failed?.recordedAtMs).toBeGreaterThanOrEqual(newest.poll?.recordedAtMs ?? 0)
    expect((await listWarehousePolls(db, run.id)).map(poll => poll.sequence)).toEqual([1])
    await insertWarehousePoll(db, run, 3, { row: ROW })
    expect(await readNewestWarehousePoll(db, run.id)).toMatchObject({ poll: { sequence: 3 }, failed: null })
  })

  it('are refused from an owner that has lost the run', async () => {
    const { db } = await freshControlDatabase()
    const run = await claimed(db)
    await insertWarehousePoll(db, run, 0, { row: ROW })
    const stale = { ...run, epoch: run.epoch - 1 }
    await expect(insertWarehousePoll(db, stale, 1, { row: ROW })).rejects.toThrow(StaleEpoch)
    await putWarehouseConfig(db, stale, ROW)
    expect(await readWarehouseConfig(db, run.id)).toBeNull()
    expect(await readNextWarehouseSequence(db, run.id)).toBe(1)
  })
})

describe('how the warehouse of a run was set up', () => {
  it('is kept once, beside the result', async () => {
    const { db } = await freshControlDatabase()
    const run = await claimed(db)
    expect(await readWarehouseConfig(db, run.id)).toBeNull()
    await insertWarehousePoll(db, run, 0, { row: ROW })
    await putWarehouseConfig(db, run, ROW)
    await putWarehouseConfig(db, run, { ...ROW, size: 'Large' })
    const [first] = await listWarehousePolls(db, run.id)
    expect(await readWarehouseConfig(db, run.id)).toMatchObject({
      name: 'BENCH_WH',
      size: 'X-Small',
      maxClusters: 3,
      capturedAtMs: first?.recordedAtMs,
    })
    const [row] = await db.query('SELECT warehouse, warehouse_size FROM test_results WHERE test_id = ?', [run.id])
    expect(row).toEqual({ warehouse: 'BENCH_WH', warehouse_size: 'X-Small' })
  })
})
