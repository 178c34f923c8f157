import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Template } from '@flakebench/contract'
import { momentBind, number } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { holdNamedConnection } from '../connection/holdConnection.ts'
import { readTemplate } from './readTemplate.ts'
import { type SavedTemplate, USED_UNTIL } from './savedTemplate.ts'
import { insertVersion } from './writeTemplate.ts'

/** UNKNOWN: there is no such template, or it was deleted. CHANGED: it has another version by now than the one expected; it stays as it is. */
export type TemplateUpdate = 'DONE' | 'UNKNOWN' | 'CHANGED'

export interface UpdateOptions {
  /** The version that the change was made to; null: whichever there is. */
  readonly expectedVersion?: number | null
  /** Who makes it; null: nobody who has signed in. */
  readonly by?: string | null
}

/** Of changes that expect no version: another one came between reading and writing. */
const TRIES = 5
/** Between two of them, at random and longer each time, so that those who met do not meet again. */
const LONGEST_PAUSE_MS = 40

/**
 * Replaces the template as a whole, under the next version, so that of two changes to the same version the second is told of the first. The version before
 * is kept if a run has used it, otherwise the new one takes its place. What changes nothing makes no version.
 * @throws NoSuchConnection for another connection than it had
 */
export const updateTemplate = async (
  db: SqlClient,
  id: string,
  template: Template,
  { expectedVersion = null, by = null }: UpdateOptions = {},
): Promise<TemplateUpdate> => {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await pause(randomInt(1, LONGEST_PAUSE_MS * attempt))
    const before = await readTemplate(db, id)
    if (before === null) return 'UNKNOWN'
    if (expectedVersion !== null && before.version !== expectedVersion) return 'CHANGED'
    if (isDeepStrictEqual(settingsOf(before), settingsOf(template))) return 'DONE'
    if (await replace(db, before, template, by)) return 'DONE'
  }
  return 'CHANGED'
}

/** As it reads when it is kept. */
const settingsOf = ({
  name,
  description,
  tags,
  target,
  operations,
  load,
  scaling,
  guardrails,
  slos,
  sloAbort,
  advanced,
}: Template): unknown =>
  JSON.parse(JSON.stringify({ name, description, tags, target, operations, load, scaling, guardrails, slos, sloAbort, advanced }))

/** False when it has another version by now, or was deleted. */
const replace = (db: SqlClient, before: SavedTemplate, template: Template, by: string | null): Promise<boolean> =>
  db.transaction(async tx => {
    const { id, version } = before
    const config = JSON.stringify(template)
    // The one that it has cannot be deleted while it has it; and where that is gone since before this was so, it may be changed all the same.
    if (template.target.connectionId !== before.target.connectionId) await holdNamedConnection(tx, template.target.connectionId)
    const changed = await tx.execute(
      `UPDATE test_templates
       SET template_name = ?, description = ?, config = PARSE_JSON(?), used_version = ${USED_UNTIL}, version = version + 1, updated_at = CURRENT_TIMESTAMP
       WHERE template_id = ? AND version = ? AND deleted_at IS NULL`,
      [template.name, template.description, config, id, version],
    )
    if (changed === 0) return false
    // A run may have used it since it was read: what counts is what the row says now that it is held.
    const [row] = await tx.query('SELECT used_version FROM test_templates WHERE template_id = ?', [id])
    if (number(row ?? {}, 'used_version') < version) {
      await tx.execute('DELETE FROM template_versions WHERE template_id = ? AND version = ?', [id, version])
    } else {
      await keepVersion(tx, before)
    }
    await insertVersion(tx, id, version + 1, config, by)
    return true
  })

/** The row of a version from before versions were kept. */
const keepVersion = async (tx: SqlClient, before: SavedTemplate): Promise<void> => {
  const { id, version, createdBy, updatedAtMs } = before
  const [kept] = await tx.query('SELECT version FROM template_versions WHERE template_id = ? AND version = ?', [id, version])
  if (kept !== undefined) return
  await tx.execute(
    `INSERT INTO template_versions (template_id, version, created_by, created_at, config)
     SELECT ?, ?, ?, CAST(? AS TIMESTAMP_NTZ), PARSE_JSON(?)`,
    [id, version, version === 1 ? createdBy : null, momentBind(updatedAtMs), JSON.stringify(settingsOf(before))],
  )
}
