import type { Template } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'
import { holdNamedConnection } from '../connection/holdConnection.ts'

/** Keeps a template as its first version. @param by who made it; null: nobody who had signed in @throws NoSuchConnection */
export const insertTemplate = (db: SqlClient, id: string, template: Template, by: string | null = null): Promise<void> =>
  db.transaction(async tx => {
    await holdNamedConnection(tx, template.target.connectionId)
    const config = JSON.stringify(template)
    await tx.execute(
      'INSERT INTO test_templates (template_id, template_name, description, created_by, config) SELECT ?, ?, ?, ?, PARSE_JSON(?)',
      [id, template.name, template.description, by, config],
    )
    await insertVersion(tx, id, 1, config, by)
  })

export const insertVersion = async (tx: SqlClient, id: string, version: number, config: string, by: string | null): Promise<void> => {
  await tx.execute('INSERT INTO template_versions (template_id, version, created_by, config) SELECT ?, ?, ?, PARSE_JSON(?)', [
    id,
    version,
    by,
    config,
  ])
}

/** Takes the template out of every list; its versions, its runs and their results stay. False for an unknown or deleted id. */
export const deleteTemplate = async (db: SqlClient, id: string): Promise<boolean> =>
  (await db.execute('UPDATE test_templates SET deleted_at = CURRENT_TIMESTAMP WHERE template_id = ? AND deleted_at IS NULL', [id])) > 0
