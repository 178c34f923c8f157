import { mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConnection, type SqlClient, updateConnection } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keptSecret, postgresInput, problemsOf, snowflakeInput } from '../kit/connectionsApi.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { whileHeld } from '../kit/whileHeld.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ logStatements: true })
})
afterAll(() => kit.close())

const CREATE = 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id } }'
const UPDATE = 'mutation ($id: ID!, $input: ConnectionInput!) { updateConnection(id: $id, input: $input) { id } }'
const DELETE = 'mutation ($id: ID!) { deleteConnection(id: $id) }'
const TEST = 'mutation ($id: ID!) { testConnection(id: $id) { message } }'

const create = async (input: object) => (await kit.graphql<{ createConnection: { id: string } }>(CREATE, { input })).createConnection
const update = (id: string, input: object) => kit.graphql(UPDATE, { id, input })
const test = async (id: string) => (await kit.graphql<{ testConnection: { message: string } }>(TEST, { id })).testConnection

const kept = (id: string) => keptSecret(kit, id)
const postgres = (change: object = {}) => postgresInput(kit, change)
const problems = (mutation: string, variables: object) => problemsOf(kit, mutation, variables)

describe('a saved connection', () => {
  it('has its secret sent to no other address and for no other user: it has to be given again', async () => {
    const snow = await create({ name: 'Snow', snowflake: snowflakeInput() })
    for (const change of [{ account: 'ORG-OTHER' }, { user: 'OTHER' }, { accessUrl: 'https://elsewhere.example.com' }]) {
      const changed = { name: 'Snow', snowflake: snowflakeInput({ password: undefined, ...change }) }
      expect(await problems(UPDATE, { id: snow.id, input: changed })).toEqual([
        'snowflake.password: snowflake.password must be given again: the one that is kept is for the account, address and user before',
      ])
    }
    expect(await kept(snow.id)).toBe('secret-1')
    await update(snow.id, { name: 'Snow', snowflake: snowflakeInput({ password: 'secret-2', user: 'OTHER' }) })
    expect(await kept(snow.id)).toBe('secret-2')
    await kit.graphql(DELETE, { id: snow.id })

    const orders = await create({ name: 'Orders', postgres: postgres() })
    for (const change of [{ host: 'elsewhere' }, { port: 1 }, { user: 'other' }, { tls: 'VERIFY' }]) {
      const changed = { name: 'Orders', postgres: postgres({ password: null, ...change }) }
      expect(await problems(UPDATE, { id: orders.id, input: changed })).toEqual([
        'postgres.password: postgres.password must be given again: the one that is kept is for the address and user before',
      ])
    }
    expect(await kept(orders.id)).toBe(kit.sut.password)
    await kit.graphql(DELETE, { id: orders.id })
  })

  it('that somebody else changes meanwhile is looked at again: a secret stays only with the address that it is for now', async () => {
    const { id } = await create({ name: 'Contested', postgres: postgres() })
    const move = async (tx: SqlClient): Promise<void> => {
      const before = await readConnection(tx, id)
      if (before?.type !== 'POSTGRES') throw new Error('not saved')
      await updateConnection(tx, { ...before, settings: { ...before.settings, host: 'elsewhere' } }, before.version)
    }
    const second = await whileHeld(kit.control, move, () =>
      problems(UPDATE, { id, input: { name: 'Contested', postgres: postgres({ password: null }) } }),
    )
    expect(second).toEqual({
      status: 'fulfilled',
      value: ['postgres.password: postgres.password must be given again: the one that is kept is for the address and user before'],
    })
    expect((await readConnection(kit.control.db, id))?.settings).toMatchObject({ host: 'elsewhere' })
    await kit.graphql(DELETE, { id })
  })

  it('reads its token from no file but those of the folder of tokens', async () => {
    const folder = join(kit.home, 'tokens')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const secret = join(kit.home, 'secret')
    writeFileSync(secret, 'not for them', { mode: 0o600 })
    symlinkSync(secret, join(folder, 'link'))
    mkdirSync(join(folder, 'inner'))
    writeFileSync(join(folder, 'inner', 'token'), 'oauth-1', { mode: 0o600 })
    const withFile = (tokenFile: string) => ({
      name: 'File',
      snowflake: { account: 'A', user: 'U', authenticator: 'OAUTH', tokenFile, accessUrl: 'http://127.0.0.1:1' },
    })
    for (const file of [secret, '/etc/passwd', 'token', folder, `${folder}/../secret`, `${folder}/link`, `${folder}s/token`]) {
      expect(await problems(CREATE, { input: withFile(file) })).toEqual([
        `snowflake.tokenFile: snowflake.tokenFile must be a file in ${folder}, or /snowflake/session/token; it is "${file}"`,
      ])
    }
    const gone = join(folder, 'gone')
    expect(await problems(CREATE, { input: withFile(gone) })).toEqual([
      `snowflake.tokenFile: snowflake.tokenFile is not there: put the token into ${gone}`,
    ])
    await kit.graphql(DELETE, { id: (await create(withFile('/snowflake/session/token'))).id })
    const sentTo = (accessUrl: string) => ({ name: 'File', snowflake: { ...withFile('/snowflake/session/token').snowflake, accessUrl } })
    for (const accessUrl of ['https://example.com', 'https://snowflakecomputing.com.example.com', 'https://xsnowflakecomputing.com']) {
      expect(await problems(CREATE, { input: sentTo(accessUrl) })).toEqual([
        expect.stringMatching(/accessUrl must be an address of Snowflake's own/),
      ])
    }
    await kit.graphql(DELETE, { id: (await create(sentTo('https://a.privatelink.snowflakecomputing.com'))).id })
    const made = await create(withFile(join(folder, 'inner', 'token')))
    expect((await test(made.id)).message).toMatch(/could not be reached/)
    // What was a token when it was saved may be a link by now.
    rmSync(join(folder, 'inner', 'token'))
    symlinkSync(secret, join(folder, 'inner', 'token'))
    expect((await test(made.id)).message).toMatch(/^The token file must be a file in /)
    await kit.graphql(DELETE, { id: made.id })
  })
})
