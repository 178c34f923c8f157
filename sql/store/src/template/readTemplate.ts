import type { SqlClient } from '../client/sqlClient.ts'
import { type SavedTemplate, TEMPLATE_COLUMNS, toTemplate } from './savedTemplate.ts'

/** Null for an unknown or deleted id. */
export const readTemplate = async (db: SqlClient, id: string): Promise<SavedTemplate | null> => {
  const [row] = await db.query(`SELECT ${TEMPLATE_COLUMNS} FROM test_templates WHERE template_id = ? AND deleted_at IS NULL`, [id])
  return row === undefined ? null : toTemplate(row)
}
