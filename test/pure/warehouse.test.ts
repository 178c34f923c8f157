import { foldName, type WarehousePoll } from '@flakebench/contract'
import { toWarehouseState } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { mergeWarehousePolls } from '../../server/src/decide/mergeWarehousePolls.ts'
import { nextPauseMs } from '../../server/src/decide/warehousePause.ts'
import { warehouseTrouble } from '../../server/src/decide/warehouseTrouble.ts'

describe('a name of Snowflake', () => {
  it('is in upper case unless it is quoted', () => {
    expect(['bench_wh', ' Bench ', '"Bench Wh"', '"say ""hi"""', '"'].map(foldName)).toEqual([
      'BENCH_WH',
      'BENCH',
      'Bench Wh',
      'say "hi"',
      '"',
    ])
  })
})

describe('a row of SHOW WAREHOUSES', () => {
  it('is read by the names of its columns', () => {
    const row = {
      running: 3,
      name: 'BENCH_WH',
      state: 'STARTED',
      type: 'STANDARD',
      size: 'X-Small',
      min_cluster_count: 1,
      max_cluster_count: '4',
      started_clusters: 2,
      queued: '7',
      scaling_policy: 'STANDARD',
      auto_suspend: 600,
      auto_resume: 'true',
      enable_query_acceleration: false,
      query_acceleration_max_scale_factor: 8,
      resource_constraint: 'STANDARD_GEN_2',
      generation: '2',
      is_interactive: 'N',
      something_new: 'x',
    }
    expect(toWarehouseState(row)).toEqual({
      name: 'BENCH_WH',
      state: 'STARTED',
      type: 'STANDARD',
      size: 'X-Small',
      minClusters: 1,
      maxClusters: 4,
      startedClusters: 2,
      running: 3,
      queued: 7,
      scalingPolicy: 'STANDARD',
      autoSuspendSeconds: 600,
      autoResume: true,
      queryAcceleration: false,
      queryAccelerationMaxScaleFactor: 8,
      resourceConstraint: 'STANDARD_GEN_2',
      generation: '2',
      isInteractive: false,
    })
  })

  it('may lack what this kind of warehouse has not', () => {
    const bare = { name: 'FAST', state: 'SUSPENDED', type: 'INTERACTIVE', size: '', auto_suspend: null, scaling_policy: 'null' }
    expect(toWarehouseState(bare)).toMatchObject({
      size: null,
      minClusters: null,
      startedClusters: null,
      running: 0,
      queued: 0,
      scalingPolicy: null,
      autoSuspendSeconds: null,
      autoResume: null,
      isInteractive: true,
    })
  })
})

describe('trouble with the warehouse', () => {
  const NOW = Date.UTC(2026, 0, 2, 3, 4, 50)
  const SEEN = Date.UTC(2026, 0, 2, 3, 4, 45)
  const usual = { status: 'RUNNING', nowMs: NOW, seenAtMs: SEEN, failure: null } as const

  it('is none while looks succeed, before the first, and after the run', () => {
    expect(warehouseTrouble(usual)).toBeNull()
    expect(warehouseTrouble({ ...usual, seenAtMs: null })).toBeNull()
    expect(warehouseTrouble({ ...usual, status: 'COMPLETED', failure: 'gone', nowMs: NOW + 86_400_000 })).toBeNull()
  })

  it('says since when, and why, in words that stay the same', () => {
    const words = 'Warehouse figures are missing since 03:04:45 UTC: gone'
    for (const laterMs of [0, 1_000, 60_000]) expect(warehouseTrouble({ ...usual, failure: 'gone', nowMs: NOW + laterMs })).toBe(words)
    expect(warehouseTrouble({ ...usual, seenAtMs: null, failure: 'gone' })).toBe('There are no warehouse figures: gone')
    expect(warehouseTrouble({ ...usual, seenAtMs: null, failure: 'gone', status: 'COMPLETED' })).toBe(
      'There are no warehouse figures: gone',
    )
  })

  it('is told when nobody looks any more', () => {
    expect(warehouseTrouble({ ...usual, nowMs: SEEN + 19_000 })).toBeNull()
    expect(warehouseTrouble({ ...usual, nowMs: SEEN + 21_000 })).toMatch(/^Warehouse figures are missing since 03:04:45 UTC/)
  })
})

describe('the pause between two looks', () => {
  it('grows with failures, up to six times', () => {
    expect([0, 1, 2, 3, 4, 5, 1_000].map(failures => nextPauseMs(5_000, failures))).toEqual([
      5_000, 5_000, 10_000, 20_000, 30_000, 30_000, 30_000,
    ])
    expect(nextPauseMs(5_000, 1, true)).toBe(300_000)
  })
})

describe('the history of a warehouse', () => {
  const polls = Array.from({ length: 10 }, (_, i) => ({
    elapsedSeconds: i * 5,
    running: i,
    queued: i === 4 ? 99 : 0,
    startedClusters: i < 5 ? 1 : 2,
    minClusters: 1,
    maxClusters: null,
  })) as unknown as WarehousePoll[]

  it('is whole where it fits', () => {
    expect(mergeWarehousePolls(polls, 10)).toHaveLength(10)
    expect(mergeWarehousePolls([], 10)).toEqual([])
  })

  it('keeps every peak where neighbours are put together', () => {
    expect(mergeWarehousePolls(polls, 4)).toEqual([
      { elapsedSeconds: 10, running: 2, queued: 0, startedClusters: 1, minClusters: 1, maxClusters: null },
      { elapsedSeconds: 25, running: 5, queued: 99, startedClusters: 2, minClusters: 1, maxClusters: null },
      { elapsedSeconds: 40, running: 8, queued: 0, startedClusters: 2, minClusters: 1, maxClusters: null },
      { elapsedSeconds: 45, running: 9, queued: 0, startedClusters: 2, minClusters: 1, maxClusters: null },
    ])
    expect(mergeWarehousePolls(polls, 1)).toHaveLength(1)
    expect(mergeWarehousePolls(polls, 0)).toHaveLength(1)
  })
})
