import type { RunPhase, RunStatus } from '@flakebench/contract'
import { momentBind, number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { readClock } from '../clock.ts'

/** A run as it stood when it was seen to have changed. */
export interface RunStateChange {
  readonly id: string
  readonly name: string
  readonly status: RunStatus
  readonly phase: RunPhase
  readonly version: number
  readonly changedAtMs: number
}

/** A write that was under way when the last look was taken may carry an older moment. */
const OVERLAP_MS = 5_000

/**
 * Runs that were written to since `sinceMs` (database clock; null: `agoMs` ago), oldest change first; the same one may be listed again, so compare
 * versions.
 * @returns with the database's clock, which is the moment to look from next time
 */
export const listChangedRuns = async (
  db: SqlClient,
  sinceMs: number | null,
  agoMs = 0,
): Promise<{ readonly nowMs: number; readonly changes: readonly RunStateChange[] }> => {
  const nowMs = await readClock(db)
  const rows = await db.query(
    `SELECT run_id, test_name, status, phase, version, updated_at FROM run_status WHERE updated_at >= CAST(? AS TIMESTAMP_NTZ) ORDER BY updated_at, run_id`,
    [momentBind((sinceMs ?? nowMs - agoMs) - OVERLAP_MS)],
  )
  const changes = rows.map(row => ({
    id: text(row, 'run_id'),
    name: text(row, 'test_name'),
    status: text(row, 'status') as RunStatus,
    phase: text(row, 'phase') as RunPhase,
    version: number(row, 'version'),
    changedAtMs: number(row, 'updated_at'),
  }))
  return { nowMs, changes }
}
