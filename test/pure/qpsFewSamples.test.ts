import { describe, expect, it } from 'vitest'
import { achievedFrom, changesOf, median, mostConnections, type RateCase, reversalsOf, simulateRate } from '../kit/rateCases.ts'
import type { RateChange } from '../kit/ratePlan.ts'
import type { RateRun } from '../kit/simulatedRate.ts'

const RUNS = 200
/** Some ten seconds of computing, on cores that others use too. */
const PATIENCE_MS = 600_000
const POISSON = { arrival: 'POISSON' } as const

/** Operations that outlast the interval, or of which hardly any ends in it. Nothing is asked of the first minute and a half. */
interface SlowCase extends RateCase {
  readonly most: number
  readonly reversals: number
}
const SLOW_RUNS = 20
const SLOW_FROM_MS = 90_000
const slow = (targetQps: number, serviceMs: number, most: number): SlowCase => ({
  name: `${targetQps}/s of ${serviceMs / 1_000} s`,
  plan: { load: { ...POISSON, targetQps, durationSeconds: 240 } },
  model: { serviceMs, floorMs: 1, spread: 0.2 },
  most,
  reversals: 1,
})
const SLOW: readonly SlowCase[] = [
  slow(0.5, 20, 1),
  slow(0.5, 3_000, 10),
  slow(1, 3_000, 14),
  slow(5, 3_000, 50),
  slow(0.5, 5_000, 15),
  slow(0.5, 10_000, 24),
  slow(1, 10_000, 40),
  slow(5, 10_000, 130),
  {
    name: '2/s, one in ten 3 s',
    plan: { load: { ...POISSON, targetQps: 2, durationSeconds: 600 } },
    model: { floorMs: 1, outliers: { percent: 10, forMs: 3_000 } },
    most: 12,
    reversals: 3,
  },
  {
    name: '200/s, one in twenty 400 ms, 0.1 s intervals',
    plan: { load: { ...POISSON, durationSeconds: 120 }, metricsIntervalSeconds: 0.1 },
    model: { outliers: { percent: 5, forMs: 400 } },
    most: 40,
    reversals: 2,
  },
]

const BOUNDS: RateChange = { scaling: { mode: 'BOUNDED' } }
const bounded = (name: string, targetQps: number, serviceMs: number, connections: number, metricsIntervalSeconds = 1): RateCase => ({
  name,
  plan: {
    ...BOUNDS,
    limits: { maxWorkers: 1, maxConnections: connections },
    load: { ...POISSON, targetQps, startingConnections: connections, durationSeconds: metricsIntervalSeconds < 1 ? 20 : 120 },
    metricsIntervalSeconds,
  },
  model: { serviceMs },
})
/** Bounds that are enough, and bursts that some arrivals have to wait in. */
const WITHIN_BOUNDS: readonly RateCase[] = [
  bounded('5/s, 3 connections of 400 ms', 5, 400, 3),
  bounded('0.5/s, 1 connection of 400 ms', 0.5, 400, 1),
  bounded('50/s, 4 connections of 50 ms', 50, 50, 4),
  bounded('200/s, 10 connections of 40 ms, 0.1 s intervals', 200, 40, 10, 0.1),
]
const BEYOND_BOUNDS: readonly RateCase[] = [
  bounded('5/s, 3 connections of 900 ms', 5, 900, 3),
  bounded('200/s, 10 connections of 65 ms, 0.1 s intervals', 200, 65, 10, 0.1),
]

describe('the controller of a rate whose arrivals or completions are few', () => {
  it(
    'gives slow operations and low rates their connections, and keeps these',
    () => {
      const rows = SLOW.map(one => {
        const runs = simulateRate(one, SLOW_RUNS)
        const achieved = (run: RateRun): number => achievedFrom(run, SLOW_FROM_MS)
        const failed = runs.filter(({ run }) => achieved(run) < 0.95 || mostConnections(run) > one.most || reversalsOf(run) > one.reversals)
        return {
          case: one.name,
          runs: SLOW_RUNS,
          'achieved, least %': Math.floor(100 * Math.min(...runs.map(({ run }) => achieved(run)))),
          'connections at the end': median(runs.map(({ run }) => run.end.connections)),
          most: Math.max(...runs.map(({ run }) => mostConnections(run))),
          'most reversals': Math.max(...runs.map(({ run }) => reversalsOf(run))),
          'changes, most': Math.max(...runs.map(({ run }) => changesOf(run))),
          'seeds that failed': failed.map(({ seed }) => seed).join(' '),
        }
      })
      console.table(rows)
      expect(rows.filter(row => row['seeds that failed'] !== '')).toEqual([])
    },
    PATIENCE_MS,
  )

  it(
    'finds the limit of a database whose operations are slow',
    () => {
      const runs = simulateRate(
        {
          name: '8 at a time',
          plan: { load: { ...POISSON, targetQps: 5, durationSeconds: 300 } },
          model: { serviceMs: 3_000, floorMs: 1, spread: 0.2, servers: 8 },
        },
        SLOW_RUNS,
      )
      // Three times what it serves at a time, and twice that while it is tried whether more help by now.
      expect(runs.filter(({ run }) => mostConnections(run) > 80 || run.serving > 1).map(({ seed }) => seed)).toEqual([])
    },
    PATIENCE_MS,
  )

  it(
    'ends no run whose bounds are enough for a burst of arrivals, and one whose bounds are not',
    () => {
      const rows = [...WITHIN_BOUNDS, ...BEYOND_BOUNDS].map(one => {
        const isEnough = WITHIN_BOUNDS.includes(one)
        const runs = simulateRate(one, isEnough ? RUNS : SLOW_RUNS)
        const ended = runs.filter(({ run }) => run.end.finish !== null)
        return {
          case: one.name,
          runs: runs.length,
          ended: ended.length,
          'after, median s': ended.length === 0 ? null : median(ended.map(({ run }) => (run.intervals.at(-1)?.endMs ?? 0) / 1_000)),
          'seeds that failed': (isEnough ? ended : runs.filter(({ run }) => run.end.finish === null)).map(({ seed }) => seed).join(' '),
        }
      })
      console.table(rows)
      expect(rows.filter(row => row['seeds that failed'] !== '')).toEqual([])
    },
    PATIENCE_MS,
  )
})
