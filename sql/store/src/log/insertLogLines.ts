import type { LogLine } from '@flakebench/contract'
import { textBinds, wordsBind } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'

/** A line that is to be written: how long ago it happened, by the writer's own monotonic clock, stands for its moment. */
export type NewLogLine = Omit<LogLine, 'atMs'> & { readonly agoMs: number }

const COLUMNS = 'log_id, run_id, worker_id, sequence_number, ago_ms, level, source, message, exception'

const ROW = `(${COLUMNS.split(',')
  .map(() => '?')
  .join(', ')})`

const valuesOf = (line: NewLogLine): Bind[] => [
  line.id,
  line.runId,
  line.workerId,
  line.sequence,
  Math.round(line.agoMs),
  line.level,
  wordsBind(line.source, 64),
  wordsBind(line.message, 4_000),
  wordsBind(line.exception, 8_000),
]

/**
 * Appends lines, all or none, in one statement; those that are there already (by id) are left as they are. Within one call each id once. What is too long
 * is cut.
 */
export const insertLogLines = async (db: SqlClient, lines: readonly NewLogLine[]): Promise<void> => {
  if (lines.length === 0) return
  // To the millisecond, so that what a cursor holds of it is exact.
  await db.execute(
    `INSERT INTO test_logs (log_id, run_id, worker_id, sequence_number, recorded_at, level, source, message, exception, inserted_at)
     SELECT v.log_id, v.run_id, v.worker_id, CAST(v.sequence_number AS INTEGER), DATEADD('millisecond', 0 - CAST(v.ago_ms AS BIGINT), CURRENT_TIMESTAMP),
       v.level, v.source, v.message, v.exception, DATE_TRUNC('millisecond', CURRENT_TIMESTAMP)
     FROM (VALUES ${lines.map(() => ROW).join(', ')}) AS v (${COLUMNS})
     LEFT JOIN test_logs AS k ON k.log_id = v.log_id
     WHERE k.log_id IS NULL`,
    textBinds(lines.flatMap(valuesOf)),
  )
}
