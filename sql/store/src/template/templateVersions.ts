import { completeTemplate, type Template } from '@flakebench/contract'
import { json, number, text, textOrNull } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { readTemplate } from './readTemplate.ts'
import type { SavedTemplate } from './savedTemplate.ts'

/** A template as it was saved once. */
export interface TemplateVersion {
  readonly version: number
  readonly template: Template
  /** Null: nobody who had signed in. */
  readonly createdBy: string | null
  readonly createdAtMs: number
}

const COLUMNS = 'version, config, created_by, created_at'

const toVersion = (row: Row): TemplateVersion => ({
  version: number(row, 'version'),
  template: completeTemplate(json(row, 'config')),
  createdBy: textOrNull(row, 'created_by'),
  createdAtMs: number(row, 'created_at'),
})

/** The version that a template has now, where it was saved before versions were kept. */
const asVersion = (saved: SavedTemplate): TemplateVersion => {
  const { id: _id, version, isUsed: _isUsed, usageCount: _usageCount, lastUsedAtMs: _lastUsedAtMs, ...rest } = saved
  const { createdBy, createdAtMs: _createdAtMs, updatedAtMs, ...template } = rest
  return { version, template, createdBy: version === 1 ? createdBy : null, createdAtMs: updatedAtMs }
}

/** The versions of a template that runs have used, and its newest, newest first. */
export const listTemplateVersions = async (db: SqlClient, saved: SavedTemplate): Promise<TemplateVersion[]> => {
  const rows = await db.query(`SELECT ${COLUMNS} FROM template_versions WHERE template_id = ? ORDER BY version DESC`, [saved.id])
  const kept = rows.map(toVersion)
  return kept.some(({ version }) => version === saved.version) ? kept : [asVersion(saved), ...kept]
}

/** Null for a version that is not kept, and for an unknown or deleted template. */
export const readTemplateVersion = async (db: SqlClient, id: string, version: number): Promise<TemplateVersion | null> => {
  const saved = await readTemplate(db, id)
  if (saved === null) return null
  const [row] = await db.query(`SELECT ${COLUMNS} FROM template_versions WHERE template_id = ? AND version = ?`, [id, version])
  if (row !== undefined) return toVersion(row)
  return saved.version === version ? asVersion(saved) : null
}

/** How many runs used each version of a template; deleted ones are not counted. */
export const countVersionRuns = async (db: SqlClient, id: string): Promise<Map<number, number>> => {
  const rows = await db.query(
    `SELECT r.template_version, COUNT(*) AS n FROM run_status r JOIN test_results t ON t.test_id = r.run_id
     WHERE r.template_id = ? AND t.deleted_at IS NULL GROUP BY r.template_version`,
    [id],
  )
  return new Map(rows.map(row => [number(row, 'template_version'), number(row, 'n')]))
}

/** By template id; an unknown or deleted one is absent. */
export const readNewestVersions = async (db: SqlClient, ids: readonly string[]): Promise<Map<string, number>> => {
  if (ids.length === 0) return new Map()
  const rows = await db.query(
    `SELECT template_id, version FROM test_templates WHERE deleted_at IS NULL AND template_id IN (${ids.map(() => '?').join(', ')})`,
    ids,
  )
  return new Map(rows.map(row => [text(row, 'template_id'), number(row, 'version')]))
}
