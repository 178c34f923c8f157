import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../worker/src/engines/engine.ts'
import { engineOn, executeOn, type SignInChange } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

const PASSPHRASE = 'open sesame'
const keyPair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    plain: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    encrypted: privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }).toString(),
  }
}

const keys = keyPair()
const others = keyPair()
const folder = mkdtempSync(join(tmpdir(), 'flakebench-token-'))
const tokenFile = join(folder, 'token')
const USERS = [
  {
    name: 'BENCH',
    password: 'bench',
    defaultRole: 'BENCH_ROLE',
    roles: ['BENCH_ROLE', 'OTHER_ROLE'],
    publicKeyPem: keys.publicKeyPem,
    oauthTokens: ['first', 'second'],
    expiredOauthTokens: ['stale'],
    pats: ['pat-1'],
  },
]

let sut: SnowflakeSut
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: 10, server: { users: USERS } })
})
afterAll(async () => {
  await sut?.drop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => sut.wire.setUsers(USERS))

const keyPairSecret = (privateKey: string, passphrase: string | null = null): string => JSON.stringify({ privateKey, passphrase })

const signIn = async (change: SignInChange): Promise<Engine> => {
  const engine = engineOn(sut, {}, change)
  const connection = await engine.connect()
  expect(await executeOn(connection, 'SELECT CURRENT_USER()')).toBeNull()
  await connection.close()
  return engine
}

const refusalOf = async (change: SignInChange): Promise<string> => {
  const engine = engineOn(sut, {}, change)
  const error = await engine.connect().then(
    () => 'it was let in',
    (refused: unknown) => refused,
  )
  return engine.explainRefusal(error)
}

describe('the engine signs in with', () => {
  it.each([
    ['a password', { secret: 'bench' }],
    ['a key', { settings: { authenticator: 'KEY_PAIR' }, secret: keyPairSecret(keys.plain) }],
    ['a key with a passphrase', { settings: { authenticator: 'KEY_PAIR' }, secret: keyPairSecret(keys.encrypted, PASSPHRASE) }],
    ['an OAuth token', { settings: { authenticator: 'OAUTH' }, secret: 'first' }],
    ['a programmatic access token', { settings: { authenticator: 'PAT' }, secret: 'pat-1' }],
    ['another role', { settings: { role: 'OTHER_ROLE' } }],
  ] as [string, SignInChange][])('%s', async (_, change) => {
    await signIn(change)
  })

  it('the token that is in its file just then', async () => {
    const change: SignInChange = { settings: { authenticator: 'OAUTH', tokenFile }, secret: null, tokenFolder: folder }
    writeFileSync(tokenFile, 'first', { mode: 0o600 })
    const engine = await signIn(change)
    writeFileSync(tokenFile, 'second', { mode: 0o600 })
    sut.wire.setUsers(USERS.map(user => ({ ...user, oauthTokens: ['second'] })))
    const connection = await engine.connect()
    expect(await executeOn(connection, 'SELECT 1')).toBeNull()
    await connection.close()
  })
})

describe('the engine is refused, in words that say what to do, for', () => {
  it.each([
    ['a wrong password', { secret: 'wrong' }, /the user BENCH or the password/],
    ['an unknown user', { settings: { user: 'NOBODY' } }, /the user NOBODY or the password/],
    ["someone else's key", { settings: { authenticator: 'KEY_PAIR' }, secret: keyPairSecret(others.plain) }, /RSA_PUBLIC_KEY/],
    [
      'a wrong passphrase',
      { settings: { authenticator: 'KEY_PAIR' }, secret: keyPairSecret(keys.encrypted, 'nope') },
      /private key cannot be read/,
    ],
    ['an unknown token', { settings: { authenticator: 'OAUTH' }, secret: 'nope' }, /OAuth token: save a new token/],
    ['an expired token', { settings: { authenticator: 'OAUTH' }, secret: 'stale' }, /has expired: save a new token/],
    [
      'an expired token in a file',
      { settings: { authenticator: 'OAUTH', tokenFile }, secret: null, tokenFolder: folder },
      /has expired: have .* renewed/,
    ],
    [
      'a token file elsewhere',
      { settings: { authenticator: 'OAUTH', tokenFile: '/etc/passwd' }, secret: null, tokenFolder: folder },
      /token file cannot be read \(the token file must be a file in .*; it is "\/etc\/passwd"\)/,
    ],
    ['an unknown access token', { settings: { authenticator: 'PAT' }, secret: 'nope' }, /access token: save a new token/],
    ['a role that is not granted', { settings: { role: 'NOT_MINE' } }, /The role NOT_MINE cannot be used/],
    ['an address where nobody answers', { settings: { accessUrl: 'http://127.0.0.1:9' } }, /Nothing answers/],
  ] as [string, SignInChange, RegExp][])('%s', async (_, change, words) => {
    if (change.settings?.tokenFile === tokenFile) writeFileSync(tokenFile, 'stale', { mode: 0o600 })
    expect(await refusalOf(change)).toMatch(words)
  })
})
