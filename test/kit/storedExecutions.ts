import type { Execution } from '@flakebench/contract'
import type { Bind, SqlClient } from '@flakebench/store'

const WIDTH = 19

/** Puts executions of a run into the table, by plain statements. */
export const storeExecutions = async (db: SqlClient, runId: string, executions: readonly Execution[]): Promise<void> => {
  for (let from = 0; from < executions.length; from += 200) {
    const some = executions.slice(from, from + 200)
    await db.execute(
      `INSERT INTO query_executions (run_id, execution_id, worker_id, connection_id, query_id, query_kind, label, phase, counted, intended_start_ms,
         start_ms, end_ms, response_ms, rows_affected, success, retried, error_category, error, error_group)
       VALUES ${some.map(() => `(${Array.from({ length: WIDTH }, () => '?').join(', ')})`).join(', ')}`,
      some.flatMap(one => bindsOf(runId, one)),
    )
  }
}

const bindsOf = (runId: string, one: Execution): Bind[] => [
  runId,
  one.id,
  one.workerId,
  one.connection,
  one.queryId,
  one.kind,
  one.label,
  one.phase,
  one.counted,
  one.intendedStartMs,
  one.startMs,
  one.endMs,
  one.responseMs,
  one.rows,
  one.success,
  one.retried,
  one.errorCategory,
  one.error,
  one.errorGroup,
]
