import { text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { openSecret, sealSecret } from './secret.ts'

/** Secrets do not open with the key that was given; nothing was changed. */
export class WrongCredentialKey extends Error {
  override readonly name = 'WrongCredentialKey'
  constructor(
    /** Names of the connections. */
    readonly connections: readonly string[],
  ) {
    super(`the credentials of ${connections.map(name => `"${name}"`).join(', ')} do not open with this key`)
  }
}

const SEALED = 'SELECT connection_id, connection_name, credentials FROM connections WHERE credentials IS NOT NULL ORDER BY connection_id'

interface Sealed {
  readonly id: string
  readonly name: string
  readonly sealed: string
}

const listSealed = async (db: SqlClient): Promise<Sealed[]> =>
  (await db.query(SEALED)).map(row => ({
    id: text(row, 'connection_id'),
    name: text(row, 'connection_name'),
    sealed: text(row, 'credentials'),
  }))

const opened = ({ id, sealed }: Sealed, key: string): string | null => {
  try {
    return openSecret(sealed, id, key)
  } catch {
    return null
  }
}

/** How many secrets are kept, and how many of them a key opens. @param besides the name of a connection that is not counted */
export const readKeyFit = async (
  db: SqlClient,
  key: string,
  besides: string | null = null,
): Promise<{ readonly kept: number; readonly opened: number }> => {
  const kept = (await listSealed(db)).filter(({ name }) => name !== besides)
  return { kept: kept.length, opened: kept.filter(one => opened(one, key) !== null).length }
}

/**
 * Seals every secret with another key: all of them, or none.
 * @returns how many
 * @throws WrongCredentialKey when the old key is not the one they were sealed with
 */
export const resealSecrets = (db: SqlClient, oldKey: string, newKey: string): Promise<number> =>
  db.transaction(async tx => {
    const kept = await listSealed(tx)
    const closed = kept.filter(one => opened(one, oldKey) === null)
    if (closed.length > 0) throw new WrongCredentialKey(closed.map(({ name }) => name))
    for (const one of kept) {
      const changed = await tx.execute(
        'UPDATE connections SET credentials = ?, version = version + 1, updated_at = CURRENT_TIMESTAMP WHERE connection_id = ? AND credentials = ?',
        [sealSecret(opened(one, oldKey) ?? '', one.id, newKey), one.id, one.sealed],
      )
      if (changed !== 1) throw new Error(`the connection "${one.name}" was changed meanwhile: try again`)
    }
    return kept.length
  })
