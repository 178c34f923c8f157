import type { SqlClient } from '../client/sqlClient.ts'

/** What was to be saved names a connection that is not there (any more). Nothing was saved. */
export class NoSuchConnection extends Error {
  override readonly name = 'NoSuchConnection'
  constructor(readonly connectionId: string) {
    super(`there is no connection ${connectionId}`)
  }
}

/**
 * Holds a connection's row until the transaction ends: whoever saves what names it, and whoever deletes it, holds it first and only then looks, so that one of
 * the two sees what the other has done. A foreign key would not do: on Snowflake its column may not be null, and templates that were deleted would keep theirs.
 * @returns false: there is none of this id
 */
export const holdConnection = async (tx: SqlClient, id: string): Promise<boolean> =>
  (await tx.execute('UPDATE connections SET version = version WHERE connection_id = ?', [id])) > 0

/** The same of what is about to be named; null: nothing is. @throws NoSuchConnection */
export const holdNamedConnection = async (tx: SqlClient, id: string | null): Promise<void> => {
  if (id !== null && !(await holdConnection(tx, id))) throw new NoSuchConnection(id)
}
