import { randomBytes } from 'node:crypto'
import { validateTemplate } from '@flakebench/contract'
import {
  DEMO_DATABASE,
  DEMO_ROLE,
  ensureDemoRole,
  insertTemplate,
  newId,
  openSecret,
  putConnection,
  readConnectionByName,
  type SavedConnection,
  type SqlClient,
  sealSecret,
} from '@flakebench/store'
import type { EmbeddedCluster } from '../embedded/ensureCluster.ts'
import { demoTemplates } from './demoTemplates.ts'

export const DEMO_CONNECTION = 'Demo PostgreSQL'

/** Null: there is none, or it was sealed with a key that is gone; the demo's is easily replaced. */
const keptPassword = (before: SavedConnection | null, credentialKey: string): string | null => {
  if (before?.sealedCredentials == null) return null
  try {
    return openSecret(before.sealedCredentials, before.id, credentialKey)
  } catch {
    return null
  }
}

/**
 * The demo's saved connection, at the cluster's present port, and its templates. Templates are made with the connection, once: whoever deletes them
 * has them gone.
 */
export const seedDemo = async (db: SqlClient, demo: EmbeddedCluster, credentialKey: string): Promise<void> => {
  const before = await readConnectionByName(db, DEMO_CONNECTION)
  const id = before?.id ?? newId()
  const password = keptPassword(before, credentialKey) ?? randomBytes(18).toString('base64url')
  await ensureDemoRole(demo.url('postgres'), password)
  await putConnection(db, {
    id,
    name: DEMO_CONNECTION,
    type: 'POSTGRES',
    settings: { host: demo.host, port: demo.port, user: DEMO_ROLE, database: DEMO_DATABASE, tls: 'OFF', ca: null },
    sealedCredentials: sealSecret(password, id, credentialKey),
  })
  if (before !== null) return
  for (const input of demoTemplates(id)) {
    const checked = validateTemplate(input)
    if (!checked.ok)
      throw new Error(`a demo template is not valid: ${checked.problems.map(one => `${one.path}: ${one.message}`).join('; ')}`)
    await insertTemplate(db, newId(), checked.template)
  }
}
