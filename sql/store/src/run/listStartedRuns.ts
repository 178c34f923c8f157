import type { RunStatus } from '@flakebench/contract'
import { number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** A run that was told to start and is not over. */
export interface StartedRun {
  readonly id: string
  readonly startRequestedAtMs: number
  /** As in `Plan.sut`. */
  readonly sut: readonly string[]
  /** It does not wait for others that load the same. */
  readonly shareSut: boolean
  readonly status: RunStatus
  readonly phaseStartedAtMs: number | null
  /** By the owner's last word: as in `RunProgress`. */
  readonly workersRegistered: number
}

/** In the order in which they were told to start. */
export const listStartedRuns = async (db: SqlClient): Promise<StartedRun[]> => {
  const rows = await db.query(
    `SELECT run_id, start_requested_at, phase_start_time, status, workers_registered, JSON_EXTRACT_PATH_TEXT(scenario_config, 'sut') AS sut,
       JSON_EXTRACT_PATH_TEXT(scenario_config, 'advanced.shareSut') AS share_sut
     FROM run_status
     WHERE status IN ('STARTING', 'RUNNING', 'STOPPING', 'CANCELLING') AND start_requested_at IS NOT NULL
     ORDER BY start_requested_at, run_id`,
  )
  return rows.map(row => ({
    id: text(row, 'run_id'),
    startRequestedAtMs: number(row, 'start_requested_at'),
    // Null of a run that was prepared before runs knew what they load.
    sut: JSON.parse(textOrNull(row, 'sut') ?? '[]') as string[],
    shareSut: textOrNull(row, 'share_sut') === 'true',
    status: text(row, 'status') as RunStatus,
    phaseStartedAtMs: numberOrNull(row, 'phase_start_time'),
    workersRegistered: number(row, 'workers_registered'),
  }))
}
