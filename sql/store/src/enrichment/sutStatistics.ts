import type { StatementReading } from '@flakebench/contract'
import { json, numberOrNull } from '../client/columns.ts'
import { isDuplicateKey } from '../client/duplicateKey.ts'
import type { SqlClient } from '../client/sqlClient.ts'

export const STATISTICS_MOMENTS = ['BASELINE', 'END'] as const
/** BASELINE: as the measurement begins. END: when all is drained. */
export type StatisticsMoment = (typeof STATISTICS_MOMENTS)[number]

export interface KeptReading {
  /** Milliseconds from the agreed start. */
  readonly atMs: number
  readonly reading: StatementReading
}

/** Keeps a reading, unless there is one of that moment already: the first is nearest to it. */
export const insertStatistics = async (db: SqlClient, runId: string, moment: StatisticsMoment, kept: KeptReading): Promise<void> => {
  try {
    await db.execute(
      `INSERT INTO sut_statistics (run_id, moment, at_ms, content)
       SELECT run_id, ?, ?, PARSE_JSON(?) FROM run_status
       WHERE run_id = ? AND NOT EXISTS (SELECT 1 FROM sut_statistics WHERE run_id = ? AND moment = ?)`,
      [moment, kept.atMs, JSON.stringify(kept.reading), runId, runId, moment],
    )
  } catch (error) {
    // Another server was faster by a moment.
    if (!isDuplicateKey(error)) throw error
  }
}

export const readStatistics = async (db: SqlClient, runId: string, moment: StatisticsMoment): Promise<KeptReading | null> => {
  const [row] = await db.query('SELECT at_ms, content FROM sut_statistics WHERE run_id = ? AND moment = ?', [runId, moment])
  return row === undefined ? null : { atMs: numberOrNull(row, 'at_ms') ?? 0, reading: json(row, 'content') }
}
