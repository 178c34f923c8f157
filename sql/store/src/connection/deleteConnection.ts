import { number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { holdConnection } from './holdConnection.ts'

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

/** How many templates use each connection, by its id; those that none uses are missing. */
export const countConnectionTemplates = async (db: SqlClient): Promise<ReadonlyMap<string, number>> => {
  const rows = await db.query(
    `SELECT used.connection_id, COUNT(*) AS n
     FROM (SELECT JSON_EXTRACT_PATH_TEXT(config, 'target.connectionId') AS connection_id FROM test_templates WHERE deleted_at IS NULL) AS used
     WHERE used.connection_id IS NOT NULL GROUP BY used.connection_id`,
  )
  return new Map(rows.map(row => [text(row, 'connection_id'), number(row, 'n')]))
}

/** False for an unknown id, and for one that something still needs. */
export const deleteConnection = (db: SqlClient, id: string): Promise<boolean> =>
  db.transaction(async tx => {
    // A statement of its own: what somebody saved with it a moment ago is seen by those that come after.
    if (!(await holdConnection(tx, id))) return false
    const deleted = await tx.execute(
      `DELETE FROM connections WHERE connection_id = ?
       AND NOT EXISTS (SELECT 1 FROM test_templates WHERE deleted_at IS NULL AND JSON_EXTRACT_PATH_TEXT(config, 'target.connectionId') = ?)
       AND NOT EXISTS (SELECT 1 FROM run_status
         WHERE status NOT IN ('COMPLETED', 'CANCELLED', 'FAILED') AND JSON_EXTRACT_PATH_TEXT(scenario_config, 'target.connectionId') = ?)`,
      [id, id, id],
    )
    return deleted > 0
  })
