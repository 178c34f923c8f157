import type { Problem, RunOverrides, TemplateInput } from '@flakebench/contract'
import { freezePlan } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { FRESH_SEED, HOST, soundPlan, storedTemplate } from '../kit/templateInput.ts'

const FIXED: TemplateInput = { scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 } }
const BOUNDED: TemplateInput = { scaling: { mode: 'BOUNDED', minWorkers: 1, maxWorkers: 4, minConnections: 2, maxConnections: 10 } }
const RATE: TemplateInput = { load: { mode: 'QPS', targetQps: 500, targetConnections: 40 } }
const SEARCH: TemplateInput = { load: { mode: 'FIND_MAX_CONCURRENCY', findMax: { startConnections: 4 } } }

const problems = (change: TemplateInput, overrides: RunOverrides): readonly Problem[] => {
  const frozen = freezePlan(storedTemplate(change), overrides, FRESH_SEED, HOST)
  return frozen.ok ? [] : frozen.problems
}

describe('the overrides of a run', () => {
  it('make a rate of a closed loop, whose connections it does not keep', () => {
    const plan = soundPlan({ load: { targetConnections: 32, thinkTimeMs: 20 } }, { loadMode: 'QPS', targetQps: 300, arrival: 'POISSON' })
    expect(plan.load).toMatchObject({ mode: 'QPS', targetQps: 300, arrival: 'POISSON', targetConnections: null, thinkTimeMs: 0 })
    expect(soundPlan({}, { loadMode: 'QPS', targetQps: 300, targetConnections: 9 })).toMatchObject({
      load: { targetConnections: 9 },
      limits: { maxConnections: 9 },
    })
  })

  it('make a closed loop of a rate, with the usual connections or those it is given', () => {
    expect(soundPlan(RATE, { loadMode: 'CONCURRENCY' })).toMatchObject({
      load: { mode: 'CONCURRENCY', targetQps: null, targetConnections: 10 },
      targetConnections: 10,
    })
    expect(soundPlan(RATE, { loadMode: 'CONCURRENCY', targetConnections: 6 }).targetConnections).toBe(6)
    expect(soundPlan(RATE, { targetQps: 900 }).load).toMatchObject({ targetQps: 900, targetConnections: 40 })
  })

  it('merge sections field by field', () => {
    const change: TemplateInput = {
      ...SEARCH,
      guardrails: { enabled: true, maxCpuPercent: 60 },
      slos: [{ kind: 'POINT_LOOKUP', p95Ms: 5 }],
      sloAbort: { enabled: true, graceSeconds: 9 },
    }
    const plan = soundPlan(change, {
      findMax: { connectionsIncrement: 20, resolution: 3 },
      guardrails: { mode: 'HARD', failThreshold: null },
      sloAbort: { graceSeconds: 20 },
      scaling: { boundsPatienceIntervals: 7 },
      deadWorkerPolicy: 'REPLACE',
      shareSut: true,
    })
    expect(plan.load.findMax).toMatchObject({ startConnections: 4, connectionsIncrement: 20, resolution: 3, stepDurationSeconds: 30 })
    expect(plan.guardrails).toMatchObject({ enabled: true, mode: 'HARD', maxCpuPercent: 60, failThreshold: 'ALL' })
    expect(plan.sloAbort).toEqual({ enabled: true, graceSeconds: 20 })
    expect(plan.slos).toEqual([{ kind: 'POINT_LOOKUP', p95Ms: 5, p99Ms: null, errorRatePercent: null }])
    expect(plan.scaling).toMatchObject({ mode: 'AUTO', boundsPatienceIntervals: 7 })
    expect(plan.advanced).toMatchObject({ deadWorkerPolicy: 'REPLACE', shareSut: true, statementTimeoutSeconds: 60 })
    const off = soundPlan(change, { guardrails: { enabled: false }, slos: [], sloAbort: { enabled: false } })
    expect(off).toMatchObject({ guardrails: { enabled: false, maxCpuPercent: 60 }, slos: [], sloAbort: { enabled: false } })
  })

  it('replace the SLOs as a whole', () => {
    const slos = [{ kind: 'UPDATE', p99Ms: 8 }] as const
    expect(soundPlan({ slos: [{ kind: 'INSERT', p95Ms: 5 }] }, { slos }).slos).toEqual([
      { kind: 'UPDATE', p95Ms: null, p99Ms: 8, errorRatePercent: null },
    ])
  })

  it('change the bounds: null leaves one as it is, -1 lifts it, one for AUTO makes it BOUNDED', () => {
    expect(soundPlan({ ...BOUNDED, ...SEARCH }, { scaling: { maxWorkers: -1, maxConnections: null } }).scaling).toMatchObject({
      mode: 'BOUNDED',
      maxWorkers: null,
      maxConnections: 10,
    })
    expect(soundPlan(SEARCH, { scaling: { maxWorkers: 3 } }).scaling).toMatchObject({ mode: 'BOUNDED', minWorkers: 1, maxWorkers: 3 })
    expect(soundPlan(SEARCH, { scaling: { maxWorkers: -1 } }).scaling.mode).toBe('AUTO')
  })

  it('bring the numbers of another scaling mode with it', () => {
    expect(soundPlan({ ...RATE, ...FIXED }, { scaling: { mode: 'BOUNDED', maxWorkers: 3 } }).scaling).toMatchObject({
      mode: 'BOUNDED',
      minWorkers: 1,
      maxWorkers: 3,
      minConnections: 1,
    })
    expect(soundPlan(BOUNDED, { scaling: { mode: 'FIXED', minWorkers: 5, minConnections: 200 } })).toMatchObject({
      workerCount: 5,
      targetConnections: 1_000,
      limits: { minWorkers: 5, maxWorkers: 5, minConnections: 200, maxConnections: 200, areSet: true },
    })
  })

  it('fix the workers of a run with a controller, not their connections', () => {
    expect(soundPlan(SEARCH, { workers: 2 })).toMatchObject({
      workerCount: 2,
      targetConnections: 4,
      scaling: { mode: 'BOUNDED', minWorkers: 2, maxWorkers: 2, maxConnections: null },
      limits: { minWorkers: 2, maxWorkers: 2, minConnections: 1, maxConnections: 200, areSet: true },
    })
    expect(soundPlan({ ...RATE, ...BOUNDED }, { workers: 3 }).limits).toMatchObject({ minWorkers: 3, maxWorkers: 3, maxConnections: 10 })
    expect(soundPlan(FIXED, { loadMode: 'FIND_MAX_CONCURRENCY', workers: 3 })).toMatchObject({
      scaling: { mode: 'BOUNDED', minWorkers: 3, maxWorkers: 3, minConnections: 1 },
      targetConnections: 5,
    })
    expect(soundPlan({ ...RATE, ...FIXED }, { workers: 3 })).toMatchObject({
      scaling: { mode: 'FIXED', minWorkers: 3 },
      targetConnections: 48,
      limits: { minConnections: 16, maxConnections: 16 },
    })
  })
})

describe('the overrides of a run are refused', () => {
  const cases: readonly (readonly [TemplateInput, RunOverrides, string, string])[] = [
    [{}, { loadMode: 'QPS' }, 'overrides.targetQps', 'overrides.targetQps must be above 0 when overrides.loadMode is QPS; it is not set'],
    [
      {},
      { targetQps: 5 },
      'overrides.targetQps',
      'overrides.targetQps is for a run in QPS, and this one is in CONCURRENCY: leave it out, or set overrides.loadMode',
    ],
    [
      {},
      { arrival: 'POISSON' },
      'overrides.arrival',
      'overrides.arrival is for a run in QPS, and this one is in CONCURRENCY: leave it out, or set overrides.loadMode',
    ],
    [
      RATE,
      { findMax: { resolution: 2 } },
      'overrides.findMax.resolution',
      'overrides.findMax.resolution is for a run in FIND_MAX_CONCURRENCY, and this one is in QPS: leave it out, or set overrides.loadMode',
    ],
    [
      SEARCH,
      { targetConnections: 7 },
      'overrides.targetConnections',
      'overrides.targetConnections is for a run in CONCURRENCY or QPS, and this one is in FIND_MAX_CONCURRENCY: leave it out, or set overrides.loadMode',
    ],
    [
      FIXED,
      { loadMode: 'FIND_MAX_CONCURRENCY' },
      'overrides.scaling.mode',
      'overrides.scaling.mode must be AUTO or BOUNDED when overrides.loadMode is FIND_MAX_CONCURRENCY: FIXED (2 workers × 16 connections) leaves nothing to search for',
    ],
    [
      SEARCH,
      { findMax: { stepDurationSeconds: 3 } },
      'overrides.findMax.stepDurationSeconds',
      'overrides.findMax.stepDurationSeconds must be at least 5 × advanced.metricsIntervalSeconds (5); it is 3',
    ],
    [
      RATE,
      { targetQps: 30_000, scaling: { maxWorkers: 2 } },
      'overrides.targetQps',
      '30000 operations per second cannot be sent by 2 workers: one sends at most about 10000 a second to PostgreSQL; raise overrides.scaling.maxWorkers to 3, or lower overrides.targetQps',
    ],
    [
      SEARCH,
      { workers: 8 },
      'overrides.findMax.startConnections',
      'overrides.findMax.startConnections must be at least 8 (at least 8 workers × 1 connection); it is 4',
    ],
    [
      { ...RATE, ...BOUNDED },
      { workers: 5 },
      'overrides.workers',
      'overrides.workers must be from 1 to 4, the bounds of the template; it is 5',
    ],
    [
      {},
      { scaling: { mode: 'FIXED', minWorkers: 2 } },
      'overrides.scaling.minConnections',
      'overrides.scaling.minConnections must be given when overrides.scaling.mode is FIXED',
    ],
    [
      BOUNDED,
      { scaling: { maxWorkers: 0 } },
      'overrides.scaling.maxWorkers',
      'overrides.scaling.maxWorkers must be from 1 to 1000; it is 0; -1 means no limit',
    ],
    [
      {},
      { sloAbort: { enabled: true } },
      'overrides.sloAbort.enabled',
      'overrides.sloAbort.enabled must be false when slos bound nothing: give a bound, or leave it out',
    ],
    [
      {},
      { slos: [{ kind: 'INSERT', p95Ms: 9, p99Ms: 5 }] },
      'overrides.slos.0.p99Ms',
      'overrides.slos.0.p99Ms must be at least overrides.slos.0.p95Ms (9); it is 5',
    ],
    [
      {},
      { guardrails: { maxCpuPercent: 101 } },
      'overrides.guardrails.maxCpuPercent',
      'overrides.guardrails.maxCpuPercent must be above 0 and at most 100 percent; it is 101',
    ],
    [
      {},
      { guardrails: { on: true } } as RunOverrides,
      'overrides.guardrails.on',
      'overrides.guardrails.on is not a known field: remove it',
    ],
    [
      {},
      { loadMode: 'MAX' as never },
      'overrides.loadMode',
      'overrides.loadMode must be one of CONCURRENCY, QPS, FIND_MAX_CONCURRENCY; it is "MAX"',
    ],
  ]
  it.each(cases)('%j with %j', (change, overrides, path, message) => {
    expect(problems(change, overrides)).toEqual([{ path, message }])
  })
})
