import { type ArrivalResult, fingerprintOf, JUDGED_METRICS, type Plan, type Result } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import type { ComparedRun } from '../../server/src/decide/compare/comparedRun.ts'
import { metricRows } from '../../server/src/decide/compare/metricRows.ts'
import { errorRows, labelRows, workerRows } from '../../server/src/decide/compare/partRows.ts'
import { findMaxRows } from '../../server/src/decide/compare/placeRows.ts'
import { resourceRows } from '../../server/src/decide/compare/resourceRows.ts'
import { EMPTY_SPREAD } from '../../server/src/decide/compare/runSpread.ts'
import { clientUsageOf, heldConnectionsOf, warehouseUsageOf } from '../../server/src/decide/compare/runUsage.ts'
import { settingRows } from '../../server/src/decide/compare/settingRows.ts'
import { groupTrials, trialPrint } from '../../server/src/decide/compare/trial.ts'
import { sampleResult, sampleRollup } from '../kit/sampleFigures.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'
import { EASY_CLIENT } from '../kit/sampleSnapshot.ts'

const compared = (id: string, change: Partial<ComparedRun> = {}, plan: Plan = samplePlan()): ComparedRun => ({
  run: sampleRun({ id, plan, status: 'COMPLETED' }),
  name: id,
  result: sampleResult(),
  spread: EMPTY_SPREAD,
  summary: null,
  steps: [],
  enrichments: [],
  usage: { warehouse: null, client: null },
  connectionName: null,
  fingerprint: null,
  held: null,
  ...change,
})
const withResult = (id: string, change: Partial<Result>): ComparedRun => compared(id, { result: sampleResult(change) })

/** A run that was measured well enough to be compared. */
const measured = (id: string, change: Partial<Result> = {}, plan: Plan = samplePlan(), held: ComparedRun['held'] = null): ComparedRun => {
  const figures = Object.fromEntries(JUDGED_METRICS.map(metric => [metric, { figure: 1, variance: 0, degrees: 9, samples: 1e6 }]))
  const spread = { blocks: 60, seconds: 60, clientLimitedSeconds: 0, operations: 1e6, figures }
  return compared(id, { spread, held, result: sampleResult({ clientLimitedSeconds: 0, ...change }) }, plan)
}

describe('the best of a metric', () => {
  const bestOf = (metric: string, runs: readonly ComparedRun[]) => metricRows(runs, 'a').find(row => row.metric === metric)?.best

  it('is the highest throughput and the lowest of all else, each that shares it, and none where all are equal or alone', () => {
    const runs = [measured('a', { qps: 10, p95Ms: 3 }), measured('b', { qps: 12, p95Ms: 3 }), measured('c', { qps: 12, p95Ms: 3 })]
    expect(bestOf('QPS', runs)).toEqual([false, true, true])
    expect(bestOf('P95', runs)).toEqual([false, false, false])
    expect(bestOf('P50', [measured('a', { p50Ms: 1 }), compared('b', { result: null })])).toEqual([false, false])
    expect(bestOf('P50', [measured('a', { p50Ms: 1 }), measured('b', { p50Ms: 2 }), compared('c', { result: null })])).toEqual([
      true,
      false,
      false,
    ])
  })

  it('is told only where the runs may be compared', () => {
    const failing = [measured('a', { p50Ms: 4, errorRate: 0 }), measured('b', { p50Ms: 1, errorRate: 0.1 })]
    for (const metric of ['P50', 'P999', 'MAX', 'MEAN']) expect(bestOf(metric, failing)).toEqual([false, false])
    expect(bestOf('ERROR_RATE', failing)).toEqual([true, false])
    expect(bestOf('P50', [measured('a', { p50Ms: 4 }), measured('b', { p50Ms: 1, clientLimitedSeconds: 9 })])).toEqual([false, false])
    expect(bestOf('P50', [withResult('a', { p50Ms: 4 }), withResult('b', { p50Ms: 1 })])).toEqual([false, false])
  })

  it('is told only where the loads are equal, by the plans and as they were held', () => {
    const runs = (plan: Plan, held: ComparedRun['held']) => [measured('a', { qps: 9 }), measured('b', { qps: 20 }, plan, held)]
    expect(bestOf('QPS', runs(samplePlan(), { least: 8, most: 8 }))).toEqual([false, true])
    expect(bestOf('QPS', runs(samplePlan({ targetConnections: 16 }), null))).toEqual([false, false])
    expect(bestOf('QPS', runs(samplePlan(), { least: 8, most: 40 }))).toEqual([false, false])
    expect(bestOf('QPS', runs(samplePlan(), { least: 40, most: 40 }))).toEqual([false, false])
  })

  it('is no throughput where a rate was asked for', () => {
    const rate = compared('b', { result: sampleResult({ qps: 99 }) }, samplePlan({ load: { mode: 'QPS', targetQps: 99 } }))
    const [qps] = metricRows([withResult('a', { qps: 10 }), rate], 'a')
    expect(qps).toMatchObject({ better: 'NEITHER', best: [false, false] })
    expect(qps?.deltasPercent[1]).toBeCloseTo(890)
  })
})

describe('a run in which nothing was measured', () => {
  const times = { p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null, p999Ms: null, minMs: null, maxMs: null, meanMs: null }
  const figures = { operations: 0, errors: 0, errorRate: 0, qps: 0, achievedPercent: 0, plannedPercent: 100, ...times }
  const slice = (of: 'LABEL' | 'WORKER' | 'ALL', name: string) => ({ slice: of, name, ...figures })
  const [operation] = samplePlan().operations
  const summary = {
    slices: [slice('LABEL', operation?.label ?? ''), slice('WORKER', 'worker-0'), slice('ALL', '')],
    errorGroups: [],
    areErrorsWhole: true,
  }
  const nothing: Partial<Result> = { measuredSeconds: 0, totalOperations: 0, qps: 0, errorRate: 0, p50Ms: null, errorsByCategory: [] }
  const ended = compared('b', { summary, result: sampleResult(nothing) })

  it('has no figures at all: that it did nothing says nothing of the database', () => {
    const runs = [compared('a', { summary }), ended]
    for (const row of metricRows(runs, 'a')) expect([row.metric, row.values[1], row.deltasPercent[1]]).toEqual([row.metric, null, null])
    expect(labelRows(runs, 'a').map(({ cells }) => cells.map(cell => cell?.qps ?? null))).toEqual([[0, null]])
    expect(workerRows(runs).map(({ cells }) => cells[1])).toEqual([null, null])
    expect(errorRows([...runs, withResult('c', {})]).map(({ counts }) => counts)).toEqual([[20, null, 20]])
  })

  it('has no rows of its own', () => {
    expect(labelRows([ended, compared('c')], 'b')).toEqual([])
    expect(workerRows([ended, compared('c')])).toEqual([])
  })
})

describe('what was sent on a schedule', () => {
  const ratePlan = samplePlan({ load: { mode: 'QPS', targetQps: 50 } })
  const arrivals: ArrivalResult = {
    planned: 1_000,
    started: 990,
    late: 100,
    missed: 10,
    unassigned: 0,
    achievedRate: 49.5,
    serviceP50Ms: 1,
    serviceP95Ms: 2,
    serviceP99Ms: 3,
    clockErrorP50Ms: 0,
    clockErrorP99Ms: 0,
  }
  const rowsOf = (runs: readonly ComparedRun[]) =>
    metricRows(runs, 'a').flatMap(({ metric, unit, better, values }) =>
      ['PLANNED', 'ACHIEVED_RATE', 'LATE', 'MISSED'].includes(metric) ? [[metric, unit, better, values]] : [],
    )

  it('is told where a run had one: how much was planned, at which rate it started, and which parts were late or never did', () => {
    const rate = compared('b', { result: sampleResult({ arrivals }) }, ratePlan)
    expect(rowsOf([compared('a'), rate])).toEqual([
      ['PLANNED', '', 'NEITHER', [null, 1_000]],
      ['ACHIEVED_RATE', '/s', 'NEITHER', [null, 49.5]],
      ['LATE', '%', 'LOWER', [null, 10]],
      ['MISSED', '%', 'LOWER', [null, 1]],
    ])
    expect(rowsOf([compared('a'), compared('b')])).toEqual([])
  })
})

describe('the settings of runs', () => {
  it('are in plain words, differ where they do, and are left out where no run has them', () => {
    const [lookup] = samplePlan().operations
    const mixed = samplePlan({
      load: { mode: 'QPS', targetQps: 50 },
      operations:
        lookup === undefined
          ? []
          : [
              { ...lookup, weight: 60 },
              { ...lookup, label: 'by day', weight: 40, sql: 'SELECT 1' },
            ],
    })
    const rows = settingRows([compared('a'), compared('b', { connectionName: 'prod' }, mixed)])
    const row = (path: string) => rows.find(one => one.path === path)
    expect(row('load.mode')).toEqual({ path: 'load.mode', title: 'Load mode', values: ['CONCURRENCY', 'QPS'], differs: true })
    expect(row('operations.by day.weight')?.values).toEqual(['0', '40'])
    expect(row('operations.by day.sql')?.values).toEqual([null, 'SELECT 1'])
    expect(row('target.connection')?.values).toEqual([null, 'prod'])
    expect(row('load.warmupSeconds')).toMatchObject({ values: ['2', '2'], differs: false })
    expect(row('load.findMax.minSamples')).toBeUndefined()
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length)
  })
})

describe('searches side by side', () => {
  const step = (toConnections: number, outcome: ComparedRun['steps'][number]['outcome'], qps: number, observedFromMs: number | null = 0) =>
    ({ type: 'FIND_MAX', toConnections, outcome, qps, p95Ms: 1, errorRate: 0, observedFromMs }) as ComparedRun['steps'][number]

  it('have a row for each number of connections, with the last step that says something of the database', () => {
    const rows = findMaxRows([
      compared('a', { steps: [step(8, 'STABLE', 80), step(8, 'CLIENT_LIMITED', 1), step(4, 'WORKER_LOST', 1, null)] }),
      compared('b', { steps: [step(8, 'STABLE', 70), step(8, 'QPS_DROP', 60)] }),
    ])
    expect(rows.map(({ connections, cells }) => [connections, cells.map(cell => cell?.qps)])).toEqual([
      [4, [null, undefined]],
      [8, [80, 60]],
    ])
  })
})

describe('what runs have used', () => {
  it('of a warehouse is of the measurement alone', () => {
    const look = (elapsedSeconds: number, queued: number) => ({ elapsedSeconds, queued, running: 1, startedClusters: 2 })
    expect(warehouseUsageOf([look(1, 50), look(3, 0), look(9, 4), look(30, 70)], 2, 10)).toMatchObject({
      meanQueued: 2,
      mostQueued: 4,
      mostClusters: 2,
    })
    expect(warehouseUsageOf([look(1, 50)], 2, 10)).toBeNull()
  })

  it('of the client is by single intervals: the mean, and the greatest of each', () => {
    const intervals = [10, 90, 20].map((cpuPercent, i) => ({
      client: { ...EASY_CLIENT, cpuPercent, memoryBytes: [1, 7, 2][i] as number, eventLoopDelayP99Ms: [1, 2, 6][i] as number },
    }))
    expect(clientUsageOf(intervals)).toEqual({
      meanCpuPercent: 40,
      mostCpuPercent: 90,
      mostMemoryBytes: 7,
      meanDelayP99Ms: 3,
      mostDelayP99Ms: 6,
    })
    expect(clientUsageOf([])).toBeNull()
  })

  it('of connections is of whole intervals, without the edges of the phase', () => {
    const holding = (targetConnections: number, workersReported = 2) => sampleRollup({ targetConnections, workersReported })
    expect(heldConnectionsOf([holding(1), holding(8), holding(4, 1), holding(40), holding(0)])).toEqual({ least: 8, most: 40 })
    expect(heldConnectionsOf([holding(1), holding(0)])).toBeNull()
  })

  it('is left out where no run knows it', () => {
    expect(resourceRows([compared('a'), compared('b', { result: null })]).map(({ title, values }) => [title, values])).toEqual([
      ['Time in which the load generator could have been the limit', [20, null]],
    ])
  })
})

describe('errors side by side', () => {
  it('are none known, and not none, of a run without a result', () => {
    const failing = withResult('b', { errorsByCategory: [{ category: 'LOCK', count: 7, sample: 'deadlock' }] })
    expect(errorRows([compared('a', { result: null }), failing, withResult('c', { errorsByCategory: [] })])).toEqual([
      { category: 'LOCK', counts: [null, 7, 0], sample: 'deadlock' },
    ])
  })
})

describe('groups of trials', () => {
  const runs = [4, 8, 4, 8].map((connections, i) =>
    compared(`r${i}`, { fingerprint: `print ${connections}` }, samplePlan({ targetConnections: connections })),
  )
  const shape = (all: ReturnType<typeof groupTrials>) => all.map(({ id, trials, isBaseline }) => [id, trials.length, isBaseline])

  it("have the baseline's first, and stand alone where all are of one configuration", () => {
    expect(shape(groupTrials(runs, 'r3'))).toEqual([
      ['r1', 2, true],
      ['r0', 2, false],
    ])
    const same = ['r0', 'r1', 'r2', 'r3'].map(id => compared(id, { fingerprint: 'same' }))
    expect(shape(groupTrials(same, 'r2'))).toEqual([
      ['r2', 1, true],
      ['r0', 1, false],
      ['r1', 1, false],
      ['r3', 1, false],
    ])
  })

  it('have no run in them whose configuration is not known, or whose load was changed', () => {
    const held = (id: string, least: number, most: number) => compared(id, { fingerprint: 'same', held: { least, most } })
    const all = [
      held('a', 8, 8),
      compared('b', { fingerprint: null }),
      held('c', 8, 40),
      held('d', 40, 40),
      compared('e', { fingerprint: 'same' }),
    ]
    expect(groupTrials(all, 'a').map(({ trials }) => trials.map(({ run }) => run.id))).toEqual([['a', 'e'], ['b'], ['c'], ['d']])
  })

  it('have no run in them that was cut short, and none on a table of another size', () => {
    const on = (id: string, change: Partial<ComparedRun['run']>) => {
      const one = compared(id, { fingerprint: 'same' })
      return { ...one, run: { ...one.run, ...change } }
    }
    const all = [
      on('a', { tableRows: 1_000 }),
      on('b', { tableRows: 1_050 }),
      on('c', { tableRows: 1_300 }),
      on('d', { tableRows: null }),
      on('e', { tableRows: 1_000, status: 'CANCELLED' }),
    ]
    expect(groupTrials(all, 'a').map(({ trials }) => trials.map(({ run }) => run.id))).toEqual([['a', 'b', 'd'], ['c'], ['e']])
  })
})

describe('the configuration of a run', () => {
  const plan = samplePlan()
  const blank = { ...plan, target: { ...plan.target, connectionId: null }, sut: [] }

  it('is by the fingerprint that was kept, and reckoned where there is none', () => {
    expect(trialPrint(plan, { fingerprint: 'kept', importedAtMs: null })).toBe('kept')
    expect(trialPrint(plan, { fingerprint: null, importedAtMs: null })).toBe(fingerprintOf(plan))
    expect(trialPrint(plan, null)).toBe(fingerprintOf(plan))
  })

  it('of a run that was brought in is known only by one from before its server was taken out of the plan', () => {
    expect(trialPrint(blank, { fingerprint: 'before', importedAtMs: 1 })).toBe('before')
    expect(trialPrint(blank, { fingerprint: null, importedAtMs: 1 })).toBeNull()
    expect(trialPrint(blank, { fingerprint: fingerprintOf(blank), importedAtMs: 1 })).toBeNull()
  })
})
