import { type FindMaxState, type Rollup, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { finishOf } from '../../server/src/decide/controllers/findMaxEnd.ts'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { sampleKind } from '../kit/sampleSnapshot.ts'
import { runSearch, type SearchRun, type SearchWorld } from '../kit/simulatedSearch.ts'
import { STEADY_SUT, type SutModel } from '../kit/simulatedSut.ts'

beforeAll(startHistograms)

const search = (model: Partial<SutModel>, change: Partial<SearchWorld> = {}): SearchRun =>
  runSearch({ model: { ...STEADY_SUT, serviceMs: 60, ...model }, plan: findMaxPlan(), seed: 3, ...change })
const outcomes = ({ state }: SearchRun): string[] => state.steps.map(step => `${step.toConnections} ${step.outcome}`)
const within = (fromMs: number, toMs: number) => (one: Rollup) => one.startMs >= fromMs && one.endMs <= toMs

describe('a step of the search whose workers do not all report', () => {
  it('is repeated, even if the same one is silent all through it', () => {
    const isSilent = within(30_000, 40_000)
    const { steps } = search(
      { servers: 10 },
      { workers: 2, mostWorkers: 2, seen: one => (isSilent(one) ? { ...one, workersReported: 1 } : one) },
    ).state
    expect(steps.slice(0, 3)).toMatchObject([
      { toConnections: 5, outcome: 'STABLE' },
      { toConnections: 15, outcome: 'WORKER_LOST', observedFromMs: 30_000, reason: 'not all workers reported all of the step' },
      { toConnections: 15, outcome: 'LATENCY_RISE' },
    ])
  })

  it('does not begin before they all do', () => {
    const isSilent = within(24_000, 28_000)
    const { steps } = search(
      { servers: 10 },
      { workers: 2, mostWorkers: 2, seen: one => (isSilent(one) ? { ...one, workersReported: 1 } : one) },
    ).state
    expect(steps[1]).toMatchObject({ toConnections: 15, startMs: 24_000, observedFromMs: 34_000, outcome: 'LATENCY_RISE' })
    const never = search(
      { servers: 10 },
      { workers: 2, mostWorkers: 2, seen: one => (one.startMs >= 24_000 ? { ...one, workersReported: 1 } : one) },
    )
    expect(outcomes(never)).toEqual(['5 STABLE', ...Array(4).fill('15 WORKER_LOST')])
    expect(never.state.endedBecause).toMatch(/1 of 2 workers reported for 30 s$/)
  })
})

describe('a step of the search on the way down', () => {
  const plan = findMaxPlan({ startConnections: 20, connectionsIncrement: 80, minSamples: 10, stepDurationSeconds: 20 })

  it('begins to settle when the connections that leave have ended their operations', () => {
    const seen = new Map<number, { readonly active: number; readonly target: number }>()
    const { state } = search(
      { servers: 20, serviceMs: 1_000 },
      {
        plan,
        onBeat: ({ state: { step } }, { intervals }) => {
          const opened = intervals.find(one => one.endMs === (step?.observeFromMs ?? 0) - 6_000)
          if (step !== null && opened !== undefined)
            seen.set(step.stepNumber, { active: opened.activeConnections, target: step.targetConnections })
        },
      },
    )
    expect(outcomes({ state } as SearchRun).slice(0, 3)).toEqual(['20 STABLE', '100 LATENCY_RISE', '60 LATENCY_RISE'])
    expect(seen.size).toBe(state.steps.length)
    for (const { active, target } of seen.values()) expect(active).toBeLessThanOrEqual(target)
  })

  it('does not wait for them any longer than for connections to be opened, and says so', () => {
    let downSince = Number.POSITIVE_INFINITY
    const run = search(
      { servers: 20 },
      {
        plan,
        onBeat: ({ state: { step } }) => {
          if (step?.stepNumber === 3) downSince = Math.min(downSince, step.startMs)
        },
        seen: one => (one.startMs >= downSince ? { ...one, openConnections: one.openConnections + 7 } : one),
      },
    )
    const step = run.state.steps[2]
    expect((step?.observedFromMs ?? 0) - (step?.startMs ?? 0)).toBe(36_000)
    expect(run.remarks).toContain('Step 3 (60 connections) begins with 7 more, whose operations have not ended in 30 s')
  })
})

describe('an SLO in the search', () => {
  const slos = [{ kind: 'UPDATE' as const, p95Ms: 100, p99Ms: null, errorRatePercent: null }]
  /** So many updates in each interval of 2 s, beside the rest. */
  const updates = (count: number) => (one: Rollup) => ({
    ...one,
    byKind: [
      ...one.byKind,
      ...(count === 0
        ? []
        : [
            sampleKind(
              Array.from({ length: count }, () => 500),
              0,
              'UPDATE',
            ),
          ]),
    ],
  })
  const held = (count: number) => search({ servers: 10 }, { plan: findMaxPlan({}, { slos }), seen: updates(count) }).state.steps[0]

  it('is not judged by a few operations of its kind: the step is extended until there are enough', () => {
    expect(held(4)).toMatchObject({ outcome: 'SLO', observedSeconds: 10 })
    expect(held(2)).toMatchObject({ outcome: 'SLO', observedSeconds: 20 })
  })

  it('that cannot be judged in the end breaks no step, which says so', () => {
    const rare = (one: Rollup) => (one.intervalIndex % 10 === 0 ? updates(1)(one) : one)
    const { state } = search({ servers: 10 }, { plan: findMaxPlan({}, { slos }), seen: rare })
    expect(state.steps[0]).toMatchObject({
      outcome: 'STABLE',
      observedSeconds: 40,
      reason: 'too few operations ended to judge the P95 of UPDATE',
    })
    expect(held(0)).toMatchObject({ outcome: 'STABLE', observedSeconds: 10, reason: null })
  })
})

describe('the words with which a search ends the run', () => {
  it('are those of its result, unless that is a true maximum which held again', () => {
    const { state } = search({ servers: 10 })
    expect(state.result).toMatchObject({ maxType: 'TRUE_MAX', isConfirmed: true })
    expect(finishOf(state)).toEqual({ reason: 'FIND_MAX_DONE', words: null })
    const [step] = state.steps
    const failed = { ...step, purpose: 'CONFIRM', outcome: 'LATENCY_RISE' }
    const unsteady = { ...state, steps: [...state.steps, failed, failed, failed], endedBecause: 'the system is not steady' } as FindMaxState
    expect(finishOf(unsteady)).toEqual({ reason: 'FIND_MAX_DONE', words: 'the system is not steady' })
  })
})
