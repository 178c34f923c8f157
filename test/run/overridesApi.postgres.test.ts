import type { Plan, RunOverrides, Template } from '@flakebench/contract'
import { insertRun, insertTemplate, newId } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { storedTemplate } from '../kit/templateInput.ts'

let kit: RunKit
/** Point lookups in a closed loop. */
let templateId: string
beforeAll(async () => {
  kit = await openRunKit()
  templateId = await kit.createTemplate({ name: 'Overridden' })
})
afterAll(() => kit.close())

const PREPARE = `mutation ($templateId: ID!, $overrides: RunOverrides) { prepareRun(templateId: $templateId, overrides: $overrides) { id plan {
  workerCount targetConnections seed summary load { mode targetQps arrival targetConnections findMax { startConnections connectionsIncrement minSamples } }
  scaling { mode minWorkers maxWorkers minConnections maxConnections } limits { minWorkers maxWorkers minConnections maxConnections areSet }
  guardrails { enabled mode maxCpuPercent patienceIntervals } slos { kind p95Ms p99Ms errorRatePercent } sloAbort { enabled graceSeconds }
  advanced { deadWorkerPolicy shareSut } } } }`

const planOf = async (overrides: RunOverrides, id = templateId): Promise<unknown> =>
  (await kit.graphql<{ prepareRun: { plan: unknown } }>(PREPARE, { templateId: id, overrides })).prepareRun.plan

describe('the overrides of a run', () => {
  it.each<[string, RunOverrides, object]>([
    [
      'a rate',
      { loadMode: 'QPS', targetQps: 50, arrival: 'POISSON' },
      { load: { mode: 'QPS', targetQps: 50, arrival: 'POISSON', targetConnections: null } },
    ],
    ['the ceiling of a rate', { loadMode: 'QPS', targetQps: 50, targetConnections: 4 }, { limits: { maxConnections: 4 } }],
    [
      'a search, field by field',
      { loadMode: 'FIND_MAX_CONCURRENCY', findMax: { connectionsIncrement: 3 } },
      {
        targetConnections: 5,
        load: { mode: 'FIND_MAX_CONCURRENCY', findMax: { startConnections: 5, connectionsIncrement: 3, minSamples: 100 } },
      },
    ],
    [
      'bounds',
      { scaling: { maxWorkers: 2, maxConnections: 1 } },
      { workerCount: 2, scaling: { mode: 'BOUNDED', maxWorkers: 2, maxConnections: 1 }, limits: { maxConnections: 1, areSet: true } },
    ],
    [
      'bounds that are none',
      { scaling: { mode: 'BOUNDED', maxWorkers: -1, maxConnections: -1 } },
      { scaling: { mode: 'BOUNDED', maxWorkers: null, maxConnections: null } },
    ],
    ['5 × 200', { scaling: { mode: 'FIXED', minWorkers: 5, minConnections: 200 } }, { workerCount: 5, targetConnections: 1_000 }],
    ['2 × 500', { scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 500 } }, { workerCount: 2, targetConnections: 1_000 }],
    [
      'the workers of a search',
      { loadMode: 'FIND_MAX_CONCURRENCY', workers: 2 },
      { workerCount: 2, limits: { minWorkers: 2, maxWorkers: 2 } },
    ],
    ['guardrails', { guardrails: { enabled: true, mode: 'HARD' } }, { guardrails: { enabled: true, mode: 'HARD', maxCpuPercent: 80 } }],
    [
      'SLOs, and what they end',
      { slos: [{ kind: 'POINT_LOOKUP', p95Ms: 5 }], sloAbort: { enabled: true, graceSeconds: 4 } },
      { slos: [{ kind: 'POINT_LOOKUP', p95Ms: 5, p99Ms: null, errorRatePercent: null }], sloAbort: { enabled: true, graceSeconds: 4 } },
    ],
    ['what becomes of it', { deadWorkerPolicy: 'REPLACE', shareSut: true }, { advanced: { deadWorkerPolicy: 'REPLACE', shareSut: true } }],
  ])('are frozen into its plan: %s', async (_, overrides, plan) => {
    expect(await planOf(overrides)).toMatchObject(plan)
  })

  it.each<[RunOverrides, string, RegExp]>([
    [{ loadMode: 'QPS' }, 'targetQps', /must be above 0 .* not set/],
    [{ loadMode: 'QPS', targetQps: -5 }, 'targetQps', /must be above 0 .* -5/],
    [
      { loadMode: 'QPS', targetQps: 100_000, scaling: { maxWorkers: 2 } },
      'targetQps',
      /by 2 workers: .* raise overrides.scaling.maxWorkers to 10, or lower/,
    ],
    [{ targetQps: 5 }, 'targetQps', /for a run in QPS, and this one is in CONCURRENCY: leave it out/],
    [
      { loadMode: 'QPS', targetQps: 5, findMax: { resolution: 2 } },
      'findMax.resolution',
      /for a run in FIND_MAX_CONCURRENCY, and this one is in QPS: leave it out/,
    ],
    [
      { loadMode: 'FIND_MAX_CONCURRENCY', findMax: { stepDurationSeconds: 0 } },
      'findMax.stepDurationSeconds',
      /from 2 to 3600 seconds; it is 0/,
    ],
    [{ loadMode: 'FIND_MAX_CONCURRENCY', scaling: { mode: 'FIXED', minWorkers: 1, minConnections: 1 } }, 'scaling.mode', /AUTO or BOUNDED/],
    [{ scaling: { minWorkers: 2, maxWorkers: 1 } }, 'scaling.maxWorkers', /at least overrides.scaling.minWorkers \(2\); it is 1/],
    [
      { scaling: { maxWorkers: 1, maxConnections: 1 } },
      'targetConnections',
      /raise overrides.scaling.maxWorkers or overrides.scaling.maxConnections/,
    ],
    [{ guardrails: { patienceIntervals: 0 } }, 'guardrails.patienceIntervals', /from 1 to 60; it is 0/],
    [{ slos: [{ kind: 'POINT_LOOKUP', p95Ms: 5, p99Ms: 4 }] }, 'slos.0.p99Ms', /at least overrides.slos.0.p95Ms \(5\); it is 4/],
    [{ sloAbort: { enabled: true } }, 'sloAbort.enabled', /give a bound, or leave it out/],
  ])('are refused in their own names: %j', async (overrides, path, words) => {
    const { extensions, message } = await refusalOf(kit.server.url, PREPARE, { templateId, overrides })
    expect(extensions).toEqual({
      code: 'VALIDATION_FAILED',
      problems: [{ path: `overrides.${path}`, message: expect.stringMatching(words) }],
    })
    expect(message).toMatch(words)
  })

  it.each([{ loadMode: 'FAST' }, { targetQps: 'many' }, { nonsense: 1 }, { scaling: { most: 1 } }])(
    'are refused where they are none: %j',
    async overrides => {
      expect((await refusalOf(kit.server.url, PREPARE, { templateId, overrides })).extensions.code).toBe('BAD_USER_INPUT')
    },
  )
})

describe('what an earlier version kept', () => {
  /** As it was before there were load modes and controllers. */
  const earlier = <T extends Template | Plan>({ load, sloAbort: _1, advanced, ...rest }: T): T => {
    const { deadWorkerPolicy: _2, shareSut: _3, ...others } = advanced
    const { targetConnections, durationSeconds, warmupSeconds, thinkTimeMs, mode } = load
    return { ...rest, load: { mode, targetConnections, durationSeconds, warmupSeconds, thinkTimeMs }, advanced: others } as unknown as T
  }

  it('can be read, prepared and run', async () => {
    const id = newId()
    const {
      id: _,
      version: __,
      ...template
    } = storedTemplate({
      target: { connectionId: kit.connectionId, table: 'orders' },
      load: { targetConnections: 2, warmupSeconds: 0, durationSeconds: 1 },
    })
    await insertTemplate(kit.control.db, id, earlier(template as Template))
    const { template: shown } = await kit.graphql<{ template: object }>(
      'query ($id: ID!) { template(id: $id) { load { findMax { startConnections } arrival } sloAbort { enabled } advanced { deadWorkerPolicy shareSut } } }',
      { id },
    )
    expect(shown).toEqual({
      load: { findMax: { startConnections: 5 }, arrival: 'CONSTANT' },
      sloAbort: { enabled: false },
      advanced: { deadWorkerPolicy: 'FAIL', shareSut: false },
    })
    const { plan } = await kit.record(await kit.prepare({ loadMode: 'QPS', targetQps: 10 }, id))
    expect(plan).toMatchObject({ load: { mode: 'QPS', targetQps: 10 } })
    const { limits: _4, sut: _5, ...kept } = (await kit.record(await kit.prepare({}, id))).plan
    const runId = newId()
    await insertRun(kit.control.db, runId, 'Prepared before', earlier(kept as Plan))
    await kit.start(runId)
    expect(await kit.end(runId)).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
  })
})
