import type { Enrichment, EnrichmentSource } from '@flakebench/contract'
import { json, number, numberOrNull, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'

const COLUMNS = 'run_id, source, status, note, matched, expected, attempts, due_at, content, updated_at'

const toEnrichment = (row: Row): Enrichment => ({
  runId: text(row, 'run_id'),
  source: text(row, 'source') as EnrichmentSource,
  status: text(row, 'status') as Enrichment['status'],
  note: textOrNull(row, 'note'),
  matched: numberOrNull(row, 'matched'),
  expected: numberOrNull(row, 'expected'),
  attempts: number(row, 'attempts'),
  dueAtMs: numberOrNull(row, 'due_at'),
  content: json(row, 'content'),
  updatedAtMs: number(row, 'updated_at'),
})

/** What the systems under test have recorded of these runs, by run id and source; a run of which nothing is asked yet has none. */
export const listEnrichments = async (db: SqlClient, runIds: readonly string[]): Promise<Enrichment[]> => {
  if (runIds.length === 0) return []
  const rows = await db.query(
    `SELECT ${COLUMNS} FROM enrichments WHERE run_id IN (${runIds.map(() => '?').join(', ')}) ORDER BY run_id, source`,
    runIds,
  )
  return rows.map(toEnrichment)
}

/** Seconds until the next of all that waits is due or its claim runs out, by the database's clock: below 0 when it is overdue; null: nothing waits. */
export const readSecondsUntilDue = async (db: SqlClient): Promise<number | null> => {
  const [row = {}] = await db.query(
    `SELECT MIN(TIMESTAMPDIFF('millisecond', CURRENT_TIMESTAMP, CASE WHEN claimed_until > due_at THEN claimed_until ELSE due_at END)) AS left_ms
     FROM enrichments WHERE status = 'PENDING' AND due_at IS NOT NULL`,
  )
  const leftMs = numberOrNull(row, 'left_ms')
  return leftMs === null ? null : leftMs / 1_000
}

/** Of whom there is something to look at now, the longest due first. */
export const listDueEnrichments = async (db: SqlClient): Promise<{ readonly runId: string; readonly source: EnrichmentSource }[]> => {
  const rows = await db.query(
    `SELECT run_id, source FROM enrichments
     WHERE status = 'PENDING' AND due_at <= CURRENT_TIMESTAMP AND (claimed_until IS NULL OR claimed_until < CURRENT_TIMESTAMP)
     ORDER BY due_at LIMIT 20`,
  )
  return rows.map(row => ({ runId: text(row, 'run_id'), source: text(row, 'source') as EnrichmentSource }))
}
