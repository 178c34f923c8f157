import type { HostCapacity, LoadLimits, RunOverrides, TemplateInput } from '@flakebench/contract'
import { freezePlan } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'
import { FRESH_SEED, problemsOf, SMALLEST, storedTemplate } from '../kit/templateInput.ts'

const GIB = 2 ** 30
const LARGE: HostCapacity = { cores: 8, memoryBytes: 64 * GIB }
const SMALL: HostCapacity = { cores: 2, memoryBytes: GIB }
const SNOWFLAKE = { tableType: 'STANDARD', table: 'ORDERS', database: 'SALES', warehouse: 'BENCH' } as const

const rate = (targetQps: number, load: NonNullable<TemplateInput['load']> = {}): TemplateInput => ({
  load: { mode: 'QPS', targetQps, ...load },
})
const search = (startConnections: number): TemplateInput => ({ load: { mode: 'FIND_MAX_CONCURRENCY', findMax: { startConnections } } })

const frozen = (change: TemplateInput, host: HostCapacity, overrides: RunOverrides = {}) => {
  const freezing = freezePlan(storedTemplate(change), overrides, FRESH_SEED, host)
  if (!freezing.ok) throw new Error(JSON.stringify(freezing.problems))
  const { workerCount, targetConnections, limits } = freezing.plan
  return { workerCount, targetConnections, limits }
}

const limits = (minWorkers: number, maxWorkers: number, minConnections: number, maxConnections: number, areSet: boolean): LoadLimits => ({
  minWorkers,
  maxWorkers,
  minConnections,
  maxConnections,
  areSet,
})

describe('how far a controller may go', () => {
  it.each<readonly [string, TemplateInput, HostCapacity, LoadLimits]>([
    ['AUTO leaves one core to others', search(5), LARGE, limits(1, 7, 1, 200, false)],
    ['AUTO has one worker on the smallest machine', search(5), { cores: 1, memoryBytes: 8 * GIB }, limits(1, 1, 1, 200, false)],
    ['AUTO gives as many connections as half of the memory holds', search(5), { cores: 3, memoryBytes: GIB }, limits(1, 2, 1, 128, false)],
    ['AUTO gives less to a worker of Snowflake', { ...search(5), target: SNOWFLAKE }, LARGE, limits(1, 7, 1, 100, false)],
    ['AUTO has what the start needs, whatever the machine', search(500), SMALL, limits(1, 3, 1, 167, false)],
    ['AUTO has the workers that a rate needs', rate(25_000), SMALL, limits(1, 3, 1, 85, false)],
    ['AUTO keeps the ceiling of one worker', rate(100, { targetConnections: 300 }), SMALL, limits(1, 1, 1, 300, false)],
    [
      'BOUNDED keeps its bounds, also above what is usual',
      { ...search(6), scaling: { mode: 'BOUNDED', minWorkers: 2, maxWorkers: 10, minConnections: 3, maxConnections: 500 } },
      SMALL,
      limits(2, 10, 3, 500, true),
    ],
    [
      'BOUNDED without maxima is bounded by the product',
      { ...search(5), scaling: { mode: 'BOUNDED', maxWorkers: -1 } },
      SMALL,
      limits(1, 64, 1, 200, true),
    ],
    [
      'BOUNDED keeps the smaller of two ceilings of one worker',
      { ...rate(100, { targetConnections: 30 }), scaling: { mode: 'BOUNDED', maxWorkers: 2, maxConnections: 50 } },
      SMALL,
      limits(1, 2, 1, 30, true),
    ],
    [
      'FIXED is exact',
      { ...rate(100), scaling: { mode: 'FIXED', minWorkers: 5, minConnections: 200 } },
      SMALL,
      limits(5, 5, 200, 200, true),
    ],
    [
      'FIXED is exact above the usual',
      { scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 500 } },
      SMALL,
      limits(2, 2, 500, 500, true),
    ],
    ['CONCURRENCY keeps its workers', { load: { targetConnections: 300 } }, LARGE, limits(2, 2, 1, 200, false)],
  ])('%s', (_, change, host, expected) => {
    expect(frozen(change, host).limits).toEqual(expected)
  })
})

describe('what a rate begins with', () => {
  it.each<readonly [string, TemplateInput, number, number]>([
    ['what Little says of 5 ms on PostgreSQL', rate(2_000), 1, 10],
    ['at least one connection', rate(0.1), 1, 1],
    ['what Little says of 100 ms on Snowflake', { ...rate(1_000), target: SNOWFLAKE }, 1, 100],
    ['a worker for each 10,000 operations per second', rate(10_001), 2, 51],
    ['what it names', rate(2_000, { startingConnections: 40 }), 1, 40],
    [
      'no more than its bounds',
      { ...rate(2_000, { startingConnections: 40 }), scaling: { mode: 'BOUNDED', maxWorkers: 2, maxConnections: 4 } },
      2,
      8,
    ],
    [
      'no more than the ceiling of its workers',
      { ...rate(2_000, { targetConnections: 3 }), scaling: { mode: 'BOUNDED', maxWorkers: 2 } },
      2,
      6,
    ],
    ['no less than its bounds', { ...rate(10), scaling: { mode: 'BOUNDED', minWorkers: 2, minConnections: 4 } }, 2, 8],
    ['what is FIXED', { ...rate(10), scaling: { mode: 'FIXED', minWorkers: 5, minConnections: 200 } }, 5, 1_000],
  ])('%s', (_, change, workers, connections) => {
    expect(frozen(change, LARGE)).toMatchObject({ workerCount: workers, targetConnections: connections })
  })
})

describe('every plan with a controller', () => {
  it('begins within its limits, with a connection for each worker', () => {
    forAll(random => {
      const change: TemplateInput = {
        target: random.pick([SMALLEST.target, SNOWFLAKE]),
        load: {
          mode: random.pick(['QPS', 'FIND_MAX_CONCURRENCY'] as const),
          targetQps: random.whole(1, 60_000),
          targetConnections: random.pick([null, random.whole(1, 300)]),
          startingConnections: random.pick([null, random.whole(1, 2_000)]),
          findMax: { startConnections: random.whole(1, 1_000) },
        },
        scaling: {
          mode: random.pick(['AUTO', 'BOUNDED', 'FIXED'] as const),
          minWorkers: random.whole(1, 6),
          minConnections: random.whole(1, 20),
          maxWorkers: random.pick([null, random.whole(1, 20)]),
          maxConnections: random.pick([null, random.whole(1, 300)]),
        },
      }
      if (problemsOf({ ...SMALLEST, ...change }).length > 0) return
      const host = { cores: random.whole(1, 16), memoryBytes: random.whole(1, 64) * (GIB / 4) }
      const overrides = { workers: random.pick([null, random.whole(1, 10)]) }
      const freezing = freezePlan(storedTemplate(change), overrides, FRESH_SEED, host)
      if (!freezing.ok) return
      const { workerCount, targetConnections, limits: within, scaling } = freezing.plan
      expect(workerCount).toBeGreaterThanOrEqual(within.minWorkers)
      expect(workerCount).toBeLessThanOrEqual(within.maxWorkers)
      expect(within.maxWorkers).toBeLessThanOrEqual(64)
      expect(workerCount).toBeLessThanOrEqual(targetConnections)
      expect(targetConnections).toBeLessThanOrEqual(within.maxWorkers * within.maxConnections)
      expect(within.maxConnections).toBeGreaterThanOrEqual(within.minConnections)
      if (overrides.workers !== null) expect([within.minWorkers, within.maxWorkers]).toEqual([overrides.workers, overrides.workers])
      expect(within.areSet).toBe(scaling.mode !== 'AUTO')
    }, 3_000)
  })
})
