import { type Plan, type Rollup, type RunRecord, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { decideLoad, type LoadView, NO_LOAD_MEMORY } from '../../server/src/decide/decideLoad.ts'
import { applyWish } from '../../server/src/decide/steerFleet.ts'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { SHORT, seconds, times } from '../kit/rateSight.ts'
import { sampleMembers as fleetOf } from '../kit/sampleMember.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS, sampleRun } from '../kit/sampleRun.ts'

beforeAll(startHistograms)

const AT_MS = 6_000
const runOf = (plan: Plan, change: Partial<RunRecord> = {}): RunRecord =>
  sampleRun({ plan, workersExpected: plan.workerCount, workerTargets: null, nowMs: SAMPLE_START_MS + AT_MS, ...change })

const decide = (run: RunRecord, change: Partial<LoadView> = {}) =>
  decideLoad({
    run,
    fleet: fleetOf(...Array.from({ length: run.workersExpected }, () => 'WORKING' as const)),
    intervals: [],
    readings: [],
    queueSamples: [],
    memory: NO_LOAD_MEMORY,
    shareMarginMs: 1_000,
    ...change,
  })

describe('the load of a run of a set number of connections', () => {
  const targets = { 'worker-0': 4, 'worker-1': 4 }
  it('is left alone', () => {
    expect(decide(runOf(samplePlan(), { workerTargets: targets }))).toMatchObject({ set: null, commands: [], steps: [] })
    // By hand: nobody sets it back.
    expect(decide(runOf(samplePlan(), { workerTargets: { 'worker-0': 9, 'worker-1': 1 } })).set).toBeNull()
  })

  it('ends with the run when a worker is lost', () => {
    const { set, commands } = decide(runOf(samplePlan(), { workerTargets: targets }), { fleet: fleetOf('WORKING', 'LOST') })
    expect(set).toMatchObject({ status: 'STOPPING', completionReason: 'WORKER_FAILURE' })
    expect(commands).toMatchObject([{ type: 'STOP' }])
  })

  it('is handed to the worker that replaces a lost one', () => {
    const plan = samplePlan({ advanced: { deadWorkerPolicy: 'REPLACE' } })
    const { set, commands } = decide(runOf(plan, { workerTargets: { 'worker-0': 4, 'worker-1': 3 } }), {
      fleet: fleetOf('WORKING', 'LOST'),
    })
    expect(set).toMatchObject({
      workersExpected: 3,
      fleetNotes: { 'worker-1': { standing: 'LOST' }, 'worker-2': { standing: 'JOINING' } },
      workerTargets: { 'worker-2': 3 },
    })
    expect(commands).toMatchObject([{ type: 'SET_WORKER_TARGET', data: { targets: { 'worker-2': 3 } } }])
  })

  it('falls with a back-off in FIXED, which is judged once for each interval', () => {
    const run = runOf(guarded('FIXED'), { workerTargets: targets })
    const decision = decide(run, { readings: OVER, intervals: NEWEST })
    expect(decision.set).toMatchObject({ workerTargets: { 'worker-0': 2, 'worker-1': 4 }, guardrail: { ceilings: { 'worker-0': 2 } } })
    expect(decision.remarks).toMatchObject([{ source: 'guardrails', level: 'WARN' }])
    expect(decide(run, { readings: OVER, intervals: NEWEST, memory: decision.memory }).set).toBeNull()
  })

  it.each(['AUTO', 'BOUNDED'] as const)('is taken over in %s by workers that have room and are over no bound', mode => {
    const run = runOf(guarded(mode), { workerTargets: targets })
    const { set, commands } = decide(run, { readings: OVER, intervals: NEWEST })
    expect(set).toMatchObject({ workerTargets: { 'worker-0': 2, 'worker-1': 6 }, guardrail: { ceilings: { 'worker-0': 2 } } })
    expect(commands).toMatchObject([{ data: { targets: { 'worker-0': 2, 'worker-1': 6 } } }])
    const narrow = { ...run, plan: { ...run.plan, limits: { ...run.plan.limits, maxConnections: 5 } } }
    expect(decide(narrow, { readings: OVER, intervals: NEWEST }).set?.workerTargets).toEqual({ 'worker-0': 2, 'worker-1': 5 })
    const both = OVER.map(reading => ({ ...reading, cpuUsedPercent: 95 }))
    expect(decide(run, { readings: both, intervals: NEWEST }).set?.workerTargets).toEqual({ 'worker-0': 2, 'worker-1': 2 })
    // Once more: what is held already stays held.
    const guardrail = { state: 'DEGRADED', ceilings: { 'worker-1': 3 }, workersOverCpu: 0, workersOverMemory: 0, actions: [] } as const
    const again = runOf(
      { ...guarded(mode), workerCount: 3, targetConnections: 12 },
      { workerTargets: { 'worker-0': 5, 'worker-1': 3, 'worker-2': 4 }, guardrail },
    )
    expect(decide(again, { readings: OVER, intervals: NEWEST }).set?.workerTargets).toEqual({ 'worker-0': 2, 'worker-1': 3, 'worker-2': 7 })
  })

  it('is not taken over when a person has set the targets', () => {
    for (const byHand of [
      { 'worker-0': 6, 'worker-1': 2 },
      { 'worker-0': 6, 'worker-1': 6 },
    ]) {
      const { set } = decide(runOf(guarded('AUTO'), { workerTargets: byHand }), { readings: OVER, intervals: NEWEST })
      expect(set?.workerTargets).toEqual({ ...byHand, 'worker-0': 3 })
    }
  })
})

describe('guardrails in the decision', () => {
  const targets = { 'worker-0': 4, 'worker-1': 4 }
  const intervals = [5, 6, 7].map(intervalIndex => ({ intervalIndex, startMs: intervalIndex * 1_000 }) as Rollup)
  const reading = (intervalIndex: number, cpuUsedPercent: number, groupId = 0) => ({
    workerId: `worker-${groupId}`,
    intervalIndex,
    cpuUsedPercent,
    memoryUsedPercent: 10,
  })
  const withGuardrails = (change: Partial<Plan['guardrails']>): RunRecord => {
    const plan = guarded('FIXED')
    return runOf({ ...plan, guardrails: { ...plan.guardrails, ...change } }, { workerTargets: targets })
  }
  const owner = { ...NO_LOAD_MEMORY, judgedIndex: 4 }

  it('see a breach in each of several intervals that settle together', () => {
    const readings = [reading(5, 20), reading(6, 95), reading(7, 20)]
    const { set } = decide(withGuardrails({ mode: 'HARD' }), { intervals, readings, memory: owner })
    expect(set).toMatchObject({ status: 'STOPPING', completionReason: 'RESOURCE_EXHAUSTION' })
  })

  it('have the same patience when intervals settle together', () => {
    const readings = [reading(5, 95), reading(6, 95), reading(7, 95)]
    const run = withGuardrails({ patienceIntervals: 3 })
    expect(decide(run, { intervals, readings, memory: owner }).set?.workerTargets).toMatchObject({ 'worker-0': 2 })
    expect(decide(run, { intervals: intervals.slice(0, 2), readings, memory: owner }).set?.workerTargets).toBeUndefined()
  })

  it('count no reading again for an interval that the worker has not reported', () => {
    const readings = [reading(5, 95), reading(5, 20, 1), reading(6, 20, 1), reading(7, 20, 1)]
    expect(decide(withGuardrails({ patienceIntervals: 2 }), { intervals, readings, memory: owner }).set?.workerTargets).toBeUndefined()
  })

  it('begin with the newest interval for a new owner, and with the first for one that was there before', () => {
    const readings = [reading(5, 95), reading(6, 95), reading(7, 20)]
    const run = withGuardrails({ mode: 'HARD' })
    expect(decide(run, { intervals, readings }).set).toBeNull()
    const { memory } = decide(run)
    expect(decide(run, { intervals, readings, memory }).set).toMatchObject({ completionReason: 'RESOURCE_EXHAUSTION' })
  })
})

describe('the rate of a run that is taken over', () => {
  const shares = (...all: readonly (readonly [fromMs: number, ...workers: number[]])[]) =>
    all.map(([fromMs, ...workers]) => ({ fromMs, parts: Object.fromEntries(workers.map(id => [`worker-${id}`, 1])) }))
  const taken = (arrivalShares: RunRecord['arrivalShares']) => {
    const plan = ratePlan({ workerCount: 2 })
    const run = runOf(plan, { nowMs: SAMPLE_START_MS + 20_000, arrivalShares, workerTargets: { 'worker-0': 5, 'worker-1': 5 } })
    const qpsController = { targetConnections: 10, workers: 2, changedAtMs: 0, stepNumber: 0, reason: null, recent: [] }
    return decide({ ...run, qpsController }, { intervals: seconds(...times(20, SHORT)) }).steps.map(step => step.observedFromMs)
  }

  it('is judged by no interval from before a worker began to serve', () => {
    expect(taken(shares([0, 0, 1]))[0]).toBeLessThan(15_000)
    const [observedFromMs] = taken(shares([0, 0], [15_000, 0, 1]))
    expect(observedFromMs).toBeGreaterThanOrEqual(15_000)
  })
})

const NEWEST = [{ intervalIndex: 5 } as Rollup]
const OVER = [
  { workerId: 'worker-0', intervalIndex: 5, cpuUsedPercent: 95, memoryUsedPercent: 10 },
  { workerId: 'worker-1', intervalIndex: 5, cpuUsedPercent: 20, memoryUsedPercent: 10 },
]
const guarded = (mode: Plan['scaling']['mode']): Plan => {
  const plan = samplePlan({
    targetConnections: 8,
    guardrails: {
      enabled: true,
      mode: 'SOFT',
      maxCpuPercent: 80,
      maxMemoryPercent: 85,
      backOffPercent: 50,
      patienceIntervals: 1,
      failThreshold: 'ALL',
    },
  })
  return { ...plan, scaling: { ...plan.scaling, mode }, limits: { ...plan.limits, maxConnections: 100 } }
}

describe('who does what a controller wishes', () => {
  const moment = { atMs: 20_000, shareMarginMs: 1_000, over: new Set<string>() }
  const rate = runOf(ratePlan({ workerCount: 2 }), {
    workerTargets: { 'worker-0': 5, 'worker-1': 5 },
    arrivalShares: [{ fromMs: 0, parts: { 'worker-0': 1, 'worker-1': 1 } }],
  })

  it('is the workers that serve, evenly', () => {
    expect(applyWish(rate, { connections: 21, workers: 2 }, moment).workerTargets).toEqual({ 'worker-0': 11, 'worker-1': 10 })
    expect(applyWish(rate, { connections: 10, workers: 2 }, moment)).toBe(rate)
  })

  it('is one worker more at a time, which has no arrivals before it serves', () => {
    const joined = applyWish(rate, { connections: 12, workers: 4 }, moment)
    expect(joined).toMatchObject({
      workersExpected: 3,
      fleetNotes: { 'worker-2': { standing: 'JOINING', atMs: 20_000 } },
      workerTargets: { 'worker-0': 6, 'worker-1': 6, 'worker-2': 4 },
    })
    expect(joined.arrivalShares).toBe(rate.arrivalShares)
    expect(applyWish(joined, { connections: 12, workers: 4 }, moment)).toBe(joined)
    const served = applyWish({ ...joined, fleetNotes: {} }, { connections: 12, workers: 3 }, moment)
    expect(served.workerTargets).toEqual({ 'worker-0': 4, 'worker-1': 4, 'worker-2': 4 })
    expect(served.arrivalShares?.at(-1)).toEqual({ fromMs: 21_000, parts: { 'worker-0': 1, 'worker-1': 1, 'worker-2': 1 } })
  })

  it('is nobody while the only worker is being replaced, and then the one that was started in its place', () => {
    const alone = runOf(ratePlan({ workerCount: 1 }), {
      workersExpected: 2,
      workerTargets: { 'worker-0': 10, 'worker-1': 0 },
      arrivalShares: [{ fromMs: 0, parts: { 'worker-0': 1 } }],
      fleetNotes: {
        'worker-0': { standing: 'LOST', atMs: 18_000, reason: null },
        'worker-1': { standing: 'JOINING', atMs: 18_000, reason: 'replaces worker-0' },
      },
    })
    const wish = { connections: 10, workers: 1 }
    expect(applyWish(alone, wish, moment)).toBe(alone)
    const { 'worker-1': _joining, ...fleetNotes } = alone.fleetNotes
    expect(applyWish({ ...alone, fleetNotes }, wish, moment)).toMatchObject({
      workersExpected: 2,
      workerTargets: { 'worker-1': 10 },
      arrivalShares: [...(alone.arrivalShares ?? []), { fromMs: 21_000, parts: { 'worker-1': 1 } }],
    })
  })

  it('is no worker beyond the last group id, which is said once', () => {
    const targets = Object.fromEntries(Array.from({ length: 63 }, (_, id) => [`worker-${id}`, 1]))
    const many = { ...rate, workersExpected: 63, workerTargets: targets, arrivalShares: null }
    const last = applyWish(many, { connections: 64, workers: 64 }, moment)
    expect(last).toMatchObject({ workersExpected: 64, fleetNotes: { 'worker-63': { standing: 'JOINING' } } })
    expect(applyWish({ ...last, fleetNotes: {} }, { connections: 65, workers: 65 }, moment).workersExpected).toBe(64)
  })

  it('has a worker retire only when its arrivals have become those of others', () => {
    const wish = { connections: 6, workers: 1 }
    const handing = applyWish(rate, wish, moment)
    expect(handing).toMatchObject({ fleetNotes: {}, workerTargets: { 'worker-0': 6, 'worker-1': 5 } })
    expect(handing.arrivalShares?.at(-1)).toEqual({ fromMs: 21_000, parts: { 'worker-0': 1 } })
    expect(applyWish(handing, wish, { ...moment, atMs: 21_900 })).toBe(handing)
    expect(applyWish(handing, wish, { ...moment, atMs: 22_000 })).toMatchObject({
      fleetNotes: { 'worker-1': { standing: 'LEAVING' } },
      workerTargets: { 'worker-0': 6, 'worker-1': 0 },
    })
  })

  it('gives nothing more to a worker that was backed off or is over a bound', () => {
    const guardrail = { state: 'DEGRADED', ceilings: { 'worker-0': 4 }, workersOverCpu: 0, workersOverMemory: 0, actions: [] } as const
    expect(applyWish({ ...rate, guardrail }, { connections: 20, workers: 2 }, moment).workerTargets).toEqual({
      'worker-0': 4,
      'worker-1': 16,
    })
    expect(applyWish(rate, { connections: 20, workers: 2 }, { ...moment, over: new Set(['worker-1']) }).workerTargets).toEqual({
      'worker-0': 15,
      'worker-1': 5,
    })
  })

  it('lets a worker of a closed loop retire at once', () => {
    const search = runOf(findMaxPlan({}, { workerCount: 2, limits: rate.plan.limits }), { workerTargets: { 'worker-0': 5, 'worker-1': 5 } })
    expect(applyWish(search, { connections: 5, workers: 1 }, moment)).toMatchObject({
      fleetNotes: { 'worker-1': { standing: 'LEAVING' } },
      workerTargets: { 'worker-0': 5, 'worker-1': 0 },
    })
  })
})

describe('a search', () => {
  it('begins with the measurement, and publishes its first step', () => {
    const plan = { ...findMaxPlan(), workerCount: 1 }
    const warming = runOf(plan, { workersExpected: 1, phase: 'WARMUP', measurementEndsAtMs: null })
    expect(decide(warming).set).toBeNull()
    const { set } = decide({ ...warming, phase: 'MEASUREMENT', measurementStartsAtMs: SAMPLE_START_MS + 5_000 })
    expect(set?.findMax?.step).toMatchObject({ stepNumber: 1, targetConnections: 5, startMs: 5_000 })
  })
})
