import type { Plan } from '@flakebench/contract'
import {
  claimRun,
  insertRollups,
  insertRunRows,
  newId,
  putResult,
  putRunMarks,
  putWorkerResults,
  type Row,
  RUN_TABLES,
  type SqlClient,
} from '@flakebench/store'
import { sampleResult, sampleRollup } from './sampleFigures.ts'
import { sampleKind } from './sampleSnapshot.ts'
import { storeRun, storeTemplate } from './storedRun.ts'

/** More than one portion of either is read at once. */
export const INTERVALS = 53
export const EXECUTIONS = 1_020
/** Nothing of it, and of the host `secret.host`, may leave an installation. */
export const CONNECTION = '01JSECRETC0NNECT10N0000000'

/** That a file with a row a line could lose, or take for its end. */
const ODD_TEXTS: Readonly<Record<number, string>> = { 11: 'one\n\\.\ntwo', 12: '', 13: '\\N', 14: 'a\tb\\"' }

/** A run that is over, with rows in all tables. */
export const storeWholeRun = async (db: SqlClient): Promise<string> => {
  const plan: Plan = await storeTemplate(db)
  const run = await storeRun(
    db,
    {
      ...plan,
      load: { ...plan.load, durationSeconds: INTERVALS },
      target: { ...plan.target, connectionId: CONNECTION },
      sut: ['postgres://secret.host:5432'],
    },
    '=Orders, "2"',
  )
  const { id } = run
  const epoch = (await claimRun(db, id, 'secret.host/1', 'http://secret.host:1')) as number
  const kind = sampleKind([1, 2, 3])
  await insertRollups(
    db,
    epoch,
    Array.from({ length: INTERVALS }, (_, i) =>
      sampleRollup({ runId: id, intervalIndex: i, startMs: 1_000 * i, endMs: 1_000 * (i + 1), byKind: [kind], latency: kind.latency }),
    ),
  )
  const result = sampleResult({ byKind: [kind], warmupByKind: [], latency: kind.latency })
  await putResult(db, id, epoch, result)
  await putWorkerResults(db, run, epoch, [
    { workerId: 'worker-0', status: 'COMPLETED', targetConnections: 4, result },
    { workerId: 'worker-1', status: 'COMPLETED', targetConnections: 4, result },
  ])
  const rows: Readonly<Record<string, readonly Row[]>> = {
    worker_heartbeats: [
      {
        worker_id: 'worker-0',
        worker_group_id: 0,
        attempt: 1,
        status: 'COMPLETED',
        phase: 'COMPLETED',
        host: 'secret.host',
        pid: 7,
        last_heartbeat: 1_700_000_000_123,
      },
    ],
    controller_step_history: [
      {
        step_id: newId(),
        step_number: 1,
        step_type: 'FIND_MAX',
        outcome: 'STABLE',
        target_workers: 1,
        from_connections: 1,
        to_connections: 2,
        start_ms: 0,
        end_ms: 1_000,
        duration_seconds: 1,
        total_queries: 1,
        error_count: 0,
        qps: 1 / 3,
        error_rate: 0,
        queue_detected: false,
        client_limited_seconds: 0,
      },
    ],
    warehouse_poll_snapshots: [
      {
        sequence_number: 1,
        recorded_at: 1_700_000_000_000,
        elapsed_seconds: 1.5,
        warehouse_name: 'WH',
        raw_result: { a: [1, null], trouble: 'asleep' },
      },
    ],
    test_logs: [
      {
        log_id: newId(),
        sequence_number: 1,
        recorded_at: 1_700_000_000_000,
        level: 'WARN',
        source: 'orchestrator',
        message: 'Ünicode\n"quoted"',
      },
    ],
    run_statements: [
      { operation_index: 0, query_kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operation_type: 'READ', statement_text: 'SELECT 1' },
    ],
    enrichments: [
      {
        source: 'STATEMENT_STATISTICS',
        status: 'PENDING',
        due_at: 1_700_000_000_000,
        content: { fromMs: null, toMs: null, statements: [], clusters: [], overhead: [] },
      },
    ],
    spool_files: [{ worker_id: 'worker-0', attempt: 1, file_number: 1, executions: EXECUTIONS, summary: { counts: [], errors: [] } }],
    query_executions: Array.from({ length: EXECUTIONS }, (_, i) => ({
      execution_id: `worker-0.1.${i}`,
      worker_id: 'worker-0',
      connection_id: i % 4,
      query_kind: 'POINT_LOOKUP',
      label: 'POINT_LOOKUP',
      phase: 'MEASUREMENT',
      intended_start_ms: i / 3,
      start_ms: i / 3,
      // Several end at the same moment, over the edge of a portion too.
      end_ms: Math.floor(i / 7),
      response_ms: 1,
      success: i % 10 !== 0,
      error: i % 10 === 0 ? '=cmd(), "x"' : (ODD_TEXTS[i] ?? null),
      counted: true,
      retried: false,
    })),
  }
  for (const table of RUN_TABLES)
    await insertRunRows(
      db,
      table,
      (rows[table.name] ?? []).map(row => ({ run_id: id, ...row })),
    )
  await putRunMarks(db, id, { tags: ['before'], annotation: 'kept', isBaseline: true })
  await db.execute(`UPDATE test_results SET status = 'COMPLETED', executions = PARSE_JSON(?) WHERE test_id = ?`, [
    JSON.stringify({ state: 'COMPLETE', loaded: EXECUTIONS, expected: EXECUTIONS, dropped: 0, differences: [], unread: [] }),
    id,
  ])
  await db.execute("UPDATE run_status SET status = 'COMPLETED', phase = 'COMPLETED', end_time = CURRENT_TIMESTAMP WHERE run_id = ?", [id])
  return id
}
