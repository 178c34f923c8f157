import { describe, expect, it } from 'vitest'
import { describeControlDatabase, faultsOfControlUrl } from '../../sql/store/src/client/openControlDatabase.ts'
import { connectionOptions, describeSignIn, type SnowflakeSignIn } from '../../sql/store/src/snowflake/signIn.ts'
import { parseSnowflakeUrl } from '../../sql/store/src/snowflake/snowflakeUrl.ts'

const PEM = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n-----END ENCRYPTED PRIVATE KEY-----\n'
const FILES: Readonly<Record<string, string>> = { '/k.p8': PEM, '/no.p8': 'ssh-rsa AAAA' }
const readFile = (path: string): string => {
  const text = FILES[path]
  if (text === undefined) throw new Error(`ENOENT: ${path}`)
  return text
}
const parse = (rest: string) => parseSnowflakeUrl(`snowflake://${rest}`, readFile)
const signInOf = (rest: string): SnowflakeSignIn => {
  const { signIn, faults } = parse(rest)
  expect(faults).toEqual([])
  return signIn as SnowflakeSignIn
}

describe('the address of a control database on Snowflake', () => {
  it('names account, user, password, database, warehouse, role and another way in', () => {
    expect(signInOf('Jo%40x:p%2Fw%3A1@ORG-acc_1.eu/Bench?warehouse=WH&role=R&accessUrl=http://127.0.0.1:8085')).toEqual({
      account: 'ORG-acc_1.eu',
      user: 'Jo@x',
      role: 'R',
      warehouse: 'WH',
      database: 'Bench',
      schema: null,
      accessUrl: 'http://127.0.0.1:8085',
      auth: { type: 'PASSWORD', password: 'p/w:1' },
    })
  })

  it.each([
    ['u@A/D?warehouse=W&privateKeyFile=/k.p8&passphrase=s%26p', { type: 'KEY_PAIR', privateKey: PEM, passphrase: 's&p' }],
    ['u@A/D?warehouse=W&privateKeyFile=/k.p8', { type: 'KEY_PAIR', privateKey: PEM, passphrase: null }],
    ['@A/D?warehouse=W&tokenFile=/t', { type: 'OAUTH', tokenFile: '/t' }],
    ['u:tok@A/D?warehouse=W&authenticator=oauth', { type: 'OAUTH', token: 'tok' }],
    ['u:tok@A/D?warehouse=W&authenticator=pat', { type: 'PAT', token: 'tok' }],
    ['u@A/D?warehouse=W&authenticator=pat&tokenFile=/t', { type: 'PAT', tokenFile: '/t' }],
  ])('%s signs in as told', (rest, auth) => {
    expect(signInOf(rest).auth).toEqual(auth)
  })

  it('tells all its faults at once', () => {
    expect(parse('/?role=R&wharehouse=W&authenticator=browser&accessUrl=ftp://x').faults).toEqual([
      expect.stringMatching(/unknown parameter "wharehouse"/),
      expect.stringMatching(/names no account/),
      expect.stringMatching(/must name a database/),
      expect.stringMatching(/names no warehouse/),
      expect.stringMatching(/accessUrl that does not begin with https/),
      expect.stringMatching(/unknown authenticator "browser"/),
    ])
  })

  it.each([
    ['u@A/D?warehouse=W', /holds no password/],
    [':p@A/D?warehouse=W', /names no user/],
    ['u:p@A/my-db?warehouse=W', /must name a database, of letters/],
    ['u:p@A/D.S?warehouse=W', /must name a database, of letters/],
    ['u@A/D?warehouse=W&privateKeyFile=/gone', /privateKeyFile that cannot be read: ENOENT/],
    ['u@A/D?warehouse=W&privateKeyFile=/no.p8', /holds no PKCS #8 key/],
    ['u@A/D?warehouse=W&authenticator=keypair', /must name the privateKeyFile/],
    ['u@A/D?warehouse=W&authenticator=pat', /holds no token for pat/],
    ['u:100%@A/D?warehouse=W', /a % that encodes nothing/],
  ])('%s has one fault', (rest, fault) => {
    expect(parse(rest)).toEqual({ signIn: null, faults: [expect.stringMatching(fault)] })
  })

  it('is told from a PostgreSQL one, and from anything else', () => {
    expect(faultsOfControlUrl('postgresql://u:p@h:1/d')).toEqual([])
    expect(faultsOfControlUrl('snowflake://u:p@A/D?warehouse=W')).toEqual([])
    expect(faultsOfControlUrl('snowflake://u:p@A/D')).toEqual([expect.stringMatching(/^names no warehouse/)])
    expect(faultsOfControlUrl('mysql://h/d')).toEqual(['must begin with postgresql:// or snowflake://'])
    expect(faultsOfControlUrl('postgresql://u:p@h:x/d')).toEqual([expect.stringMatching(/^is not an address/)])
  })

  it('is described without its secrets', () => {
    expect(describeControlDatabase('snowflake://u:pw@A/D?warehouse=W')).toBe('Snowflake account A, database D, warehouse W')
    expect(describeControlDatabase('postgresql://u:pw@h:1/d')).toBe('PostgreSQL at h:1/d')
  })
})

describe('what the driver is given', () => {
  const signIn = signInOf('u:secret@A/D?warehouse=W&accessUrl=http://h:1')

  it('is a fresh object each time, because the driver changes it', () => {
    const first = connectionOptions(signIn, 'a')
    first.account = 'changed'
    expect(connectionOptions(signIn, 'a')).toMatchObject({
      account: 'A',
      username: 'u',
      password: 'secret',
      database: 'D',
      accessUrl: 'http://h:1',
    })
    expect(connectionOptions(signIn, 'a')).not.toHaveProperty('role')
  })

  it.each([
    [
      { type: 'KEY_PAIR', privateKey: PEM, passphrase: 'x' },
      { authenticator: 'SNOWFLAKE_JWT', privateKey: PEM, privateKeyPass: 'x' },
    ],
    [
      { type: 'OAUTH', tokenFile: '/t' },
      { authenticator: 'OAUTH', tokenFilePath: '/t' },
    ],
    [
      { type: 'PAT', token: 'x' },
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'x' },
    ],
  ] as const)('of %j is what it calls that', (auth, options) => {
    expect(connectionOptions({ ...signIn, auth }, 'a')).toMatchObject(options)
    expect(connectionOptions({ ...signIn, auth }, 'a')).not.toHaveProperty('password')
  })

  it('has an address without a slash at its end, because the driver adds one', () => {
    expect(connectionOptions({ ...signIn, accessUrl: 'http://h:1/' }, 'a').accessUrl).toBe('http://h:1')
  })

  it.each([
    ['flakebench server', 'flakebench_server'],
    ['flakebench w-1.2', 'flakebench_w-1.2'],
    ['1st', 'x1st'],
    ['x', 'xx'],
    ['a'.repeat(80), 'a'.repeat(51)],
  ])('names the application %s so that Snowflake takes it', (name, taken) => {
    expect(connectionOptions(signIn, name).application).toBe(taken)
    expect(taken).toMatch(/^[A-Za-z][A-Za-z0-9._-]{1,50}$/)
  })

  it('is described without a secret', () => {
    expect(describeSignIn(signIn)).not.toContain('secret')
  })
})
