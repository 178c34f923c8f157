import type { WarehousePoll } from '@flakebench/contract'
import { json, number, numberOrNull, text } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { toWarehouseState } from './readWarehouse.ts'

/** A look that failed. */
export interface FailedWarehousePoll {
  readonly recordedAtMs: number
  readonly trouble: string
}

/** The newest looks at a run's warehouse. */
export interface NewestWarehousePoll {
  /** The newest with figures. */
  readonly poll: WarehousePoll | null
  /** The newest of all, when it failed. */
  readonly failed: FailedWarehousePoll | null
}

// Looks from before the start was agreed were kept without knowing how long before it they were.
const COLUMNS = `p.run_id, p.sequence_number, p.recorded_at, p.running, p.raw_result,
  COALESCE(TIMESTAMPDIFF('millisecond', r.start_time, p.recorded_at) / 1000.0, p.elapsed_seconds) AS elapsed`
const FROM = 'FROM warehouse_poll_snapshots p JOIN run_status r ON r.run_id = p.run_id'

const toPoll = (row: Row): WarehousePoll => ({
  ...toWarehouseState(json<Row>(row, 'raw_result')),
  runId: text(row, 'run_id'),
  sequence: number(row, 'sequence_number'),
  recordedAtMs: number(row, 'recorded_at'),
  elapsedSeconds: number(row, 'elapsed'),
})

/** The looks at a run's warehouse that found figures, in order. @param after only those that come after this one */
export const listWarehousePolls = async (db: SqlClient, runId: string, after = -1): Promise<WarehousePoll[]> => {
  const rows = await db.query(
    `SELECT ${COLUMNS} ${FROM} WHERE p.run_id = ? AND p.sequence_number > ? AND p.running IS NOT NULL ORDER BY p.sequence_number`,
    [runId, after],
  )
  return rows.map(toPoll)
}

export const readNewestWarehousePoll = async (db: SqlClient, runId: string): Promise<NewestWarehousePoll> => {
  const rows = await db.query(
    `SELECT ${COLUMNS} ${FROM} WHERE p.run_id = ? AND (
       p.sequence_number = (SELECT MAX(sequence_number) FROM warehouse_poll_snapshots WHERE run_id = ?)
       OR p.sequence_number = (SELECT MAX(sequence_number) FROM warehouse_poll_snapshots WHERE run_id = ? AND running IS NOT NULL))
     ORDER BY p.sequence_number`,
    [runId, runId, runId],
  )
  const found = rows.find(row => numberOrNull(row, 'running') !== null)
  const newest = rows.at(-1)
  const hasFailed = newest !== undefined && newest !== found
  return {
    poll: found === undefined ? null : toPoll(found),
    failed: hasFailed
      ? { recordedAtMs: number(newest, 'recorded_at'), trouble: json<{ trouble: string }>(newest, 'raw_result').trouble }
      : null,
  }
}

/** The number for the next look at a run's warehouse, whoever has looked before. */
export const readNextWarehouseSequence = async (db: SqlClient, runId: string): Promise<number> => {
  const [row] = await db.query(
    'SELECT COALESCE(MAX(sequence_number), -1) + 1 AS next_sequence FROM warehouse_poll_snapshots WHERE run_id = ?',
    [runId],
  )
  return number(row ?? {}, 'next_sequence')
}
