import { type FindMaxState, type Plan, resolutionOf, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { type Seeded, seeded } from '../kit/seeded.ts'
import { runSearch, type SearchRun } from '../kit/simulatedSearch.ts'
import { STEADY_SUT, type SutModel } from '../kit/simulatedSut.ts'

beforeAll(startHistograms)

const RUNS = 100
const WITHIN_RATE = 0.95
/** Seconds where nothing else runs. */
const PATIENCE_MS = 600_000

interface World {
  readonly model: SutModel
  readonly plan: Plan
  readonly mostWorkers?: number
  /** The largest number of connections at which no rule is broken in expectation. */
  readonly knee: (run: SearchRun) => number
}

const sut = (change: Partial<SutModel>): SutModel => ({ ...STEADY_SUT, serviceMs: 60, ...change })
const serversOf = (random: Seeded): number => random.whole(8, 40)
/** In a closed loop P95 rises with n / servers beyond the servers, and 20 % are allowed. */
const byLatency = (servers: number) => (): number => Math.floor(1.2 * servers + 1e-9)
/** P95 of a log-normal time of mean 1. */
const p95OfOne = (spread: number): number => Math.exp(1.645 * spread - spread ** 2 / 2)
const NO_LATENCY_RULE = { latencyStabilityPercent: 1_000 }

/** Throughput rises with n up to the servers and falls with (servers / n) ^ collapse; 5 % less than the best that the search has held are allowed. */
const byThroughput =
  ({ servers, collapse }: SutModel) =>
  ({ state }: SearchRun): number => {
    const qps = (n: number): number => (n <= servers ? n : servers * (servers / n) ** collapse)
    const held = state.steps.filter(step => step.outcome === 'STABLE' && step.toConnections <= (state.result?.connections ?? 0))
    return Math.floor(servers * (servers / (0.95 * Math.max(...held.map(step => qps(step.toConnections))))) ** (1 / collapse))
  }

const MODELS: Readonly<Record<string, (random: Seeded) => World>> = {
  'a knee': random => {
    const servers = serversOf(random)
    return { model: sut({ servers }), plan: findMaxPlan(), knee: byLatency(servers) }
  },
  'a noisy knee': random => {
    const servers = serversOf(random)
    // One resolution is 4 % of P95 at most: so much noise needs longer steps to tell it.
    return { model: sut({ servers, noise: 0.03, spread: 0.4 }), plan: findMaxPlan({ stepDurationSeconds: 20 }), knee: byLatency(servers) }
  },
  'a cold cache': random => {
    const servers = serversOf(random)
    return { model: sut({ servers, cold: { factor: 2, forMs: 30_000 } }), plan: findMaxPlan(), knee: byLatency(servers) }
  },
  'stalls of 1.5 s each 40 s': random => {
    const servers = serversOf(random)
    return { model: sut({ servers, stalls: { everyMs: 40_000, forMs: 1_500 } }), plan: findMaxPlan(), knee: byLatency(servers) }
  },
  'a falling throughput': random => {
    const model = sut({ servers: serversOf(random), collapse: 1.5 })
    return { model, plan: findMaxPlan(NO_LATENCY_RULE), knee: byThroughput(model) }
  },
  'errors above a limit': random => {
    const above = serversOf(random)
    return { model: sut({ servers: 100, errors: { above, ratePerConnection: 0.004 } }), plan: findMaxPlan(), knee: () => above + 2 }
  },
  'an SLO': random => {
    const servers = serversOf(random)
    const p95Ms = 1.5 * 60 * p95OfOne(STEADY_SUT.spread)
    const slos = [{ kind: 'POINT_LOOKUP' as const, p95Ms, p99Ms: null, errorRatePercent: null }]
    return { model: sut({ servers }), plan: findMaxPlan(NO_LATENCY_RULE, { slos }), knee: () => Math.floor(1.5 * servers + 1e-9) }
  },
  'weak workers, more to be had': random => {
    const servers = serversOf(random)
    const clientMs = 60 / servers / (0.3 + 0.6 * random.fraction())
    return { model: sut({ servers, clientMs }), plan: findMaxPlan(), mostWorkers: 6, knee: byLatency(servers) }
  },
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
const worldOf = (make: (random: Seeded) => World, seed: number): World => make(seeded(seed * 7_919))

const table: string[] = []
const tell = (model: string, runs: readonly SearchRun[], within: number, note: string): void => {
  const steps = median(runs.map(run => run.state.steps.length))
  const seconds = median(runs.map(run => run.durationMs / 1_000))
  table.push(
    [
      model.padEnd(30),
      `${runs.length}`.padStart(4),
      `${within}`.padStart(6),
      `${steps}`.padStart(12),
      `${seconds} s`.padStart(15),
      note,
    ].join(' '),
  )
}

describe('the search for the most connections, in simulation', () => {
  it.each(Object.keys(MODELS))(
    'lands within one resolution of the true knee: %s',
    name => {
      const missed: string[] = []
      const runs: SearchRun[] = []
      for (let seed = 1; seed <= RUNS; seed++) {
        const { knee, ...world } = worldOf(MODELS[name] as (random: Seeded) => World, seed)
        const run = runSearch({ ...world, seed })
        runs.push(run)
        const { result } = run.state
        const off = (result?.connections ?? 0) - knee(run)
        const isRight = Math.abs(off) <= resolutionOf(world.plan.load.findMax) && result?.maxType === 'TRUE_MAX'
        if (!isRight) missed.push(`seed ${seed}: ${result?.connections} ${result?.maxType} instead of ${knee(run)}`)
      }
      tell(name, runs, RUNS - missed.length, missed.map(words => words.split(':')[0]).join(', '))
      expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(RUNS * (1 - WITHIN_RATE))
    },
    PATIENCE_MS,
  )

  it(
    'never takes a weak load generator for the limit of the database',
    () => {
      const wrong: string[] = []
      const runs: SearchRun[] = []
      for (let seed = 1; seed <= RUNS; seed++) {
        const { knee, ...world } = worldOf(MODELS['weak workers, more to be had'] as (random: Seeded) => World, seed)
        const run = runSearch({ ...world, mostWorkers: 1, seed })
        runs.push(run)
        const { result, endedBecause } = run.state
        const isHonest = result?.maxType === 'BOUNDED_MAX' && /load generator was the limit, not the database/.test(endedBecause ?? '')
        if (!isHonest || result.connections > knee(run) + resolutionOf(world.plan.load.findMax)) wrong.push(`seed ${seed}: ${endedBecause}`)
      }
      tell('weak workers, no more', runs, RUNS - wrong.length, 'BOUNDED_MAX, by the load generator')
      expect(wrong).toEqual([])
    },
    PATIENCE_MS,
  )

  it('decides the same when every beat is another server that reads the state and the intervals again', () => {
    for (let seed = 1; seed <= 5; seed++) {
      for (const name of ['a noisy knee', 'a cold cache', 'weak workers, more to be had']) {
        const { knee: _knee, ...world } = worldOf(MODELS[name] as (random: Seeded) => World, seed)
        const recalled = runSearch({ ...world, seed, recall: state => JSON.parse(JSON.stringify(state)) as FindMaxState })
        const kept = runSearch({ ...world, seed })
        expect(recalled.state, `${name}, seed ${seed}`).toEqual(kept.state)
        expect(recalled.remarks).toEqual(kept.remarks)
      }
    }
  })

  it('tells what it came to', () => {
    const head = `${'model'.padEnd(30)} runs within median steps median duration missed`
    console.log(['Find max, steps of 10 s (20 s where it is noisy):', head, ...table].join('\n'))
    expect(table).toHaveLength(Object.keys(MODELS).length + 1)
  })
})
