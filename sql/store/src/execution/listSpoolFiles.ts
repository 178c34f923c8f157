import type { SpoolSummary } from '@flakebench/contract'
import { json, number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import type { SpoolFileKey } from './executionLoader.ts'

/** A file of a spool whose executions are in QUERY_EXECUTIONS, or were until they were removed. */
export interface LoadedSpoolFile extends Omit<SpoolFileKey, 'runId'> {
  readonly executions: number
  readonly summary: SpoolSummary
}

/** A run's loaded files, by worker, attempt and number. */
export const listSpoolFiles = async (db: SqlClient, runId: string): Promise<LoadedSpoolFile[]> => {
  const rows = await db.query(
    'SELECT worker_id, attempt, file_number, executions, summary FROM spool_files WHERE run_id = ? ORDER BY worker_id, attempt, file_number',
    [runId],
  )
  return rows.map(row => ({
    workerId: text(row, 'worker_id'),
    attempt: number(row, 'attempt'),
    fileNumber: number(row, 'file_number'),
    executions: number(row, 'executions'),
    summary: json(row, 'summary'),
  }))
}
