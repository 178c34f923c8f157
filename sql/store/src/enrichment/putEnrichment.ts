import type { EnrichmentContent, EnrichmentSource, EnrichmentStatus } from '@flakebench/contract'
import { wordsBind } from '../client/columns.ts'
import { isDuplicateKey } from '../client/duplicateKey.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import type { EnrichmentClaim } from './claimEnrichment.ts'

const LONGEST_NOTE = 1_000

/** How a source of a run begins. */
export interface NewEnrichment {
  readonly source: EnrichmentSource
  readonly status: EnrichmentStatus
  readonly note: string | null
  /** Seconds from now; null: not to be looked at by itself. */
  readonly dueInSeconds: number | null
}

/** Puts down a source of a run that is not there yet; false: it is. */
export const insertEnrichment = async (
  db: SqlClient,
  runId: string,
  { source, status, note, dueInSeconds }: NewEnrichment,
): Promise<boolean> => {
  const inserted = await db
    .execute(
      `INSERT INTO enrichments (run_id, source, status, note, due_at)
       SELECT run_id, ?, ?, ?, DATEADD('second', ?, CURRENT_TIMESTAMP) FROM run_status
       WHERE run_id = ? AND NOT EXISTS (SELECT 1 FROM enrichments WHERE run_id = ? AND source = ?)`,
      [source, status, wordsBind(note, LONGEST_NOTE), dueInSeconds, runId, runId, source],
    )
    .catch((error: unknown) => {
      // Another server, or the same command given twice, was faster by a moment.
      if (isDuplicateKey(error)) return 0
      throw error
    })
  if (inserted > 0) await keepWorstEnrichment(db, runId)
  return inserted > 0
}

/** What a look at a source has come to. */
export interface EnrichmentFinding {
  readonly status: EnrichmentStatus
  readonly note: string | null
  readonly matched: number | null
  readonly expected: number | null
  /** Null: what is there stays. */
  readonly content: EnrichmentContent | null
  /** PENDING: when it is looked at again, in seconds from now. */
  readonly dueInSeconds: number | null
  /** The system under test could not be asked: counted, until it can be. */
  readonly isTrouble?: boolean
}

const STAYS = ' What it told before stays.'

/**
 * Keeps a finding, and gives the claim back. What was told before is never lost to a look that finds nothing: it stays COMPLETED, and the note says why
 * there is no more. False: the claim is another's by now, and nothing was changed.
 */
export const putFinding = async (
  db: SqlClient,
  { runId, source, attempt }: EnrichmentClaim,
  finding: EnrichmentFinding,
): Promise<boolean> => {
  const { status, note, matched, expected, content, dueInSeconds, isTrouble = false } = finding
  const kept = content === null ? '' : 'content = PARSE_JSON(?),'
  if (content === null && (status === 'SKIPPED' || status === 'FAILED')) {
    const stayed = await db.execute(
      `UPDATE enrichments
       SET status = 'COMPLETED', note = ?, due_at = NULL, claimed_until = NULL, failures = 0, updated_at = CURRENT_TIMESTAMP
       WHERE run_id = ? AND source = ? AND attempts = ? AND content IS NOT NULL`,
      [wordsBind(`${(note ?? '').slice(0, LONGEST_NOTE - STAYS.length)}${STAYS}`, LONGEST_NOTE), runId, source, attempt],
    )
    if (stayed > 0) {
      await keepWorstEnrichment(db, runId)
      return true
    }
  }
  const changed = await db.execute(
    `UPDATE enrichments
     SET status = ?, note = ?, matched = COALESCE(?, matched), expected = COALESCE(?, expected), ${kept}
       failures = ${isTrouble ? 'COALESCE(failures, 0) + 1' : '0'}, due_at = DATEADD('second', ?, CURRENT_TIMESTAMP), claimed_until = NULL, updated_at = CURRENT_TIMESTAMP
     WHERE run_id = ? AND source = ? AND attempts = ?`,
    [
      status,
      wordsBind(note, LONGEST_NOTE),
      matched,
      expected,
      ...(content === null ? [] : [JSON.stringify(content)]),
      dueInSeconds,
      runId,
      source,
      attempt,
    ],
  )
  if (changed > 0) await keepWorstEnrichment(db, runId)
  return changed > 0
}

/** Has a source looked at again, now, whatever it has come to. Whoever works at it goes on. */
export const reopenEnrichment = async (db: SqlClient, runId: string, source: EnrichmentSource): Promise<void> => {
  await db.execute(
    `UPDATE enrichments SET status = 'PENDING', due_at = CURRENT_TIMESTAMP, failures = 0, updated_at = CURRENT_TIMESTAMP WHERE run_id = ? AND source = ?`,
    [runId, source],
  )
  await keepWorstEnrichment(db, runId)
}

/** From the best to the worst. SKIPPED is better than COMPLETED: of two sources of a run, one is always not for its table. */
const ORDER: readonly EnrichmentStatus[] = ['SKIPPED', 'COMPLETED', 'PENDING', 'FAILED']

/** TEST_RESULTS has the worst of a run's sources, for lists. */
const keepWorstEnrichment = async (db: SqlClient, runId: string): Promise<void> => {
  const rows = await db.query('SELECT status, note FROM enrichments WHERE run_id = ?', [runId])
  const [worst] = [...rows].sort((one, other) => rank(other['status']) - rank(one['status']))
  if (worst === undefined) return
  await db.execute('UPDATE test_results SET enrichment_status = ?, enrichment_error = ? WHERE test_id = ?', [
    String(worst['status']),
    worst['note'] as string | null,
    runId,
  ])
}

const rank = (status: unknown): number => ORDER.indexOf(status as EnrichmentStatus)
