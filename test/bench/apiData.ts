import {
  addEncoded,
  type EncodedHistogram,
  type KindSnapshot,
  LATENCY_AGGREGATION_METHOD,
  LatencyHistogram,
  type Plan,
  type Result,
  type Rollup,
  type RunRecord,
  startHistograms,
  workerIdOf,
} from '@flakebench/contract'
import { insertRollups, newId, putResult, putWorkerResults } from '@flakebench/store'
import type pg from 'pg'
import { asAdmin } from '../kit/asAdmin.ts'
import { graphql } from '../kit/graphql.ts'
import { EASY_CLIENT } from '../kit/sampleSnapshot.ts'
import { type Seeded, seeded } from '../kit/seeded.ts'
import type { BenchServer } from './benchServer.ts'
import { tell } from './report.ts'

export interface ApiData {
  /** Five runs of an hour; the first has the executions. */
  readonly runIds: readonly string[]
}

const RUNS = 2_000
const HOUR_RUNS = 5
const WORKERS = 4
export const WARMUP_SECONDS = 60
export const MEASURED_SECONDS = 3_600
const OPERATIONS_A_SECOND = 1_400
/** So many seconds differ; the hour is made of them again and again. */
const DIFFERENT_SECONDS = 60
const ROLLUPS_AT_ONCE = 50

/** A control database as it is after months of use: thousands of runs, five of them with an hour of histograms, one with so many executions. */
export const fillControlDatabase = async (bench: BenchServer, executions: number): Promise<ApiData> => {
  await startHistograms()
  const run = await prepareHour(bench)
  tell('an hour of histograms')
  await storeHour(bench, run)
  const runIds = [run.id, ...Array.from({ length: HOUR_RUNS - 1 }, newId)]
  await onControl(bench, async admin => {
    await endRun(admin, run.id)
    tell(`${HOUR_RUNS - 1} more such hours, ${RUNS} runs in all`)
    await copyRuns(admin, run.id, [...runIds.slice(1), ...Array.from({ length: RUNS - HOUR_RUNS }, newId)])
    await copyHours(admin, run.id, runIds.slice(1))
    tell(`${executions} executions`)
    await insertExecutions(admin, run, executions)
    await admin.query('ANALYZE')
  })
  return { runIds }
}

const onControl = (bench: BenchServer, work: (admin: pg.Client) => Promise<void>): Promise<void> =>
  asAdmin(bench.controlUrl, async admin => {
    await admin.query(
      "SET search_path = test_results, public; SET timezone = 'UTC'; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'",
    )
    await work(admin)
  })

const prepareHour = async ({ server, record }: BenchServer): Promise<RunRecord> => {
  const { templates } = await graphql<{ templates: { edges: { node: { id: string } }[] } }>(
    server.url,
    'query { templates(search: "Read/write") { edges { node { id } } } }',
  )
  const { prepareRun } = await graphql<{ prepareRun: { id: string } }>(
    server.url,
    'mutation ($id: ID!, $overrides: RunOverrides) { prepareRun(templateId: $id, overrides: $overrides) { id } }',
    {
      id: templates.edges[0]?.node.id,
      overrides: {
        durationSeconds: MEASURED_SECONDS,
        warmupSeconds: WARMUP_SECONDS,
        workers: WORKERS,
        targetConnections: 8 * WORKERS,
        seed: 42,
      },
    },
  )
  return await record(prepareRun.id)
}

const storeHour = async ({ db }: BenchServer, run: RunRecord): Promise<void> => {
  const random = seeded(42)
  const seconds = Array.from({ length: DIFFERENT_SECONDS }, () => kindsOfSecond(random, run.plan))
  const rollups = Array.from({ length: WARMUP_SECONDS + MEASURED_SECONDS }, (_, index) =>
    rollupOf(run.id, index, seconds[index % DIFFERENT_SECONDS] as KindSnapshot[]),
  )
  for (let i = 0; i < rollups.length; i += ROLLUPS_AT_ONCE) await insertRollups(db, run.epoch, rollups.slice(i, i + ROLLUPS_AT_ONCE))
  const result = resultOf(seconds)
  await putResult(db, run.id, run.epoch, result)
  const workers = Array.from({ length: WORKERS }, (_, group) => ({
    workerId: workerIdOf(group),
    status: 'COMPLETED',
    targetConnections: 8,
    result,
  }))
  await putWorkerResults(db, run, run.epoch, workers)
}

const kindsOfSecond = (random: Seeded, plan: Plan): KindSnapshot[] =>
  plan.operations.map(({ kind, label, weight }) => {
    const operations = Math.round((OPERATIONS_A_SECOND * weight) / 100)
    const histogram = new LatencyHistogram()
    for (let i = 0; i < operations; i++) histogram.recordMs(Math.exp(random.normal() + (random.fraction() < 0.01 ? 3 : 0)))
    const latency = histogram.encode()
    histogram.free()
    return { kind, label, operations: operations + 1, errors: 1, latency, service: null }
  })

const rollupOf = (runId: string, intervalIndex: number, byKind: readonly KindSnapshot[]): Rollup => {
  const latency = addEncoded(byKind.map(one => one.latency))
  const operations = byKind.reduce((sum, one) => sum + one.operations, 0)
  return {
    runId,
    intervalIndex,
    startMs: intervalIndex * 1_000,
    endMs: (intervalIndex + 1) * 1_000,
    phase: intervalIndex < WARMUP_SECONDS ? 'WARMUP' : 'MEASUREMENT',
    started: operations,
    operations,
    errors: byKind.length,
    cutOff: 0,
    retriedOperations: 0,
    qps: operations - byKind.length,
    latency,
    ...percentilesOf(latency),
    byKind,
    errorsByCategory: [{ category: 'TIMEOUT', count: byKind.length, sample: 'canceling statement due to statement timeout' }],
    activeConnections: 8 * WORKERS,
    targetConnections: 8 * WORKERS,
    openConnections: 8 * WORKERS,
    arrivals: null,
    workersReported: WORKERS,
    workersExpected: WORKERS,
    client: EASY_CLIENT,
    clientLimited: false,
  }
}

const percentilesOf = (latency: EncodedHistogram | null) => {
  if (latency === null) return { p50Ms: null, p95Ms: null, p99Ms: null, p999Ms: null, minMs: null, maxMs: null, meanMs: null }
  const histogram = LatencyHistogram.decode(latency)
  const read = {
    p50Ms: histogram.percentileMs(50),
    p95Ms: histogram.percentileMs(95),
    p99Ms: histogram.percentileMs(99),
    p999Ms: histogram.percentileMs(99.9),
    minMs: histogram.minMs(),
    maxMs: histogram.maxMs(),
    meanMs: histogram.meanMs(),
  }
  histogram.free()
  return read
}

const resultOf = (seconds: readonly (readonly KindSnapshot[])[]): Result => {
  const hour = Array.from({ length: MEASURED_SECONDS }, (_, i) => seconds[i % DIFFERENT_SECONDS] as readonly KindSnapshot[])
  const byKind = (seconds[0] ?? []).map((first, i) => ({
    ...first,
    operations: hour.reduce((sum, kinds) => sum + (kinds[i]?.operations ?? 0), 0),
    errors: MEASURED_SECONDS,
    latency: addEncoded(hour.map(kinds => kinds[i]?.latency ?? null)),
  }))
  const latency = addEncoded(byKind.map(one => one.latency))
  const totalOperations = byKind.reduce((sum, one) => sum + one.operations, 0)
  const failedOperations = MEASURED_SECONDS * byKind.length
  return {
    measuredSeconds: MEASURED_SECONDS,
    totalOperations,
    failedOperations,
    cutOffOperations: 0,
    retriedOperations: 0,
    qps: (totalOperations - failedOperations) / MEASURED_SECONDS,
    errorRate: failedOperations / totalOperations,
    ...percentilesOf(latency),
    clientLimitedSeconds: 0,
    latencyAggregationMethod: LATENCY_AGGREGATION_METHOD,
    latency,
    byKind,
    warmupByKind: [],
    errorsByCategory: [{ category: 'TIMEOUT', count: failedOperations, sample: 'canceling statement due to statement timeout' }],
    startSkewMs: 0.5,
    accounting: { started: totalOperations, ended: totalOperations, cutOff: 0, missingSnapshots: 0, silentWorkers: 0 },
    arrivals: null,
    slos: [],
    findMax: null,
    lostWorkers: [],
  }
}

const endRun = async (admin: pg.Client, runId: string): Promise<void> => {
  const hour = (WARMUP_SECONDS + MEASURED_SECONDS) * 1_000
  await admin.query(
    `UPDATE run_status SET status = 'COMPLETED', phase = 'COMPLETED', completion_reason = 'DURATION_ELAPSED', total_workers_expected = ${WORKERS},
       start_requested_at = created_at, start_time = created_at, phase_start_time = created_at,
       end_time = created_at + ${hour} * INTERVAL '1 millisecond' WHERE run_id = $1`,
    [runId],
  )
  await admin.query("UPDATE test_results SET status = 'COMPLETED' WHERE run_id = $1", [runId])
  await admin.query(
    `INSERT INTO worker_heartbeats (run_id, worker_id, worker_group_id, attempt, host, pid, status, phase, last_heartbeat, queries_processed)
     SELECT $1, 'worker-' || n, n, 1, 'localhost', 4711 + n, 'COMPLETED', 'COMPLETED', CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 1260000
     FROM generate_series(0, ${WORKERS - 1}) AS n`,
    [runId],
  )
}

/** Other names, days, connections and figures; the rest is as it was. */
const copyRuns = async (admin: pg.Client, from: string, ids: readonly string[]): Promise<void> => {
  const copies = 'unnest($2::text[]) WITH ORDINALITY AS n (id, ordinal)'
  const moments = "'created_at', r.created_at - n.ordinal * INTERVAL '1 hour', 'updated_at', r.updated_at - n.ordinal * INTERVAL '1 hour'"
  const name = "(ARRAY['orders', 'nightly', 'checkout', 'warehouse M', 'baseline'])[1 + n.ordinal % 5] || ' ' || n.ordinal"
  const connections = 'to_jsonb(8 + n.ordinal % 64)'
  await admin.query(
    `INSERT INTO run_status SELECT x.* FROM run_status AS r, ${copies}, LATERAL jsonb_populate_record(r, jsonb_build_object('run_id', n.id, 'test_id', n.id,
       'run_number', n.ordinal + 1, 'test_name', ${name}, ${moments},
       'scenario_config', jsonb_set(r.scenario_config, '{targetConnections}', ${connections}))) AS x
     WHERE r.run_id = $1`,
    [from, ids],
  )
  await admin.query(
    `INSERT INTO test_results SELECT x.* FROM test_results AS r, ${copies}, LATERAL jsonb_populate_record(r, jsonb_build_object('run_id', n.id,
       'test_id', n.id, 'test_name', ${name}, ${moments}, 'qps', r.qps * (0.5 + random()), 'p95_latency_ms', r.p95_latency_ms * (0.5 + random()),
       'fingerprint', md5(n.id), 'target_connections', ${connections}, 'tags', to_jsonb(ARRAY['release ' || n.ordinal % 20]))) AS x
     WHERE r.test_id = $1`,
    [from, ids],
  )
}

const copyHours = async (admin: pg.Client, from: string, ids: readonly string[]): Promise<void> => {
  for (const [table, patch] of [
    ['metrics_snapshots', "jsonb_build_object('run_id', n.id)"],
    ['worker_heartbeats', "jsonb_build_object('run_id', n.id)"],
    ['test_results', "jsonb_build_object('run_id', n.id, 'test_id', n.id || '/' || r.worker_id)"],
  ]) {
    const which = table === 'test_results' ? 'AND r.worker_id IS NOT NULL' : ''
    await admin.query(
      `INSERT INTO ${table} SELECT x.* FROM ${table} AS r, unnest($2::text[]) AS n (id), LATERAL jsonb_populate_record(r, ${patch}) AS x
       WHERE r.run_id = $1 ${which}`,
      [from, ids],
    )
  }
}

/**
 * Faster without the indexes, which are made again. Their columns are not independent of each other: no RANGE_SCAN fails, no INSERT is among the slowest,
 * and the last worker waits for no lock.
 */
const insertExecutions = async (admin: pg.Client, { id, plan }: RunRecord, executions: number): Promise<void> => {
  const { rows } = await admin.query<{ indexname: string; indexdef: string }>(
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'test_results' AND tablename = 'query_executions'",
  )
  for (const { indexname } of rows) await admin.query(`DROP INDEX ${indexname}`)
  const labels = plan.operations.map(({ label }) => `'${label}'`).join(', ')
  const whichOf = (kind: string): number => 1 + plan.operations.findIndex(operation => operation.kind === kind)
  const kinds = plan.operations.map(({ kind }) => `'${kind}'`).join(', ')
  await admin.query(
    `INSERT INTO query_executions (execution_id, run_id, worker_id, connection_id, query_kind, label, phase, counted, intended_start_ms, start_ms, end_ms,
       response_ms, rows_affected, success, retried, error_category, error, error_group)
     SELECT 'worker-' || n % ${WORKERS} || '.1.' || n / ${WORKERS}, $1, 'worker-' || n % ${WORKERS}, (n / ${WORKERS}) % 8,
       (ARRAY[${kinds}])[which], (ARRAY[${labels}])[which], CASE WHEN end_ms < ${WARMUP_SECONDS * 1_000} THEN 'WARMUP' ELSE 'MEASUREMENT' END, TRUE,
       end_ms - response_ms, end_ms - response_ms, end_ms, response_ms, CASE WHEN failed THEN NULL ELSE 1 END, NOT failed, FALSE,
       CASE WHEN failed THEN CASE WHEN n % 3 = 0 AND n % ${WORKERS} < ${WORKERS - 1} THEN 'LOCK' ELSE 'TIMEOUT' END END,
       CASE WHEN failed THEN 'canceling statement due to statement timeout' END,
       CASE WHEN failed THEN CASE WHEN n % 3 = 0 THEN '00000000000000aa' ELSE '00000000000000bb' END END
     FROM (
       SELECT n, end_ms, which, CASE WHEN which = ${whichOf('INSERT')} THEN response_ms / 2 ELSE response_ms END AS response_ms,
         failed AND which <> ${whichOf('RANGE_SCAN')} AS failed
       FROM (
         SELECT n, n * ${(WARMUP_SECONDS + MEASURED_SECONDS) * 1_000}.0 / $2 AS end_ms, exp(2 * (random() + random() + random() - 1.5)) AS response_ms,
           random() < 0.002 AS failed, 1 + floor(${plan.operations.length} * power(random(), 3))::int AS which
         FROM generate_series(0, $2::int - 1) AS n
       ) AS drawn
     ) AS made`,
    [id, executions],
  )
  tell('their indexes')
  for (const { indexdef } of rows) await admin.query(indexdef)
  const kept = { state: 'COMPLETE', loaded: executions, expected: executions, dropped: 0, differences: [], unread: [] }
  await admin.query('UPDATE test_results SET executions = $2 WHERE test_id = $1', [id, JSON.stringify(kept)])
}
