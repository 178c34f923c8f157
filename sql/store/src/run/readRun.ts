import type { RunRecord } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'
import { RUN_COLUMNS, toRunRecord } from './runRecord.ts'

/** Null for an unknown id. */
export const readRun = async (db: SqlClient, runId: string): Promise<RunRecord | null> => {
  const [row] = await db.query(`SELECT ${RUN_COLUMNS} FROM run_status r WHERE r.run_id = ?`, [runId])
  return row === undefined ? null : toRunRecord(row)
}
