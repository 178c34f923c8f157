import type { TemplateInput } from '@flakebench/contract'
import { completePlan, completeTemplate, resolutionOf } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { messagesOf, problemsOf, SMALLEST, soundPlan, soundTemplate } from '../kit/templateInput.ts'

const SNOWFLAKE = { tableType: 'STANDARD', table: 'ORDERS', database: 'SALES', warehouse: 'BENCH' } as const
const rate = (targetQps: number, change: TemplateInput = {}): TemplateInput => ({
  ...SMALLEST,
  load: { mode: 'QPS', targetQps, durationSeconds: 10 },
  ...change,
})
const search = (findMax: NonNullable<TemplateInput['load']>['findMax'], change: TemplateInput = {}): TemplateInput => ({
  ...SMALLEST,
  load: { mode: 'FIND_MAX_CONCURRENCY', findMax },
  ...change,
})

describe('a rate', () => {
  it.each([
    [
      'its workers cannot send',
      rate(20_001, { scaling: { mode: 'BOUNDED', maxWorkers: 2 } }),
      'load.targetQps',
      '20001 operations per second cannot be sent by 2 workers: one sends at most about 10000 a second to PostgreSQL; raise scaling.maxWorkers to 3, or lower load.targetQps',
    ],
    [
      'its workers cannot send to Snowflake',
      rate(1_501, { target: SNOWFLAKE, scaling: { mode: 'FIXED', minWorkers: 1, minConnections: 500 } }),
      'load.targetQps',
      '1501 operations per second cannot be sent by 1 worker: one sends at most about 1500 a second to Snowflake; raise scaling.minWorkers to 2, or lower load.targetQps',
    ],
    [
      'no run can send',
      rate(640_001),
      'load.targetQps',
      '640001 operations per second cannot be sent by 64 workers: one sends at most about 10000 a second to PostgreSQL; lower load.targetQps',
    ],
    [
      'the measurement is over before one operation of it',
      rate(0.05),
      'load.targetQps',
      'load.targetQps 0.05 for load.durationSeconds 10 is 0.5 operations: raise one of them until at least one is sent',
    ],
  ])('is refused when %s', (_, input, path, message) => {
    expect(problemsOf(input)).toEqual([{ path, message }])
  })

  it('is taken up to what arithmetic allows, however few the connections', () => {
    expect(problemsOf(rate(20_000, { scaling: { mode: 'BOUNDED', maxWorkers: 2, maxConnections: 1 } }))).toEqual([])
    expect(problemsOf(rate(640_000))).toEqual([])
    expect(problemsOf(rate(0.1))).toEqual([])
  })

  it('is not judged where it could not be read', () => {
    expect(messagesOf(problemsOf({ ...rate(1), load: { mode: 'QPS', targetQps: 1e9, durationSeconds: 0 } }))).toEqual([
      'load.durationSeconds must be from 1 to 86400 seconds; it is 0',
      expect.stringMatching(/^1000000000 operations per second cannot be sent/),
    ])
  })
})

describe('a search', () => {
  it.each([
    [
      'everything is FIXED',
      search({}, { scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 } }),
      'scaling.mode',
      'scaling.mode must be AUTO or BOUNDED when load.mode is FIND_MAX_CONCURRENCY: FIXED (2 workers × 16 connections) leaves nothing to search for',
    ],
    [
      'a step has fewer than five intervals',
      search({ stepDurationSeconds: 4 }),
      'load.findMax.stepDurationSeconds',
      'load.findMax.stepDurationSeconds must be at least 5 × advanced.metricsIntervalSeconds (5); it is 4',
    ],
    [
      'it is to be less exact than its steps are wide',
      search({ connectionsIncrement: 4, resolution: 5 }),
      'load.findMax.resolution',
      'load.findMax.resolution must be at most load.findMax.connectionsIncrement (4); it is 5',
    ],
  ])('is refused when %s', (_, input, path, message) => {
    expect(problemsOf(input)).toEqual([{ path, message }])
  })

  it('may have short steps of short intervals', () => {
    expect(problemsOf(search({ stepDurationSeconds: 2 }, { advanced: { metricsIntervalSeconds: 0.4 } }))).toEqual([])
  })

  it('is right to within a fifth of its increment, unless it says otherwise', () => {
    const of = (findMax: NonNullable<TemplateInput['load']>['findMax']): number => resolutionOf(soundTemplate(search(findMax)).load.findMax)
    expect([of({}), of({ connectionsIncrement: 3 }), of({ connectionsIncrement: 50, resolution: 7 })]).toEqual([2, 1, 7])
  })
})

describe('an abort for broken bounds', () => {
  it('is refused where nothing is bounded', () => {
    const message = 'sloAbort.enabled must be false when slos bound nothing: give a bound, or leave it out'
    const sloAbort = { enabled: true }
    for (const slos of [[], [{ kind: 'INSERT', p95Ms: -1 }] as const]) {
      expect(problemsOf({ ...SMALLEST, sloAbort, slos })).toEqual([{ path: 'sloAbort.enabled', message }])
    }
    expect(problemsOf({ ...SMALLEST, sloAbort, slos: [{ kind: 'POINT_LOOKUP', errorRatePercent: 0 }] })).toEqual([])
  })
})

describe('what an earlier version kept', () => {
  it('of a template has the defaults of what there was not yet', () => {
    const { sloAbort: _, ...kept } = JSON.parse(JSON.stringify(soundTemplate({ ...SMALLEST, load: { targetConnections: 7 } })))
    delete kept.advanced.shareSut
    delete kept.scaling.boundsPatienceIntervals
    delete kept.load.findMax.resolution
    delete kept.load.findMax.minSamples
    expect(completeTemplate(kept)).toEqual(soundTemplate({ ...SMALLEST, load: { targetConnections: 7 } }))
  })

  it('of a template is told as it is, also where a rule has come since', () => {
    const kept = { ...soundTemplate(search({})), scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 } }
    expect(completeTemplate(kept).scaling).toMatchObject({ mode: 'FIXED', minWorkers: 2, minConnections: 16 })
  })

  it('of a plan says how it was run', () => {
    const plan = soundPlan({}, { workers: 3, targetConnections: 8 })
    const { limits: _, sut: __, sloAbort: ___, ...kept } = JSON.parse(JSON.stringify(plan))
    delete kept.advanced.shareSut
    expect(completePlan(kept)).toEqual(plan)
    expect(completePlan(plan)).toBe(plan)
  })
})
