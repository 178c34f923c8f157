import { type ControllerStep, fingerprintOf, type Plan } from '@flakebench/contract'
import { claimEnrichment, insertEnrichment, insertWarehousePoll, putFinding } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { imagineEvidence } from '../kit/imaginedEvidence.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { storeMeasured } from '../kit/storedMeasurement.ts'
import { storeRun, storeTemplate } from '../kit/storedRun.ts'
import { VERDICT_MODELS } from '../kit/verdictRates.ts'

let kit: RunKit
let plan: Plan
/** Two runs of one configuration; one that is 20 % slower, on a warehouse; a search; one that never began. */
let ids: readonly string[]

const STEP: ControllerStep = {
  stepNumber: 1,
  type: 'FIND_MAX',
  purpose: 'CLIMB',
  workers: 1,
  fromConnections: 0,
  toConnections: 4,
  startMs: 0,
  observedFromMs: 1_000,
  endMs: 5_000,
  observedSeconds: 4,
  operations: 400,
  errors: 0,
  qps: 100,
  targetQps: null,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  errorRate: 0,
  qpsVsPriorPercent: null,
  p95VsBaselinePercent: null,
  qpsErrorPercent: null,
  isQueued: false,
  clientLimitedSeconds: 0,
  outcome: 'STABLE',
  reason: null,
  latency: null,
}

const evidence = (seed: number, worse = 0) =>
  imagineEvidence({ ...(VERDICT_MODELS[0]?.system as (typeof VERDICT_MODELS)[0]['system']), seconds: 120, errorRate: 0.03 }, seed, worse)

beforeAll(async () => {
  kit = await openRunKit()
  const { db } = kit.control
  plan = await storeTemplate(db)
  const slowPlan: Plan = {
    ...plan,
    target: { ...plan.target, tableType: 'HYBRID', warehouse: 'WH', warehouseSize: 'LARGE' },
    targetConnections: 16,
  }
  const searchPlan: Plan = { ...plan, load: { ...plan.load, mode: 'FIND_MAX_CONCURRENCY' } }
  const first = await storeMeasured(db, plan, 'first', { evidence: evidence(1) })
  const again = await storeMeasured(db, plan, 'again', { evidence: evidence(2), workers: ['worker-0', 'worker-1'] })
  const slow = await storeMeasured(db, slowPlan, 'slow', {
    evidence: evidence(3, 0.2),
    result: { errorsByCategory: [{ category: 'LOCK', count: 7, sample: 'deadlock detected' }] },
  })
  const search = await storeMeasured(db, searchPlan, 'search', {
    evidence: evidence(4),
    steps: [STEP, { ...STEP, stepNumber: 2, fromConnections: 4, toConnections: 8, qps: 150, outcome: 'LATENCY_RISE' }],
  })
  for (const [sequence, queued] of [0, 3].entries())
    await insertWarehousePoll(db, { id: slow, epoch: 1, warehouse: 'WH' }, sequence, {
      row: { name: 'WH', started_clusters: 2, running: 4, queued },
    })
  await insertEnrichment(db, slow, { source: 'QUERY_HISTORY', status: 'PENDING', note: null, dueInSeconds: 0 })
  const claim = await claimEnrichment(db, slow, 'QUERY_HISTORY')
  if (claim === null) throw new Error('it is claimed already')
  const cluster = {
    clusterNumber: 1,
    executions: 90,
    p50Ms: 2,
    p95Ms: 4,
    maxMs: 9,
    meanQueuedOverloadMs: 1.5,
    meanQueuedProvisioningMs: null,
  }
  await putFinding(db, claim, {
    status: 'COMPLETED',
    note: null,
    matched: 90,
    expected: 90,
    content: { fromMs: 0, toMs: 1, statements: [], clusters: [{ ...cluster, byLabel: { POINT_LOOKUP: 90 } }], overhead: [] },
    dueInSeconds: null,
  })
  ids = [first, again, slow, search, (await storeRun(db, plan, 'never begun')).id]
})
afterAll(() => kit.close())

const PART = 'operations qps p50Ms p95Ms p99Ms errorRate'
const COMPARE = `query ($ids: [ID!]!, $baselineId: ID) { compareRuns(ids: $ids, baselineId: $baselineId) {
  baselineId method runs { id name } groups { id runIds isBaseline } spans { runId warmupSeconds measuredSeconds }
  settings { path title values differs } metrics { metric title unit better values deltasPercent best }
  labels { label kind cells { ${PART} qpsDeltaPercent p50DeltaPercent p95DeltaPercent p99DeltaPercent } }
  errors { category counts sample } findMax { connections cells { qps p95Ms errorRate outcome } }
  resources { kind title unit values } clusters { clusterNumber cells { executions p50Ms p95Ms byLabel { name count } } }
  workers { workerId cells { ${PART} } }
  verdicts { groupId metric title outcome baseline candidate effectPercent lowPercent highPercent confidencePercent
    isOfTheseRunsOnly runToRunPercent runToRunRuns sentence reasons cautions } } }`

interface Row {
  readonly title: string
  readonly values: readonly (number | string | null)[]
}
interface Compared {
  readonly baselineId: string
  readonly method: string
  readonly groups: readonly { readonly id: string; readonly runIds: readonly string[]; readonly isBaseline: boolean }[]
  readonly spans: readonly object[]
  readonly settings: readonly (Row & { readonly path: string; readonly differs: boolean })[]
  readonly metrics: readonly (Row & {
    readonly metric: string
    readonly deltasPercent: readonly (number | null)[]
    readonly best: readonly boolean[]
  })[]
  readonly labels: readonly { readonly label: string; readonly cells: readonly ({ readonly p95DeltaPercent: number | null } | null)[] }[]
  readonly errors: readonly object[]
  readonly findMax: readonly object[]
  readonly resources: readonly Row[]
  readonly clusters: readonly object[]
  readonly workers: readonly { readonly workerId: string | null; readonly cells: readonly (object | null)[] }[]
  readonly verdicts: readonly {
    readonly groupId: string
    readonly metric: string
    readonly outcome: string
    readonly isOfTheseRunsOnly: boolean
    readonly runToRunPercent: number | null
    readonly runToRunRuns: number
    readonly reasons: readonly string[]
    readonly cautions: readonly string[]
  }[]
}

const compare = async (which: readonly number[], baseline: number | null = null): Promise<Compared> =>
  (
    await kit.graphql<{ compareRuns: Compared }>(COMPARE, {
      ids: which.map(at => ids[at]),
      baselineId: baseline === null ? null : ids[baseline],
    })
  ).compareRuns

describe('a comparison', () => {
  it('pools trials of one configuration, says what is worse with its evidence, and shows in what the runs differ', async () => {
    const shown = await compare([0, 1, 2])
    expect(shown.groups).toEqual([
      { id: ids[0], runIds: [ids[0], ids[1]], isBaseline: true },
      { id: ids[2], runIds: [ids[2]], isBaseline: false },
    ])
    expect(shown.verdicts.map(({ groupId, metric }) => [groupId, metric])).toEqual(
      ['QPS', 'P50', 'P95', 'P99', 'MEAN', 'ERROR_RATE'].map(metric => [ids[2], metric]),
    )
    expect(shown.verdicts.find(({ metric }) => metric === 'P50')).toMatchObject({
      outcome: 'WORSE',
      confidencePercent: 95,
      isOfTheseRunsOnly: false,
      runToRunRuns: 2,
      sentence: expect.stringMatching(/^p50 is \d+ % higher/),
      cautions: expect.arrayContaining(['Another load: 16 connections against 8']),
    })
    const differing = shown.settings.filter(({ differs }) => differs).map(({ path, values }) => [path, values])
    expect(differing).toEqual([
      ['target.tableType', [plan.target.tableType, plan.target.tableType, 'HYBRID']],
      ['target.warehouse', [null, null, 'WH']],
      ['target.warehouseSize', [null, null, 'LARGE']],
      ['load.targetConnections', ['8', '8', '16']],
    ])
    expect(shown.errors).toEqual([
      { category: 'TIMEOUT', counts: [20, 20, 0], sample: null },
      { category: 'LOCK', counts: [0, 0, 7], sample: 'deadlock detected' },
    ])
    expect(shown.spans).toEqual(ids.slice(0, 3).map(runId => ({ runId, warmupSeconds: 2, measuredSeconds: 120 })))
    expect(shown.method).toContain('block bootstrap')
  })

  it('shows figures with their deltas and the best, labels, workers with totals, clusters and resources', async () => {
    const shown = await compare([0, 1, 2], 1)
    expect(shown.baselineId).toBe(ids[1])
    const p95 = shown.metrics.find(({ metric }) => metric === 'P95')
    expect(p95?.deltasPercent[1]).toBe(0)
    expect(p95?.deltasPercent[2]).toBeGreaterThan(10)
    // One of them holds twice the connections.
    expect(p95?.best).toEqual([false, false, false])
    expect((await compare([0, 1])).metrics.find(({ metric }) => metric === 'P95')?.best.filter(Boolean)).toHaveLength(1)
    expect(shown.metrics.find(({ metric }) => metric === 'OPERATIONS')?.best).toEqual([false, false, false])
    expect(shown.labels.map(({ label }) => label)).toEqual(plan.operations.map(({ label }) => label))
    expect(shown.labels[0]?.cells[2]?.p95DeltaPercent).toBeGreaterThan(10)
    expect(shown.workers.map(({ workerId, cells }) => [workerId, cells.map(cell => cell !== null)])).toEqual([
      ['worker-0', [true, true, true]],
      ['worker-1', [false, true, false]],
      [null, [true, true, true]],
    ])
    expect(shown.clusters).toEqual([
      { clusterNumber: 1, cells: [null, null, { executions: 90, p50Ms: 2, p95Ms: 4, byLabel: [{ name: 'POINT_LOOKUP', count: 90 }] }] },
    ])
    const valuesOf = (title: string) => shown.resources.find(row => row.title === title)?.values
    expect(valuesOf('Clusters, most')).toEqual([null, null, 2])
    expect(valuesOf('Statements queued, mean')).toEqual([null, null, 1.5])
    expect(valuesOf('Queued for overload, mean of an execution')).toEqual([null, null, 1.5])
    expect(valuesOf('CPU of all workers, most')).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)])
  })

  it('of runs of one configuration alone judges each against the baseline', async () => {
    const { groups, verdicts } = await compare([0, 1])
    expect(groups.map(({ runIds, isBaseline }) => [runIds, isBaseline])).toEqual([
      [[ids[0]], true],
      [[ids[1]], false],
    ])
    expect(verdicts.find(({ metric }) => metric === 'QPS')?.outcome).toBe('NO_EVIDENCE')
  })

  it('pools no run that was brought in, as long as it is not known which server it loaded', async () => {
    const { db } = kit.control
    const groupsOf = async () => (await compare([0, 1, 2])).groups.map(({ runIds }) => runIds)
    const mark = (fingerprint: string, importedAt: string) =>
      db.execute(`UPDATE test_results SET imported_at = ${importedAt}, fingerprint = ? WHERE test_id = ?`, [fingerprint, ids[1] as string])
    await mark(fingerprintOf(plan), 'CURRENT_TIMESTAMP')
    expect(await groupsOf()).toEqual([[ids[0]], [ids[1]], [ids[2]]])
    await mark('elsewhere', 'CURRENT_TIMESTAMP')
    expect(await groupsOf()).toEqual([[ids[0]], [ids[1]], [ids[2]]])
    await mark(fingerprintOf(plan), 'NULL')
    expect(await groupsOf()).toEqual([[ids[0], ids[1]], [ids[2]]])
  })

  it('knows what differs from run to run from others in the history, but from none between two runs of one configuration', async () => {
    const { db } = kit.control
    const repeated: string[] = []
    for (const [i, worse] of [0, 0.01, -0.01, 0.02, 0, 0.01, 0].entries())
      repeated.push(await storeMeasured(db, { ...plan, targetConnections: 24 }, `repeat ${i}`, { evidence: evidence(40 + i, worse) }))
    const said = async (one: number, other: number) => {
      const { compareRuns } = await kit.graphql<{ compareRuns: Compared }>(COMPARE, { ids: [repeated[one], repeated[other]] })
      return compareRuns.verdicts.find(({ metric }) => metric === 'P50')
    }
    const known = await said(5, 6)
    expect(known).toMatchObject({ isOfTheseRunsOnly: false, runToRunRuns: 6 })
    expect(known?.runToRunPercent).toBeGreaterThan(0)
    expect(known?.cautions.at(-1)).toMatch(/^What differs from run to run is known from 5 other runs of the same configurations/)
    expect(await said(0, 6)).toMatchObject({ isOfTheseRunsOnly: true, runToRunPercent: null, runToRunRuns: 0 })
    for (const at of [0, 1, 2]) await kit.graphql('mutation ($id: ID!) { deleteRun(id: $id) { id } }', { id: repeated[at] })
    expect(await said(5, 6)).toMatchObject({ isOfTheseRunsOnly: true, runToRunRuns: 0 })
  })

  it('takes searches, runs that never began and deleted ones as far as they have figures', async () => {
    await kit.graphql('mutation ($id: ID!) { deleteRun(id: $id) { id } }', { id: ids[1] })
    const shown = await compare([1, 3, 4])
    expect(shown.findMax).toEqual([
      { connections: 4, cells: [null, { qps: 100, p95Ms: 2, errorRate: 0, outcome: 'STABLE' }, null] },
      { connections: 8, cells: [null, { qps: 150, p95Ms: 2, errorRate: 0, outcome: 'LATENCY_RISE' }, null] },
    ])
    expect(shown.errors).toEqual([{ category: 'TIMEOUT', counts: [20, 20, null], sample: null }])
    expect(shown.metrics.find(({ metric }) => metric === 'QPS')).toMatchObject({
      values: [expect.any(Number), expect.any(Number), null],
      better: 'NEITHER',
    })
    const reasons = new Set(shown.verdicts.map(({ outcome, reasons: [reason] }) => `${outcome} ${reason}`))
    expect([...reasons].every(reason => reason.startsWith('NOT_COMPARABLE'))).toBe(true)
    expect(await compare([1, 3, 4])).toEqual({ ...shown, spans: expect.any(Array) })
  })

  it('has no figures of a run that ended in its warmup, and of a schedule what became of it', async () => {
    const { db } = kit.control
    const none = { measuredSeconds: 0, totalOperations: 0, failedOperations: 0, qps: 0, errorRate: 0, errorsByCategory: [] }
    const ended = await storeMeasured(db, plan, 'ended early', { evidence: evidence(6), result: none })
    const arrivals = { planned: 200, started: 190, late: 20, missed: 10, unassigned: 0, achievedRate: 95 }
    const unknown = { serviceP50Ms: null, serviceP95Ms: null, serviceP99Ms: null, clockErrorP50Ms: null, clockErrorP99Ms: null }
    const ratePlan: Plan = { ...plan, load: { ...plan.load, mode: 'QPS', targetQps: 100 } }
    const rate = await storeMeasured(db, ratePlan, 'rate', { evidence: evidence(7), result: { arrivals: { ...arrivals, ...unknown } } })
    const { compareRuns } = await kit.graphql<{ compareRuns: Compared }>(COMPARE, { ids: [ended, rate] })
    expect(compareRuns.metrics.map(({ values }) => values[0])).toEqual(compareRuns.metrics.map(() => null))
    expect(compareRuns.metrics.slice(-4).map(({ metric, values }) => [metric, values[1]])).toEqual([
      ['PLANNED', 200],
      ['ACHIEVED_RATE', 95],
      ['LATE', 10],
      ['MISSED', 5],
    ])
    expect(compareRuns.labels.map(({ cells }) => cells.map(cell => cell !== null))).toEqual(plan.operations.map(() => [false, true]))
    expect(compareRuns.workers.map(({ cells }) => cells[0])).toEqual([null, null])
    expect(compareRuns.errors).toEqual([{ category: 'TIMEOUT', counts: [null, 20], sample: null }])
  })

  it('is refused for one run, six, twins, strangers and a baseline from elsewhere, all at once', async () => {
    const refused = (wanted: readonly string[], baselineId: string | null = null) =>
      refusalOf(kit.server.url, COMPARE, { ids: wanted, baselineId })
    const [one = '', other = ''] = ids
    expect((await refused([one])).message).toContain('Name 2 to 5 different runs; 1 were named')
    expect((await refused([one, one])).message).toContain('1 were named')
    expect((await refused([...ids, 'sixth'])).message).toContain('6 were named')
    expect((await refused([one, 'nobody'])).extensions.code).toBe('NOT_FOUND')
    expect((await refused([one], other)).extensions.problems?.map(({ path }) => path)).toEqual(['ids', 'baselineId'])
  })
})
