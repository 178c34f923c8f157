import { containing } from '../client/containing.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { type SavedTemplate, TEMPLATE_COLUMNS, toTemplate } from './savedTemplate.ts'

const whereOf = (search: string | null): { where: string; binds: Bind[] } =>
  search === null || search.trim() === ''
    ? { where: 'deleted_at IS NULL', binds: [] }
    : {
        where: "deleted_at IS NULL AND (LOWER(template_name) || ' ' || LOWER(COALESCE(description, ''))) LIKE ? ESCAPE '!'",
        binds: [containing(search)],
      }

/** Templates in the order they were made; the id of the last one read is the cursor to the next page. */
export const listTemplates = async (
  db: SqlClient,
  search: string | null,
  limit: number,
  afterId: string | null,
): Promise<SavedTemplate[]> => {
  const { where, binds } = whereOf(search)
  const rows = await db.query(
    `SELECT ${TEMPLATE_COLUMNS} FROM test_templates WHERE ${where} ${afterId === null ? '' : 'AND template_id > ?'}
     ORDER BY template_id LIMIT ${Math.trunc(limit)}`,
    afterId === null ? binds : [...binds, afterId],
  )
  return rows.map(toTemplate)
}

export const countTemplates = async (db: SqlClient, search: string | null): Promise<number> => {
  const { where, binds } = whereOf(search)
  const [row] = await db.query(`SELECT COUNT(*) AS n FROM test_templates WHERE ${where}`, binds)
  return Number(row?.['n'] ?? 0)
}
