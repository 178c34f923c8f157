import { textOrNull } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import type { ConnectionType } from './connectionType.ts'

/** The connection that templates of a type take that name none; null: there is none of this type. */
export const defaultConnectionId = async (db: SqlClient, type: ConnectionType): Promise<string | null> => {
  const [row] = await db.query(
    'SELECT connection_id FROM connections WHERE connection_type = ? AND is_default ORDER BY connection_id LIMIT 1',
    [type],
  )
  return row === undefined ? null : textOrNull(row, 'connection_id')
}

/** Makes a connection the only default of its type. False for an unknown id. */
export const setDefaultConnection = (db: SqlClient, id: string): Promise<boolean> =>
  db.transaction(async tx => {
    const [row] = await tx.query('SELECT connection_type FROM connections WHERE connection_id = ?', [id])
    if (row === undefined) return false
    const type = textOrNull(row, 'connection_type')
    // All of the type are written, so that of two that ask at once the second waits for the first, and one is left.
    await tx.execute('UPDATE connections SET is_default = (connection_id = ?) WHERE connection_type = ?', [id, type])
    return true
  })

/** Of two that were saved as the first of their type at once, the older one stays its default. */
export const keepOneDefault = async (db: SqlClient, type: ConnectionType): Promise<void> => {
  await db.execute(
    `UPDATE connections SET is_default = FALSE WHERE connection_type = ? AND is_default
     AND connection_id > (SELECT MIN(connection_id) FROM connections WHERE connection_type = ? AND is_default)`,
    [type, type],
  )
}
