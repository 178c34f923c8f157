import type { Enrichment, Execution } from '@flakebench/contract'
import { listEnrichments, openSnowflakeSession } from '@flakebench/store'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { startEnrichmentJobs } from '../../server/src/enrichment/enrichmentJobs.ts'
import { type RunEnrichment, runEnrichment } from '../../server/src/enrichment/runEnrichment.ts'
import { type EnrichedRun, enrichedRun } from '../kit/enrichedRun.ts'
import { until } from '../kit/processes.ts'
import { sampleExecution } from '../kit/sampleExecution.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

let standard: SnowflakeSut
let hybrid: SnowflakeSut
beforeAll(async () => {
  standard = await freshSnowflakeSut({ rows: 20 })
  hybrid = await freshSnowflakeSut({ rows: 20, tableType: 'HYBRID' })
})
afterAll(async () => {
  await standard.drop()
  await hybrid.drop()
})
beforeEach(() => {
  standard.wire.dials.reset()
  hybrid.wire.dials.reset()
})

const LOOKUP = 'SELECT /*flakebench kind=POINT_LOOKUP*/ * FROM BENCH.PUBLIC.ORDERS WHERE ORDER_ID = ?'
const IMMEDIATE = { signal: new AbortController().signal, progress: () => undefined }

const runOn = (sut: SnowflakeSut): Promise<EnrichedRun> => {
  const { tableType, database, schema, warehouse } = sut
  return enrichedRun({ tableType, database, schema, warehouse }, { type: 'SNOWFLAKE', settings: sut.settings }, sut.password)
}

/** Sends lookups as a worker of the run does, and keeps them as its executions. */
const send = async (sut: SnowflakeSut, run: EnrichedRun, count: number): Promise<void> => {
  const session = await openSnowflakeSession(
    {
      ...{ account: 'FLAKEBENCH', user: 'BENCH', role: null, accessUrl: sut.wire.url, auth: { type: 'PASSWORD', password: sut.password } },
      ...{ warehouse: sut.warehouse, database: sut.database, schema: sut.schema },
    },
    { application: 'a worker' },
  )
  const parameters = { QUERY_TAG: `flakebench:run_id=${run.id}:worker_id=worker-0:phase=MEASUREMENT` }
  const executions: Execution[] = []
  for (let n = 0; n < count; n++) {
    const startMs = await run.now()
    const { queryId } = await session.execute(LOOKUP, [1 + (n % 20)], { parameters })
    const endMs = await run.now()
    const times = { intendedStartMs: startMs, startMs, endMs, responseMs: endMs - startMs + 1_000 }
    executions.push(sampleExecution(n, { ...times, queryId, label: 'statement 0' }))
  }
  // One that the server never heard of.
  executions.push(sampleExecution(count, { endMs: await run.now(), success: false, rows: null, label: 'statement 0' }))
  await session.close()
  await run.keep(executions, [LOOKUP])
}

const found = async (run: EnrichedRun): Promise<Record<string, Enrichment>> =>
  Object.fromEntries((await listEnrichments(run.db, [run.id])).map(one => [one.source, one]))

const untilAggregates = (run: EnrichedRun, holds: (found: Enrichment) => boolean): Promise<unknown> =>
  until(
    'the aggregates',
    async () => (await found(run))['AGGREGATE_QUERY_HISTORY'],
    one => one !== undefined && holds(one),
  )

const withJobs = (run: EnrichedRun): RunEnrichment => {
  const jobs = startEnrichmentJobs(run.deps)
  onTestFinished(() => jobs.close())
  return runEnrichment({ ...run.deps, isWaiting: jobs.lookSoon })
}

it("gives executions the server's own times, in windows that are halved where QUERY_HISTORY is cut", async () => {
  const run = await runOn(standard)
  await send(standard, run, 45)
  const seen: number[][] = []
  const progress = (done: number, total: number) => seen.push([done, total])
  const asked = standard.wire.statements().length
  await runEnrichment({ ...run.deps, historyLimit: 20 }).afterLoad(await run.read(), 1, { ...IMMEDIATE, progress })
  const { QUERY_HISTORY: history } = await found(run)
  expect(history).toMatchObject({ status: 'COMPLETED', note: null, matched: 45, expected: 45 })
  expect(seen.at(-1)).toEqual([45, 45])
  const windows = standard.wire
    .statements()
    .slice(asked)
    .filter(({ text }) => text.includes('QUERY_HISTORY('))
  expect(windows.length).toBeGreaterThan(3)
  const { clusters, overhead } = history?.content ?? { clusters: [], overhead: [] }
  expect(clusters).toMatchObject([{ clusterNumber: 1, executions: 45, byLabel: { 'statement 0': 45 } }])
  expect(overhead.reduce((sum, one) => sum + one.executions, 0)).toBe(45)
  for (const { medianMs } of overhead) expect(medianMs).toBeGreaterThan(900)
  const [row] = await run.db.query(
    'SELECT COUNT(*) AS n FROM query_executions WHERE run_id = ? AND sf_rows_produced = 1 AND sf_cluster_number = 1',
    [run.id],
  )
  expect(row).toEqual({ n: 45 })
  const [left] = await run.db.query('SELECT COUNT(*) AS n FROM query_history_rows WHERE run_id = ?', [run.id])
  expect(left).toEqual({ n: 0 })
})

it('asks for what Snowflake shows of hybrid tables later, and never QUERY_HISTORY', async () => {
  const run = await runOn(hybrid)
  await send(hybrid, run, 12)
  await runEnrichment(run.deps).afterLoad(await run.read(), 1, IMMEDIATE)
  const before = await found(run)
  expect(before).toMatchObject({
    QUERY_HISTORY: { status: 'SKIPPED', note: expect.stringContaining('hybrid') as string },
    AGGREGATE_QUERY_HISTORY: { status: 'PENDING', attempts: 0 },
  })
  await run.end()
  const enrichment = withJobs(run)
  await enrichment.enrich(run.id)
  // Three hours late, as the service may be.
  await untilAggregates(run, one => one.attempts === 1 && one.matched !== null)
  expect((await found(run))['AGGREGATE_QUERY_HISTORY']).toMatchObject({ status: 'PENDING', matched: 0, expected: 13 })
  hybrid.wire.dials.accountUsage = { delayMs: 0, isGranted: true }
  await enrichment.enrich(run.id)
  await untilAggregates(run, one => one.status === 'COMPLETED')
  const { AGGREGATE_QUERY_HISTORY: aggregates, QUERY_HISTORY: history } = await found(run)
  expect(aggregates).toMatchObject({ matched: 12, expected: 13, dueAtMs: null })
  expect(aggregates?.content?.statements).toMatchObject([{ label: 'statement 0', calls: 12, executions: 13, errors: 0, rows: 12 }])
  expect(history).toMatchObject({ status: 'SKIPPED' })
})

it('says what to grant where ACCOUNT_USAGE is forbidden', async () => {
  const run = await runOn(hybrid)
  await send(hybrid, run, 2)
  hybrid.wire.dials.accountUsage = { delayMs: 0, isGranted: false }
  await run.end()
  await withJobs(run).enrich(run.id)
  await untilAggregates(run, one => one.status === 'SKIPPED')
  expect((await found(run))['AGGREGATE_QUERY_HISTORY']?.note).toContain('GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE')
})

it('leaves a Snowflake that cannot be reached for later, without its secret, and never fails the run', async () => {
  const run = await runOn(standard)
  await send(standard, run, 2)
  const end = await standard.wire.dials.startOutage()
  onTestFinished(end)
  await runEnrichment(run.deps).afterLoad(await run.read(), 1, IMMEDIATE)
  const { QUERY_HISTORY: history } = await found(run)
  expect(history).toMatchObject({ status: 'PENDING', matched: null, attempts: 1, dueAtMs: expect.any(Number) as number })
  expect((await run.db.query('SELECT failures FROM enrichments WHERE run_id = ?', [run.id]))[0]).toEqual({ failures: 1 })
  expect(history?.note).toContain('could not be reached')
  expect(history?.note).not.toContain(standard.password)
  expect(await run.read()).toMatchObject({ status: 'RUNNING' })
})

it('waits no longer for a Snowflake that does not answer than it is given', async () => {
  const run = await runOn(standard)
  await send(standard, run, 2)
  onTestFinished(standard.wire.dials.holdAnswers('BEFORE_EXECUTION'))
  const { progress } = IMMEDIATE
  await runEnrichment(run.deps).afterLoad(await run.read(), 1, { signal: AbortSignal.abort(), progress })
  expect(await found(run)).toMatchObject({ QUERY_HISTORY: { status: 'PENDING', note: expect.stringContaining('slow') as string } })
})
