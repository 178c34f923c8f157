import { startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LoadSight } from '../../server/src/decide/controllers/controller.ts'
import { decideFindMax } from '../../server/src/decide/controllers/findMax.ts'
import { judgeStep } from '../../server/src/decide/controllers/judgeStep.ts'
import { figuresOf } from '../../server/src/decide/controllers/stepFigures.ts'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { runSearch, type SearchRun, type SearchWorld } from '../kit/simulatedSearch.ts'
import { STEADY_SUT, type SutModel, simulateSut } from '../kit/simulatedSut.ts'

beforeAll(startHistograms)

const search = (model: Partial<SutModel>, change: Partial<SearchWorld> = {}): SearchRun =>
  runSearch({ model: { ...STEADY_SUT, serviceMs: 60, ...model }, plan: findMaxPlan(), seed: 3, ...change })
const outcomes = ({ state }: SearchRun): string[] => state.steps.map(step => `${step.toConnections} ${step.outcome}`)

describe('a step of the search', () => {
  it('begins with the measurement, leaves ramp and settling out, and observes whole intervals', () => {
    const [first, second] = search({}).state.steps
    expect(first).toMatchObject({
      stepNumber: 1,
      startMs: 6_000,
      observedFromMs: 12_000,
      endMs: 22_000,
      observedSeconds: 10,
      fromConnections: 5,
    })
    expect(second).toMatchObject({
      stepNumber: 2,
      startMs: 24_000,
      observedFromMs: 30_000,
      endMs: 40_000,
      fromConnections: 5,
      toConnections: 15,
    })
  })

  it('publishes its end and both next targets before it ends', () => {
    const seen = new Map<number, { nextIfGood: number | null; nextIfBad: number | null }>()
    const { state } = search(
      {},
      {
        onBeat: ({ state: { step } }) => {
          if (step === null) return
          expect(step.endsAtMs === null).toBe(step.observeFromMs === null)
          seen.set(step.stepNumber, step)
        },
      },
    )
    for (const [at, done] of state.steps.entries()) {
      const next = state.steps[at + 1]?.toConnections ?? null
      const published = seen.get(done.stepNumber)
      expect(done.outcome === 'STABLE' ? published?.nextIfGood : published?.nextIfBad).toBe(next)
    }
  })

  it('changes nothing when it is looked at again with nothing new', () => {
    search(
      { servers: 12 },
      {
        onBeat: (wish, sight) => {
          const again = decideFindMax(wish.state, sight)
          expect(again.state).toBe(wish.state)
          expect(again).toMatchObject({ connections: wish.connections, workers: wish.workers, steps: [], finish: wish.finish })
        },
      },
    )
  })

  it('is told in the history with its own figures and histogram', () => {
    search(
      {},
      {
        onBeat: ({ steps }) => {
          for (const step of steps) expect(step.latency?.count).toBe(step.operations - step.errors)
        },
      },
    )
  })
})

describe('what ends the way up', () => {
  it.each<[string, Partial<SutModel>, Partial<SearchWorld>, string, RegExp]>([
    ['latency', { servers: 10 }, {}, 'LATENCY_RISE', /P95 was .* ms, .* % above the .* ms of the baseline, 20 % are allowed/],
    [
      'throughput',
      { servers: 20, collapse: 2 },
      { plan: findMaxPlan({ latencyStabilityPercent: 1_000 }) },
      'QPS_DROP',
      /QPS were .* % below the .* of fewer connections, 5 % are allowed/,
    ],
    [
      'errors',
      { servers: 100, errors: { above: 18, ratePerConnection: 0.01 } },
      {},
      'ERRORS',
      /% of the operations failed, 1 % are allowed/,
    ],
    ['refused connections', { servers: 100, mostSessions: 18 }, {}, 'CONNECTIONS_REFUSED', /18 of \d+ connections could be opened in 30 s/],
    ['waiting in the warehouse', { servers: 100 }, { queuedAt: n => (n > 18 ? 3 : 0) }, 'QUEUED', /waited in the warehouse at \d looks/],
    [
      'an SLO',
      { servers: 15 },
      {
        plan: findMaxPlan(
          { latencyStabilityPercent: 1_000 },
          { slos: [{ kind: 'POINT_LOOKUP', p95Ms: null, p99Ms: 150, errorRatePercent: null }] },
        ),
      },
      'SLO',
      /P99 of POINT_LOOKUP was .* ms, its SLO is 150 ms/,
    ],
  ])('%s', (_name, model, change, outcome, words) => {
    const { state } = search(model, { ...change })
    const bad = state.steps.find(step => step.outcome !== 'STABLE')
    expect(bad).toMatchObject({ outcome, reason: expect.stringMatching(words), isQueued: outcome === 'QUEUED' })
    expect(state.result).toMatchObject({ maxType: 'TRUE_MAX', isConfirmed: true, reason: expect.stringMatching(words) })
    expect(state.result?.connections).toBe(state.lastGood)
    const best = state.steps.find(step => step.stepNumber === state.result?.stepNumber)
    expect(best).toMatchObject({ toConnections: state.result?.connections, qps: state.result?.qps, p95Ms: state.result?.p95Ms })
  })

  it('one look at waiting statements is chance', () => {
    let looks = 0
    expect(
      search({ servers: 10 }, { queuedAt: () => (looks++ % 5 === 0 ? 1 : 0) }).state.steps.some(step => step.outcome === 'QUEUED'),
    ).toBe(false)
  })

  it('nothing that ends at all, down to a single connection', () => {
    const run = search({ serviceMs: 10_000_000 })
    expect(outcomes(run)).toEqual(['5 NOTHING_COMPLETED', '2 NOTHING_COMPLETED', '1 NOTHING_COMPLETED'])
    expect(run.state).toMatchObject({ result: null, endedBecause: 'Nothing held: 1 did not: no operation ended in 10 s' })
  })

  it('too few samples only after the step was extended three times', () => {
    const run = search({ serviceMs: 10_000 })
    expect(outcomes(run)).toEqual(['5 TOO_FEW_SAMPLES'])
    expect(run.state.steps[0]?.observedSeconds).toBe(40)
    expect(run.state.endedBecause).toMatch(/are too few to judge, 100 are needed: make the steps longer/)
    expect(search({ serviceMs: 900 }).state.steps[0]).toMatchObject({ outcome: 'STABLE', observedSeconds: 20 })
  })
})

describe('a step in which the load generator was the limit for a while', () => {
  /** So many intervals of 1 s in which it was not, and in which it was, with 20 connections; a SUT of 10 servers takes twice its time. */
  const judge = (clean: { servers: number; count: number }, limitedCount: number) => {
    const sut = (servers: number) => simulateSut({ ...STEADY_SUT, servers }, 5, { intervalMs: 1_000, warmupMs: 0 })
    const [good, slow] = [sut(clean.servers), sut(10)]
    const intervals = [
      ...Array.from({ length: clean.count }, () => good.interval({ connections: 20, workers: 1 })),
      ...Array.from({ length: limitedCount }, () => ({ ...slow.interval({ connections: 20, workers: 1 }), clientLimited: true })),
    ]
    const { findMax, slos } = { ...findMaxPlan().load, slos: [] }
    return judgeStep(intervals, figuresOf(intervals, []), { findMax, slos, baselineP95Ms: 32, bestQps: null })
  }

  it('says nothing when more than half of it was so', () => {
    expect(judge({ servers: 20, count: 4 }, 6).verdict).toEqual({
      outcome: 'CLIENT_LIMITED',
      reason: 'in 6 of 10 s the load generator was the limit',
    })
  })

  it('is judged by the rest, which then makes its figures', () => {
    const held = judge({ servers: 20, count: 7 }, 3)
    expect(held.verdict).toEqual({ outcome: 'STABLE', reason: 'not counted: in 3 of 10 s the load generator was the limit' })
    expect(held.figures).toMatchObject({ observedSeconds: 7, clientLimitedSeconds: 3 })
    expect(held.figures.p95Ms).toBeLessThan(38)
    expect(judge({ servers: 10, count: 7 }, 3).verdict.outcome).toBe('LATENCY_RISE')
  })
})

describe('bounds and what is not the database', () => {
  it('ends at the bound, with the bound in words', () => {
    const run = search({ servers: 100 }, { connectionsPerWorker: 12, mostWorkers: 2 })
    expect(outcomes(run)).toEqual(['5 STABLE', '15 STABLE', '24 STABLE', '5 STABLE', '24 STABLE'])
    expect(run.state.result).toMatchObject({ connections: 24, workers: 2, maxType: 'BOUNDED_MAX', isConfirmed: true })
    expect(run.state.endedBecause).toMatch(
      /^24 connections held, and no more may be had: 24 connections are the most that 2 workers may hold/,
    )
  })

  it('starts within the bound, with one connection if there is but one', () => {
    const plan = findMaxPlan({ startConnections: 50 })
    expect(outcomes(search({}, { plan, connectionsPerWorker: 20 }))).toEqual(['20 STABLE', '20 STABLE'])
    expect(search({}, { connectionsPerWorker: 1, plan: findMaxPlan({ minSamples: 50 }) }).state.result).toMatchObject({
      connections: 1,
      maxType: 'BOUNDED_MAX',
    })
  })

  it('asks for workers first, and lets the step begin when they serve', () => {
    let asked: LoadSight | null = null
    const run = search(
      { servers: 100 },
      {
        connectionsPerWorker: 10,
        mostWorkers: 3,
        onBeat: (wish, sight) => {
          if (wish.workers > sight.fleet.serving) asked = sight
        },
      },
    )
    expect(asked).not.toBeNull()
    expect(run.state.steps.every(step => step.outcome === 'STABLE')).toBe(true)
    expect(run.state.result).toMatchObject({ connections: 30, workers: 3 })
  })

  it('adds a worker when the load generator was the limit, and says so when there is none', () => {
    const weak = { servers: 20, clientMs: 5 }
    const more = search(weak, { mostWorkers: 4 })
    expect(more.state.steps.some(step => step.outcome === 'CLIENT_LIMITED')).toBe(true)
    expect(more.state.result).toMatchObject({ maxType: 'TRUE_MAX' })
    const alone = search(weak)
    expect(alone.state.result).toMatchObject({ maxType: 'BOUNDED_MAX' })
    expect(alone.state.endedBecause).toMatch(/the load generator was the limit, not the database .*: allow more workers/)
  })

  it('repeats a step across which guardrails took connections away, three times at most', () => {
    const once = search({ servers: 10 }, { backedOffAtMs: nowMs => (nowMs >= 30_000 ? 30_000 : null) })
    expect(outcomes(once).slice(0, 3)).toEqual(['5 STABLE', '15 BACKED_OFF', '15 LATENCY_RISE'])
    const always = search({ servers: 10 }, { backedOffAtMs: nowMs => (nowMs >= 30_000 ? nowMs - (nowMs % 4_000) : null) })
    expect(outcomes(always)).toEqual(['5 STABLE', ...Array(4).fill('15 BACKED_OFF')])
    expect(always.state.result).toMatchObject({ connections: 5, maxType: 'BOUNDED_MAX', isConfirmed: false })
    expect(always.state.endedBecause).toMatch(/^5 connections held. The guardrails interrupted each try of 15 connections/)
  })

  it('repeats a step across which the fleet changed', () => {
    const run = search({ servers: 10 }, { changedAtMs: nowMs => (nowMs >= 36_000 ? 36_000 : null) })
    expect(outcomes(run).slice(0, 3)).toEqual(['5 STABLE', '15 WORKER_LOST', '15 LATENCY_RISE'])
  })

  it('lets a step settle anew when the fleet changes before it is observed', () => {
    const run = search({ servers: 10 }, { changedAtMs: nowMs => (nowMs >= 28_000 ? 28_000 : null) })
    expect(run.state.steps[1]).toMatchObject({ toConnections: 15, outcome: 'LATENCY_RISE', observedFromMs: 34_000 })
  })
})
