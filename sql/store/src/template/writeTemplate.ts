import type { Template } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'

export const insertTemplate = async (db: SqlClient, id: string, template: Template): Promise<void> => {
  await db.execute('INSERT INTO test_templates (template_id, template_name, description, config) SELECT ?, ?, ?, PARSE_JSON(?)', [
    id,
    template.name,
    template.description,
    JSON.stringify(template),
  ])
}

/** False for an unknown or deleted id. */
export const updateTemplate = async (db: SqlClient, id: string, template: Template): Promise<boolean> =>
  (await db.execute(
    `UPDATE test_templates
     SET template_name = ?, description = ?, config = PARSE_JSON(?), version = version + 1, updated_at = CURRENT_TIMESTAMP
     WHERE template_id = ? AND deleted_at IS NULL`,
    [template.name, template.description, JSON.stringify(template), id],
  )) > 0

/** Takes the template out of every list; its runs and their results stay. False for an unknown or deleted id. */
export const deleteTemplate = async (db: SqlClient, id: string): Promise<boolean> =>
  (await db.execute('UPDATE test_templates SET deleted_at = CURRENT_TIMESTAMP WHERE template_id = ? AND deleted_at IS NULL', [id])) > 0
