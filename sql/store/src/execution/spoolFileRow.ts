import type { SpoolSummary } from '@flakebench/contract'
import type { Bind } from '../client/sqlClient.ts'
import type { SpoolFileKey } from './executionLoader.ts'

/** No row: the run has another owner. Else how many there are of this file: 0 or 1. */
export const LOOK_FOR_FILE = `SELECT COUNT(f.run_id) AS files FROM run_status r
  LEFT JOIN spool_files f ON f.run_id = r.run_id AND f.worker_id = ? AND f.attempt = ? AND f.file_number = ?
  WHERE r.run_id = ? AND r.orchestrator_epoch = ? GROUP BY r.run_id`

export const lookBinds = ({ runId, workerId, attempt, fileNumber }: SpoolFileKey, epoch: number): Bind[] => [
  workerId,
  attempt,
  fileNumber,
  runId,
  epoch,
]

/**
 * The last statement before the commit: of two transactions that have the same file, the second waits for the end of the first, and is then refused for
 * the key of the row. Nothing is waited for while rows are loaded: whoever is frozen or lost there keeps nobody from the file. No row: the run has
 * another owner.
 */
export const KEEP_FILE = `INSERT INTO spool_files (run_id, worker_id, attempt, file_number, executions, summary)
  SELECT r.run_id, CAST(? AS VARCHAR), CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS BIGINT), PARSE_JSON(?)
  FROM run_status r WHERE r.run_id = ? AND r.orchestrator_epoch = ?`

export const keepBinds = (
  { runId, workerId, attempt, fileNumber }: SpoolFileKey,
  epoch: number,
  executions: number,
  summary: SpoolSummary,
): Bind[] => [workerId, attempt, fileNumber, executions, JSON.stringify(summary), runId, epoch]
