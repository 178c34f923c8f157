import {
  isDuplicateKey,
  listConnections,
  newCredentialKey,
  newId,
  openSecret,
  type PostgresConnection,
  putConnection,
  readConnection,
  readConnectionByName,
  type SnowflakeConnection,
  sealSecret,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'

const KEY = newCredentialKey()
const PASSWORD = `it's "secret" ? ü 🦆`

const connection = (change: Partial<PostgresConnection> = {}): PostgresConnection => {
  const id = change.id ?? newId()
  return {
    id,
    name: 'Demo',
    type: 'POSTGRES',
    settings: { host: 'db.example', port: 5432, user: 'bench', database: 'demo', tls: 'VERIFY', ca: null },
    sealedCredentials: sealSecret(PASSWORD, id, KEY),
    ...change,
  }
}

describe('a saved connection', () => {
  it('comes back as it was put, by id and by name', async () => {
    const { db } = await freshControlDatabase()
    const saved = connection()
    await putConnection(db, saved)
    expect(await readConnection(db, saved.id)).toMatchObject(saved)
    expect(await readConnectionByName(db, 'Demo')).toMatchObject(saved)
    expect(await readConnection(db, 'nobody')).toBeNull()
    expect(await readConnectionByName(db, 'nobody')).toBeNull()
  })

  it('with a Snowflake account comes back as it was put', async () => {
    const { db } = await freshControlDatabase()
    const id = newId()
    const saved: SnowflakeConnection = {
      id,
      name: 'Snowflake',
      type: 'SNOWFLAKE',
      settings: { account: 'ORG-ACCT', user: 'BENCH', role: null, authenticator: 'KEY_PAIR', tokenFile: null, accessUrl: null },
      sealedCredentials: sealSecret(JSON.stringify({ privateKey: PASSWORD, passphrase: null }), id, KEY),
    }
    await putConnection(db, saved)
    expect(await readConnection(db, id)).toMatchObject(saved)
  })

  it('that is put again under its id replaces itself', async () => {
    const { db } = await freshControlDatabase()
    const saved = connection()
    await putConnection(db, saved)
    const changed = connection({ id: saved.id, name: 'Other', sealedCredentials: null })
    await putConnection(db, changed)
    expect(await listConnections(db)).toEqual([expect.objectContaining({ ...changed, version: 2 })])
  })

  it('may not take the name of another', async () => {
    const { db } = await freshControlDatabase()
    await putConnection(db, connection({ name: 'b' }))
    await putConnection(db, connection({ name: 'a' }))
    await expect(putConnection(db, connection({ name: 'a' }))).rejects.toSatisfy(isDuplicateKey)
    expect((await listConnections(db)).map(one => one.name)).toEqual(['a', 'b'])
  })

  it('has its password nowhere in its row', async () => {
    const { db } = await freshControlDatabase()
    const saved = connection({ sealedCredentials: null })
    await putConnection(db, { ...saved, sealedCredentials: sealSecret('plain-to-see', saved.id, KEY) })
    const [row] = await db.query('SELECT * FROM connections')
    expect(JSON.stringify(row)).not.toContain('plain-to-see')
    expect(JSON.stringify(row)).not.toContain(Buffer.from('plain-to-see').toString('base64').replaceAll('=', ''))
    expect(openSecret(String(row?.['credentials']), saved.id, KEY)).toBe('plain-to-see')
  })
})

describe('a sealed secret', () => {
  const REFUSED = /do not open with this FLAKEBENCH_CREDENTIAL_KEY/

  it.each([PASSWORD, '', 'x'.repeat(4_000)])('opens again for its connection and key', secret => {
    expect(openSecret(sealSecret(secret, 'c-1', KEY), 'c-1', KEY)).toBe(secret)
  })

  it('is another text each time', () => {
    expect(sealSecret(PASSWORD, 'c-1', KEY)).not.toBe(sealSecret(PASSWORD, 'c-1', KEY))
  })

  it('does not open for another connection', () => {
    expect(() => openSecret(sealSecret(PASSWORD, 'c-1', KEY), 'c-2', KEY)).toThrow(REFUSED)
  })

  it('does not open with another key', () => {
    expect(() => openSecret(sealSecret(PASSWORD, 'c-1', KEY), 'c-1', newCredentialKey())).toThrow(REFUSED)
  })

  it('does not open when any of its bytes was changed', () => {
    const sealed = Buffer.from(sealSecret(PASSWORD, 'c-1', KEY), 'base64')
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed)
      changed[i] = (changed[i] as number) ^ 1
      expect(() => openSecret(changed.toString('base64'), 'c-1', KEY), `byte ${i}`).toThrow(REFUSED)
    }
  })

  it('does not open when it was cut, wherever', () => {
    const sealed = Buffer.from(sealSecret(PASSWORD, 'c-1', KEY), 'base64')
    for (let length = 0; length < sealed.length; length++) {
      expect(() => openSecret(sealed.subarray(0, length).toString('base64'), 'c-1', KEY), `${length} bytes`).toThrow(REFUSED)
    }
  })

  it('asks for a key of the right length', () => {
    expect(() => sealSecret(PASSWORD, 'c-1', Buffer.alloc(31).toString('base64'))).toThrow('must be 32 bytes in base64; it has 31')
  })
})
