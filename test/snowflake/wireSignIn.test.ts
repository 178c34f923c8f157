import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FreshSnowflake, freshSnowflake } from './kit/freshSnowflake.ts'
import { refusal, signIn } from './kit/signedIn.ts'

const newKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
const key = newKey()
const otherKey = newKey()

let fresh: FreshSnowflake
beforeAll(async () => {
  const users = [
    { name: 'ann', password: 'secret', defaultRole: 'analyst', roles: ['ANALYST', 'PUBLIC'] },
    { name: 'KEYED', publicKeyPem: key.publicKey },
    { name: 'TOKENED', oauthTokens: ['good'], expiredOauthTokens: ['old'], pats: ['pat-1'] },
  ]
  fresh = await freshSnowflake({ users })
})
afterAll(() => fresh.drop())

it('lets a password in, and no other', async () => {
  const { run } = await signIn(fresh.server, { username: 'ann', password: 'secret' })
  expect(
    (await run('SELECT CURRENT_USER() AS u, CURRENT_ROLE() AS r, CURRENT_DATABASE() AS d, CURRENT_SCHEMA() AS s, CURRENT_WAREHOUSE() AS w'))
      .rows,
  ).toEqual([{ U: 'ANN', R: 'ANALYST', D: 'BENCH', S: 'PUBLIC', W: 'BENCH_WH' }])
  for (const options of [
    { username: 'ann', password: 'wrong' },
    { username: 'nobody', password: 'secret' },
    { username: 'KEYED', password: 'x' },
  ]) {
    expect(String((await refusal(signIn(fresh.server, options))).code)).toBe('390100')
  }
})

it('lets the holder of a key in, and no other', async () => {
  const asKeyed = { username: 'KEYED', password: undefined, authenticator: 'SNOWFLAKE_JWT' } as never as { username: string }
  const { run } = await signIn(fresh.server, { ...asKeyed, privateKey: key.privateKey })
  expect((await run('SELECT CURRENT_USER() AS u')).rows).toEqual([{ U: 'KEYED' }])
  const wrong = signIn(fresh.server, { ...asKeyed, privateKey: otherKey.privateKey, sfRetryMaxLoginRetries: 1 } as never)
  expect(String((await refusal(wrong)).code)).toBe('390144')
})

it('lets OAuth tokens in that are valid', async () => {
  const oauth = { username: undefined, password: undefined, authenticator: 'OAUTH' } as never as { username: string }
  const { run } = await signIn(fresh.server, { ...oauth, token: 'good' })
  expect((await run('SELECT CURRENT_USER() AS u')).rows).toEqual([{ U: 'TOKENED' }])
  expect(String((await refusal(signIn(fresh.server, { ...oauth, token: 'bad' }))).code)).toBe('390303')
  expect(String((await refusal(signIn(fresh.server, { ...oauth, token: 'old' }))).code)).toBe('390318')
})

it('lets programmatic access tokens in', async () => {
  const pat = { username: 'TOKENED', password: undefined, authenticator: 'PROGRAMMATIC_ACCESS_TOKEN' } as never as { username: string }
  await signIn(fresh.server, { ...pat, token: 'pat-1' })
  expect(String((await refusal(signIn(fresh.server, { ...pat, token: 'pat-2' }))).code)).toBe('394400')
})

it('refuses a role that the user does not have', async () => {
  expect(String((await refusal(signIn(fresh.server, { username: 'ann', password: 'secret', role: 'boss' }))).code)).toBe('390189')
  const { run } = await signIn(fresh.server, { username: 'ann', password: 'secret', role: 'public' })
  await run('USE ROLE analyst')
  expect((await refusal(run('USE ROLE boss'))).sqlState).toBe('42501')
})

it('signs in without a place that does not exist', async () => {
  const { run } = await signIn(fresh.server, { username: 'ann', password: 'secret', database: 'NOWHERE', warehouse: 'NO_WH' })
  expect((await run('SELECT CURRENT_DATABASE() AS d, CURRENT_WAREHOUSE() AS w')).rows).toEqual([{ D: null, W: null }])
})

it('changes who may sign in', async () => {
  const changing = await freshSnowflake()
  changing.server.setUsers([{ name: 'BENCH', password: 'new' }])
  expect(String((await refusal(signIn(changing.server))).code)).toBe('390100')
  await signIn(changing.server, { password: 'new' })
})
