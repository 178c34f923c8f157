import type { AuditOutcome } from '@flakebench/contract'
import { json, momentBind, number, text, textOrNull, wordsBind } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { newId } from '../newId.ts'

/** Who asked for what change, and what came of it. */
export interface AuditEntry {
  readonly actor: string
  /** Name of the mutation. */
  readonly action: string
  readonly subjectId: string | null
  readonly outcome: AuditOutcome
  /** JSON without secrets. */
  readonly detail: unknown
}

export interface KeptAuditEntry extends AuditEntry {
  /** Later ones sort after it. */
  readonly id: string
  readonly atMs: number
}

/** Those that fit all that is said; null: does not matter. */
export interface AuditListing {
  readonly actor: string | null
  readonly action: string | null
  readonly subjectId: string | null
  readonly outcome: AuditOutcome | null
  /** At or after / before, milliseconds since 1970. */
  readonly fromMs: number | null
  readonly toMs: number | null
}

export const insertAuditEntry = async (db: SqlClient, entry: AuditEntry): Promise<void> => {
  await db.execute('INSERT INTO audit_log (audit_id, actor, action, subject_id, outcome, detail) SELECT ?, ?, ?, ?, ?, PARSE_JSON(?)', [
    newId(),
    wordsBind(entry.actor, 255),
    entry.action,
    wordsBind(entry.subjectId, 100),
    entry.outcome,
    JSON.stringify(entry.detail ?? null),
  ])
}

const whereOf = (listing: AuditListing): { readonly where: string; readonly binds: Bind[] } => {
  const conditions = ['audit_id IS NOT NULL']
  const binds: Bind[] = []
  const when = (condition: string, value: Bind): void => {
    if (value === null) return
    conditions.push(condition)
    binds.push(value)
  }
  when('actor = ?', listing.actor)
  when('action = ?', listing.action)
  when('subject_id = ?', listing.subjectId)
  when('outcome = ?', listing.outcome)
  when('recorded_at >= CAST(? AS TIMESTAMP_NTZ)', momentBind(listing.fromMs))
  when('recorded_at < CAST(? AS TIMESTAMP_NTZ)', momentBind(listing.toMs))
  return { where: conditions.join(' AND '), binds }
}

/** Newest first: `limit` at most, those before the entry `beforeId`. */
export const listAuditEntries = async (
  db: SqlClient,
  listing: AuditListing,
  limit: number,
  beforeId: string | null,
): Promise<KeptAuditEntry[]> => {
  const { where, binds } = whereOf(listing)
  const rows = await db.query(
    `SELECT audit_id, recorded_at, actor, action, subject_id, outcome, detail FROM audit_log
     WHERE ${where} ${beforeId === null ? '' : 'AND audit_id < ?'} ORDER BY audit_id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === null ? binds : [...binds, beforeId],
  )
  return rows.map(row => ({
    id: text(row, 'audit_id'),
    atMs: number(row, 'recorded_at'),
    actor: text(row, 'actor'),
    action: text(row, 'action'),
    subjectId: textOrNull(row, 'subject_id'),
    outcome: text(row, 'outcome') as AuditOutcome,
    detail: json<unknown>(row, 'detail'),
  }))
}

export const countAuditEntries = async (db: SqlClient, listing: AuditListing): Promise<number> => {
  const { where, binds } = whereOf(listing)
  const [row] = await db.query(`SELECT COUNT(*) AS n FROM audit_log WHERE ${where}`, binds)
  return number(row ?? {}, 'n')
}

/** Takes the oldest away, `limit` at most. @returns how many */
export const deleteOldAuditEntries = (db: SqlClient, keepDays: number, limit: number): Promise<number> =>
  db.execute(
    `DELETE FROM audit_log WHERE audit_id IN (
       SELECT audit_id FROM audit_log WHERE recorded_at < DATEADD('day', ?, CURRENT_TIMESTAMP) ORDER BY audit_id LIMIT ${Math.trunc(limit)})`,
    [-keepDays],
  )
