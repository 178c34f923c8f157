import { number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** What still needs a saved connection. */
export interface ConnectionUse {
  /** Names of templates, in their order. */
  readonly templates: readonly string[]
  /** Runs that are not over. */
  readonly runs: number
}

export const readConnectionUse = async (db: SqlClient, id: string): Promise<ConnectionUse> => {
  const [templates, runs] = await Promise.all([
    db.query(
      `SELECT template_name FROM test_templates
       WHERE deleted_at IS NULL AND JSON_EXTRACT_PATH_TEXT(config, 'target.connectionId') = ? ORDER BY template_id`,
      [id],
    ),
    db.query(
      `SELECT COUNT(*) AS n FROM run_status
       WHERE status NOT IN ('COMPLETED', 'CANCELLED', 'FAILED') AND JSON_EXTRACT_PATH_TEXT(scenario_config, 'target.connectionId') = ?`,
      [id],
    ),
  ])
  return { templates: templates.map(row => text(row, 'template_name')), runs: number(runs[0] ?? {}, 'n') }
}

/** False for an unknown id. */
export const deleteConnection = async (db: SqlClient, id: string): Promise<boolean> =>
  (await db.execute('DELETE FROM connections WHERE connection_id = ?', [id])) > 0
