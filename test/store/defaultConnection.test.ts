import {
  type ConnectionType,
  countConnectionTemplates,
  defaultConnectionId,
  deleteConnection,
  insertTemplate,
  listConnections,
  NoSuchConnection,
  newCredentialKey,
  newId,
  openSecret,
  putConnection,
  readConnection,
  readKeyFit,
  readTemplate,
  resealSecrets,
  type SavedConnection,
  type SqlClient,
  sealSecret,
  setDefaultConnection,
  updateConnection,
  updateTemplate,
  WrongCredentialKey,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'
import { whileHeld } from '../kit/whileHeld.ts'

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

const through = (connectionId: string | null) => soundTemplate({ ...SMALLEST, target: { ...SMALLEST.target, connectionId } })

/** Ways in which a template comes to name a connection. */
const SAVES: readonly [string, (db: SqlClient, templateId: string, connectionId: string) => Promise<unknown>][] = [
  ['made', (db, _, connectionId) => insertTemplate(db, newId(), through(connectionId))],
  ['changed', (db, templateId, connectionId) => updateTemplate(db, templateId, through(connectionId))],
]

describe.each(SAVES)('a connection, in the moment in which a template is %s with it', (_, saveTemplate) => {
  const opened = async () => {
    const control = await freshControlDatabase()
    const { db } = control
    const [id, templateId] = [await save(db, 'wanted'), newId()]
    await insertTemplate(db, templateId, through(null))
    const named = async () => (await countConnectionTemplates(db)).get(id) ?? 0
    return { control, db, id, templateId, named }
  }

  it('is not deleted', async () => {
    const { control, db, id, templateId, named } = await opened()
    const deleted = await whileHeld(
      control,
      tx => saveTemplate(tx, templateId, id),
      () => deleteConnection(db, id),
    )
    expect(deleted).toEqual({ status: 'fulfilled', value: false })
    expect(await readConnection(db, id)).not.toBeNull()
    expect(await named()).toBe(1)
  })

  it('is not named any more where its deletion came first', async () => {
    const { control, db, id, templateId, named } = await opened()
    const saved = await whileHeld(
      control,
      tx => deleteConnection(tx, id),
      () => saveTemplate(db, templateId, id),
    )
    expect(saved).toEqual({ status: 'rejected', reason: expect.any(NoSuchConnection) })
    expect(await readConnection(db, id)).toBeNull()
    expect(await named()).toBe(0)
    expect(await readTemplate(db, templateId)).toMatchObject({ version: 1, target: { connectionId: null } })
  })
})

describe('a template whose connection is gone since before that was prevented', () => {
  it('can still be changed otherwise', async () => {
    const { db } = await freshControlDatabase()
    const [id, templateId] = [await save(db, 'gone'), newId()]
    await insertTemplate(db, templateId, through(id))
    await db.execute('DELETE FROM connections WHERE connection_id = ?', [id])
    expect(await updateTemplate(db, templateId, { ...through(id), name: 'other' })).toBe('DONE')
  })
})

describe('of two changes of a connection to the same version', () => {
  it('one is made, and the other is told', async () => {
    const control = await freshControlDatabase()
    const { db } = control
    const before = await readConnection(db, await save(db, 'both'))
    if (before === null) throw new Error('not saved')
    const change = (tx: SqlClient, name: string) => updateConnection(tx, { ...before, name }, before.version)
    const second = await whileHeld(
      control,
      tx => change(tx, 'first'),
      () => change(db, 'second'),
    )
    expect(second).toEqual({ status: 'fulfilled', value: false })
    expect(await readConnection(db, before.id)).toMatchObject({ name: 'first', version: before.version + 1 })
    const atOnce = await Promise.all(['a', 'b', 'c'].map(name => updateConnection(db, { ...before, name }, before.version + 1)))
    expect(atOnce.filter(isMade => isMade)).toHaveLength(1)
    expect(await readConnection(db, before.id)).toMatchObject({ version: before.version + 2 })
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
