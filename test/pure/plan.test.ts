import type { RunOverrides, TemplateInput } from '@flakebench/contract'
import { freezePlan, scheduleOf } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { forAll } from '../kit/seeded.ts'
import { FRESH_SEED, HOST, problemsOf, SMALLEST, soundPlan, storedTemplate } from '../kit/templateInput.ts'

const connections = (targetConnections: number): TemplateInput => ({ load: { targetConnections } })
const toSnowflake = (targetConnections: number): TemplateInput => ({
  ...connections(targetConnections),
  target: { tableType: 'STANDARD', database: 'BENCH', schema: 'PUBLIC', table: 'ORDERS', warehouse: 'WH' },
})
const FIXED: TemplateInput = { scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 } }
const BOUNDED: TemplateInput = {
  load: { targetConnections: 20 },
  scaling: { mode: 'BOUNDED', minWorkers: 2, maxWorkers: 4, minConnections: 2, maxConnections: 10 },
}

describe('a plan', () => {
  it('freezes its template, with the name and version it had', () => {
    const template = storedTemplate({ slos: [{ kind: 'INSERT', p95Ms: 5 }] })
    const plan = soundPlan({ slos: [{ kind: 'INSERT', p95Ms: 5 }] })
    expect(plan).toEqual({
      templateId: 't-1',
      templateName: 'orders',
      templateVersion: 3,
      target: template.target,
      operations: [{ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operationType: 'READ', weight: 100, sql: null, parameters: [] }],
      load: template.load,
      scaling: template.scaling,
      guardrails: template.guardrails,
      slos: template.slos,
      sloAbort: template.sloAbort,
      limits: { minWorkers: 1, maxWorkers: 1, minConnections: 1, maxConnections: 200, areSet: false },
      sut: [],
      advanced: { ...template.advanced, seed: FRESH_SEED },
      workerCount: 1,
      targetConnections: 10,
      seed: FRESH_SEED,
      poolSetId: null,
    })
  })

  it('sends only what has a weight, canonical kinds first, parameters in the order of their placeholders', () => {
    const parameters = [
      { name: 'b', position: 2, value: 2 },
      { name: 'a', position: 1, value: 1 },
    ]
    const plan = soundPlan({
      operations: {
        update: { weight: 20, sql: 'UPDATE t SET a = 1' },
        pointLookup: { weight: 30 },
        generic: [
          { operationType: 'WRITE', weight: 40, sql: 'DELETE FROM t WHERE a = ? AND b = ?', label: 'purge', parameters },
          { operationType: 'READ', weight: 0, sql: 'SELECT 1' },
          { operationType: 'READ', weight: 10, sql: 'SELECT 2' },
        ],
      },
    })
    expect(plan.operations.map(({ kind, label, operationType, weight }) => [kind, label, operationType, weight])).toEqual([
      ['POINT_LOOKUP', 'POINT_LOOKUP', 'READ', 30],
      ['UPDATE', 'UPDATE', 'WRITE', 20],
      ['GENERIC_SQL', 'purge', 'WRITE', 40],
      ['GENERIC_SQL', 'GENERIC_SQL_3', 'READ', 10],
    ])
    expect(plan.operations[2]?.parameters.map(({ name, position }) => [name, position])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  it('takes its seed from the overrides, else the template, else the fresh one', () => {
    expect(soundPlan({ advanced: { seed: 7 } }, { seed: 0 })).toMatchObject({ seed: 0, advanced: { seed: 0 } })
    expect(soundPlan({ advanced: { seed: 7 } }, { seed: null })).toMatchObject({ seed: 7, advanced: { seed: 7 } })
    expect(soundPlan({}, {})).toMatchObject({ seed: FRESH_SEED, advanced: { seed: FRESH_SEED } })
  })

  it('takes durations from the overrides, 0 s of warmup included', () => {
    const plan = soundPlan({}, { durationSeconds: 60, warmupSeconds: 0, name: 'nightly' })
    expect(plan.load).toMatchObject({ durationSeconds: 60, warmupSeconds: 0 })
    expect(scheduleOf(plan, 1_000)).toEqual({ startAtMs: 1_000, warmupMs: 0, measurementMs: 60_000, intervalMs: 1_000 })
    expect(soundPlan({}, { durationSeconds: null, warmupSeconds: null, workers: null }).load).toEqual(storedTemplate().load)
  })
})

describe('the workers and connections of a plan', () => {
  const cases: readonly (readonly [string, TemplateInput, RunOverrides, { workers: number; connections: number }])[] = [
    ['AUTO starts one worker for 200 connections', connections(200), {}, { workers: 1, connections: 200 }],
    ['AUTO starts another for the 201st', connections(201), {}, { workers: 2, connections: 201 }],
    ['AUTO starts one worker for 100 connections to Snowflake', toSnowflake(100), {}, { workers: 1, connections: 100 }],
    ['AUTO starts another for the 101st to Snowflake', toSnowflake(101), {}, { workers: 2, connections: 101 }],
    ['AUTO counts the connections of the override', connections(10), { targetConnections: 401 }, { workers: 3, connections: 401 }],
    ['an override of the workers wins in AUTO', connections(32), { workers: 8 }, { workers: 8, connections: 32 }],
    ['both overrides win together', connections(32), { workers: 3, targetConnections: 8 }, { workers: 3, connections: 8 }],
    ['FIXED multiplies its minima', FIXED, {}, { workers: 2, connections: 32 }],
    ['FIXED multiplies the overridden workers', FIXED, { workers: 5 }, { workers: 5, connections: 80 }],
    ['FIXED keeps its workers when the connections are overridden', FIXED, { targetConnections: 9 }, { workers: 2, connections: 9 }],
    ['BOUNDED starts its least', { ...BOUNDED, load: { targetConnections: 8 } }, {}, { workers: 2, connections: 8 }],
    ['BOUNDED starts as many as hold the connections', BOUNDED, { targetConnections: 40 }, { workers: 4, connections: 40 }],
    ['BOUNDED takes an override within its bounds', BOUNDED, { workers: 3 }, { workers: 3, connections: 20 }],
    [
      'BOUNDED stops at its most, which may have more than 200 connections each',
      { load: { targetConnections: 1_000 }, scaling: { mode: 'BOUNDED', maxWorkers: 2 } },
      {},
      { workers: 2, connections: 1_000 },
    ],
    [
      'BOUNDED starts no worker that would have fewer than its least',
      { load: { targetConnections: 201 }, scaling: { mode: 'BOUNDED', minConnections: 150 } },
      {},
      { workers: 1, connections: 201 },
    ],
    [
      'a search begins where it says',
      { load: { mode: 'FIND_MAX_CONCURRENCY', findMax: { startConnections: 300 } } },
      {},
      { workers: 2, connections: 300 },
    ],
    [
      'a rate begins with the connections it names',
      { load: { mode: 'QPS', targetQps: 9, startingConnections: 6 } },
      {},
      { workers: 1, connections: 6 },
    ],
    [
      'a rate begins with the least where it needs no more',
      { load: { mode: 'QPS', targetQps: 9 }, scaling: { mode: 'BOUNDED', minWorkers: 2, minConnections: 3 } },
      {},
      { workers: 2, connections: 6 },
    ],
  ]
  it.each(cases)('%s', (_, change, overrides, expected) => {
    const plan = soundPlan(change, overrides)
    expect({ workers: plan.workerCount, connections: plan.targetConnections }).toEqual(expected)
  })

  it('are FIXED in the plan once they were overridden, so that the plan agrees with itself', () => {
    expect(soundPlan(connections(32), { workers: 3 })).toMatchObject({
      scaling: { mode: 'FIXED', minWorkers: 3, maxWorkers: null, minConnections: 10, maxConnections: null },
      load: { targetConnections: 32 },
    })
    expect(soundPlan(BOUNDED, { targetConnections: 12 })).toMatchObject({
      scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 6 },
      load: { targetConnections: 12 },
    })
    expect(soundPlan(BOUNDED, { durationSeconds: 5 }).scaling).toEqual(storedTemplate(BOUNDED).scaling)
  })

  it('hold in any plan: at least a connection for each worker, at most 64 workers, and every figure said twice is the same', () => {
    forAll(random => {
      const [minWorkers, minConnections] = [random.whole(1, 40), random.whole(1, 30)]
      const change: TemplateInput = {
        load: { targetConnections: random.whole(1, 3_000) },
        scaling: {
          mode: random.pick(['AUTO', 'BOUNDED', 'FIXED'] as const),
          minWorkers,
          minConnections,
          maxWorkers: random.pick([null, random.whole(1, 80)]),
          maxConnections: random.pick([null, random.whole(1, 100)]),
        },
      }
      if (problemsOf({ ...SMALLEST, ...change }).length > 0) return
      const overrides = {
        workers: random.pick([null, random.whole(1, 70)]),
        targetConnections: random.pick([null, random.whole(1, 3_000)]),
      }
      const template = storedTemplate(change)
      const frozen = freezePlan(template, overrides, FRESH_SEED, HOST)
      if (!frozen.ok) {
        expect(frozen.problems.length).toBeGreaterThan(0)
        return
      }
      const { workerCount, targetConnections, load, scaling } = frozen.plan
      expect(workerCount).toBeLessThanOrEqual(Math.min(64, targetConnections))
      expect(workerCount).toBe(overrides.workers ?? workerCount)
      expect(targetConnections).toBe(overrides.targetConnections ?? targetConnections)
      expect(load.targetConnections).toBe(targetConnections)
      if (scaling.mode === 'FIXED')
        expect([scaling.minWorkers, scaling.minConnections]).toEqual([workerCount, Math.floor(targetConnections / workerCount)])
      if (template.scaling.mode === 'BOUNDED') {
        const { maxWorkers, maxConnections } = template.scaling
        expect(workerCount).toBeGreaterThanOrEqual(template.scaling.minWorkers)
        expect(workerCount).toBeLessThanOrEqual(maxWorkers ?? 64)
        expect(Math.floor(targetConnections / workerCount)).toBeGreaterThanOrEqual(template.scaling.minConnections)
        expect(Math.ceil(targetConnections / workerCount)).toBeLessThanOrEqual(maxConnections ?? targetConnections)
      }
    }, 2_000)
  })
})
