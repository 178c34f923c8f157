import type { ControlCommand } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'
import { newId } from '../newId.ts'

/**
 * Writes commands under sequence ids that the same transaction has just taken by raising RUN_STATUS.NEXT_SEQUENCE_ID (whose row it still locks), so
 * that ids neither repeat nor leave a gap.
 */
export const appendEvents = async (tx: SqlClient, runId: string, commands: readonly ControlCommand[]): Promise<void> => {
  if (commands.length === 0) return
  const [row] = await tx.query('SELECT next_sequence_id FROM run_status WHERE run_id = ?', [runId])
  const first = Number(row?.['next_sequence_id']) - commands.length
  for (const [i, command] of commands.entries()) {
    await tx.execute(
      'INSERT INTO run_control_events (event_id, run_id, sequence_id, event_type, event_data) SELECT ?, ?, ?, ?, PARSE_JSON(?)',
      [newId(), runId, first + i, command.type, JSON.stringify(command.data)],
    )
  }
}
