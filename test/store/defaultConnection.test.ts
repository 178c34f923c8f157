import {
  type ConnectionType,
  countConnectionTemplates,
  defaultConnectionId,
  deleteConnection,
  listConnections,
  newCredentialKey,
  newId,
  openSecret,
  putConnection,
  readConnection,
  readKeyFit,
  resealSecrets,
  type SavedConnection,
  type SqlClient,
  sealSecret,
  setDefaultConnection,
  WrongCredentialKey,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'

const SETTINGS = {
  POSTGRES: { host: 'db.example', port: 5432, user: 'bench', database: 'demo', tls: 'VERIFY', ca: null },
  SNOWFLAKE: { account: 'ORG-ACCT', user: 'BENCH', role: null, authenticator: 'PASSWORD', tokenFile: null, accessUrl: null },
} as const

/** @returns its id */
const save = async (db: SqlClient, name: string, type: ConnectionType = 'POSTGRES', sealWith: string | null = null): Promise<string> => {
  const id = newId()
  const sealedCredentials = sealWith === null ? null : sealSecret(`secret of ${name}`, id, sealWith)
  await putConnection(db, { id, name, type, settings: SETTINGS[type], sealedCredentials } as SavedConnection)
  return id
}

const defaults = async (db: SqlClient): Promise<string[]> => (await listConnections(db)).filter(one => one.isDefault).map(one => one.name)

describe('the default connection', () => {
  it('of each type is its first, until another is made it', async () => {
    const { db } = await freshControlDatabase()
    expect(await defaultConnectionId(db, 'POSTGRES')).toBeNull()
    const first = await save(db, 'a')
    const second = await save(db, 'b')
    const snow = await save(db, 'c', 'SNOWFLAKE')
    expect(await defaults(db)).toEqual(['a', 'c'])
    expect(await setDefaultConnection(db, second)).toBe(true)
    expect(await defaultConnectionId(db, 'POSTGRES')).toBe(second)
    expect(await defaultConnectionId(db, 'SNOWFLAKE')).toBe(snow)
    expect(await setDefaultConnection(db, 'nobody')).toBe(false)
    await deleteConnection(db, second)
    expect(await defaultConnectionId(db, 'POSTGRES')).toBeNull()
    await save(db, 'd')
    expect(await defaults(db)).toEqual(['c'])
    await setDefaultConnection(db, first)
    expect(await defaults(db)).toEqual(['a', 'c'])
  })

  it('is one, whatever is saved and chosen at the same time', async () => {
    const { db } = await freshControlDatabase()
    const ids = await Promise.all(['a', 'b', 'c', 'd'].map(name => save(db, name)))
    expect(await defaults(db)).toHaveLength(1)
    await Promise.all(ids.map(id => setDefaultConnection(db, id)))
    expect(await defaults(db)).toHaveLength(1)
  })
})

describe('a saved connection', () => {
  it('from before there were authorities of its own has none', async () => {
    const { db } = await freshControlDatabase()
    const id = await save(db, 'old')
    const { ca: _, ...before } = SETTINGS.POSTGRES
    await db.execute('UPDATE connections SET settings = PARSE_JSON(?) WHERE connection_id = ?', [JSON.stringify(before), id])
    expect((await readConnection(db, id))?.settings).toEqual(SETTINGS.POSTGRES)
  })

  it('is counted as often as templates use it', async () => {
    const { db } = await freshControlDatabase()
    const id = await save(db, 'used')
    for (const connectionId of [id, id, null]) {
      await db.execute('INSERT INTO test_templates (template_id, template_name, config) SELECT ?, ?, PARSE_JSON(?)', [
        newId(),
        'T',
        JSON.stringify({ target: { connectionId } }),
      ])
    }
    expect(await countConnectionTemplates(db)).toEqual(new Map([[id, 2]]))
  })
})

describe('another credential key', () => {
  it('seals every secret, or none when the old key is another', async () => {
    const { db } = await freshControlDatabase()
    const [old, fresh, wrong] = [newCredentialKey(), newCredentialKey(), newCredentialKey()]
    const ids = [await save(db, 'a', 'POSTGRES', old), await save(db, 'b', 'SNOWFLAKE', old), await save(db, 'without')]
    const before = await listConnections(db)
    await expect(resealSecrets(db, wrong, fresh)).rejects.toThrow(WrongCredentialKey)
    expect(await listConnections(db)).toEqual(before)
    expect(await resealSecrets(db, old, fresh)).toBe(2)
    expect(await readKeyFit(db, fresh)).toEqual({ kept: 2, opened: 2 })
    expect(await readKeyFit(db, old)).toEqual({ kept: 2, opened: 0 })
    const [id = ''] = ids
    expect(openSecret((await readConnection(db, id))?.sealedCredentials ?? '', id, fresh)).toBe('secret of a')
  })
})
