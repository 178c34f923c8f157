import type { ControlEvent } from '@flakebench/contract'
import { json, number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** The commands of a run after `sequenceId`, in order. */
export const listEventsAfter = async (db: SqlClient, runId: string, sequenceId: number): Promise<ControlEvent[]> => {
  const rows = await db.query(
    'SELECT sequence_id, event_type, event_data FROM run_control_events WHERE run_id = ? AND sequence_id > ? ORDER BY sequence_id',
    [runId, sequenceId],
  )
  return rows.map(
    row => ({ sequenceId: number(row, 'sequence_id'), type: text(row, 'event_type'), data: json(row, 'event_data') }) as ControlEvent,
  )
}
