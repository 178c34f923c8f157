import type { ArrivalShare, FleetNotes, RunPhase, RunStatus, WorkerTargets } from '@flakebench/contract'
import { json, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** What a worker checks several times a second: one row by its key. */
export interface RunControl {
  readonly status: RunStatus
  readonly phase: RunPhase
  /** The agreed start; null until START. Milliseconds since 1970, database clock. */
  readonly startAtMs: number | null
  readonly workerTargets: WorkerTargets | null
  readonly arrivalShares: readonly ArrivalShare[] | null
  /** A worker that is LEAVING here is to retire. */
  readonly fleetNotes: FleetNotes
  /** Events up to one less than this exist. */
  readonly nextSequenceId: number
  /** How long ago the owner's lease ran out; negative while it is valid, null when there never was one. */
  readonly leaseLapsedSeconds: number | null
  readonly orchestratorId: string | null
  /** Where the owner takes what workers push straight to it; null: nobody does. */
  readonly orchestratorUrl: string | null
}

export const readRunControl = async (db: SqlClient, runId: string): Promise<RunControl | null> => {
  const [row] = await db.query(
    `SELECT status, phase, start_time, worker_targets, arrival_shares, fleet_notes, next_sequence_id, orchestrator_id,
       orchestrator_url,
       TIMESTAMPDIFF('millisecond', lease_expires_at, CURRENT_TIMESTAMP) AS lapsed_ms
     FROM run_status WHERE run_id = ?`,
    [runId],
  )
  if (row === undefined) return null
  const lapsedMs = numberOrNull(row, 'lapsed_ms')
  return {
    status: text(row, 'status') as RunStatus,
    phase: text(row, 'phase') as RunPhase,
    startAtMs: numberOrNull(row, 'start_time'),
    workerTargets: json(row, 'worker_targets'),
    arrivalShares: json(row, 'arrival_shares'),
    fleetNotes: json(row, 'fleet_notes') ?? {},
    nextSequenceId: number(row, 'next_sequence_id'),
    leaseLapsedSeconds: lapsedMs === null ? null : lapsedMs / 1_000,
    orchestratorId: textOrNull(row, 'orchestrator_id'),
    orchestratorUrl: textOrNull(row, 'orchestrator_url'),
  }
}
