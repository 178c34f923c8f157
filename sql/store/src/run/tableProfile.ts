import type { TableProfile } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'

export const readTableProfile = async (db: SqlClient, runId: string): Promise<TableProfile | null> => {
  const [row] = await db.query('SELECT table_profile FROM run_status WHERE run_id = ?', [runId])
  return (row?.['table_profile'] ?? null) as TableProfile | null
}

/** Keeps the profile if the run has none yet, and returns the one that all workers use: the first to arrive wins. */
export const putTableProfile = async (db: SqlClient, runId: string, profile: TableProfile): Promise<TableProfile> => {
  await db.execute('UPDATE run_status SET table_profile = PARSE_JSON(?) WHERE run_id = ? AND table_profile IS NULL', [
    JSON.stringify(profile),
    runId,
  ])
  const kept = await readTableProfile(db, runId)
  if (kept === null) throw new Error(`run ${runId} does not exist`)
  return kept
}
