import { text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/**
 * Removes the sets of a template that nobody needs any more: all that are older than `keepId` (null: all of them), but for those that are being
 * prepared and those that an unfinished run draws from.
 * @returns how many
 */
export const removePoolSets = async (db: SqlClient, templateId: string, keepId: string | null): Promise<number> => {
  const rows = await db.query(
    `SELECT s.set_id FROM value_pool_sets s
     WHERE s.template_id = ? AND s.status <> 'PREPARING' ${keepId === null ? '' : 'AND s.set_id < ?'}
       AND NOT EXISTS (
         SELECT 1 FROM run_status r
         WHERE r.template_id = s.template_id AND r.status NOT IN ('COMPLETED', 'CANCELLED', 'FAILED')
           AND JSON_EXTRACT_PATH_TEXT(r.scenario_config, 'poolSetId') = s.set_id)`,
    keepId === null ? [templateId] : [templateId, keepId],
  )
  for (const row of rows) await removePoolSet(db, text(row, 'set_id'))
  return rows.length
}

/** Removes the sets of templates that are deleted, as `removePoolSets`: those that a run still drew from when its template was. @returns how many */
export const removeOrphanPoolSets = async (db: SqlClient): Promise<number> => {
  const rows = await db.query(
    `SELECT DISTINCT s.template_id FROM value_pool_sets s
     WHERE NOT EXISTS (SELECT 1 FROM test_templates t WHERE t.template_id = s.template_id AND t.deleted_at IS NULL)`,
  )
  let removed = 0
  for (const row of rows) removed += await removePoolSets(db, text(row, 'template_id'), null)
  return removed
}

/** Removes one set, whatever its state. */
export const removePoolSet = async (db: SqlClient, setId: string): Promise<void> => {
  // The set first: values without one are found by nobody.
  await db.execute('DELETE FROM value_pool_sets WHERE set_id = ?', [setId])
  await removePoolValues(db, setId)
}

/** The values of a set; the set itself stays, to say what became of it. */
export const removePoolValues = async (db: SqlClient, setId: string): Promise<void> => {
  await db.execute('DELETE FROM template_value_pools WHERE pool_id = ?', [setId])
}
