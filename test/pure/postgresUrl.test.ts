import { describe, expect, it } from 'vitest'
import { inConnectionWords } from '../../client/src/ui/words/connectionProblems.ts'
import { parsePostgresUrl } from '../../server/src/api/connection/postgresUrl.ts'
import { readConnectionInput } from '../../server/src/api/connection/readConnectionInput.ts'

const NOTHING = { host: null, port: null, user: null, database: null, password: null, tls: null }

describe('an address of PostgreSQL', () => {
  it.each([
    ['postgresql://ann:s3cret@db.example.com:6432/orders?sslmode=verify-full', 'db.example.com', 6432, 'ann', 's3cret', 'orders', 'VERIFY'],
    ['postgres://ann@db.example.com/orders?sslmode=disable', 'db.example.com', null, 'ann', null, 'orders', 'OFF'],
    ['postgresql://ann:p%40ss%2F%23%3A@h/d%20b', 'h', null, 'ann', 'p@ss/#:', 'd b', null],
    ['postgresql://[::1]:5433/d?sslmode=prefer', '::1', 5433, null, null, 'd', null],
    ['postgresql://u:p@h/d?sslmode=require&channel_binding=require&application_name=x', 'h', null, 'u', 'p', 'd', 'VERIFY'],
  ])('is taken apart: %s', (url, host, port, user, password, database, tls) => {
    expect(parsePostgresUrl(` ${url}\n`)).toEqual({ ...NOTHING, host, port, user, password, database, tls })
  })

  it.each([
    'mysql://u:hidden@h/d',
    'postgresql://u:hidden/x@h/d',
    'postgresql://u:12/hidden@h/d',
    'postgresql://u:1#hidden@h/d',
    'postgresql://u:1?hidden@h/d',
    'postgresql://u:%zzhidden@h/d',
    'postgresql://u:hidden@h1,h2/d',
    'postgresql://u:hidden@h:70000/d',
    'postgresql://u:p@h/d?host=/hidden',
    'postgresql://u:p@h/d?sslmode=hidden',
    'postgresql://u:p@h/d?sslrootcert=/hidden',
    'hidden',
  ])('that is none is refused without a word of it: %s', url => {
    const read = parsePostgresUrl(url)
    expect(read).toEqual({ fault: expect.any(String) })
    expect(JSON.stringify(read)).not.toContain('hidden')
  })
})

describe('a whole address in a field for a part of it', () => {
  const problemsOf = (input: object): string[] =>
    readConnectionInput({ name: 'x', ...input } as Parameters<typeof readConnectionInput>[0], null, '/tokens').problems.map(
      ({ path, message }) => message.replace(`${path} `, `${path}: `),
    )
  const postgres = (host: string) => problemsOf({ postgres: { host, user: 'u', database: 'd', password: 'p' } })
  const snowflake = (change: object) =>
    problemsOf({ snowflake: { account: 'ORG-ACCT', user: 'u', authenticator: 'PASSWORD', password: 'p', ...change } })
  const ACCOUNT = 'snowflake.account: must be the account alone, as ORGANISATION-ACCOUNT, without https:// and .snowflakecomputing.com'
  const HTTPS = 'snowflake.accessUrl: must be an address that begins with https://'

  it.each([
    ['postgresql://u:hidden@h:5432/d', 'put a whole address into postgres.url'],
    ['jdbc:postgresql://h:5432/d', 'put a whole address into postgres.url'],
    ['host=h password=hidden', 'put a whole address into postgres.url'],
    ['h.example.com:6432', 'put the port into postgres.port; it is "h.example.com:6432"'],
  ])('as the host of a PostgreSQL says where to put it: %s', (host, advice) => {
    expect(postgres(host)).toEqual([`postgres.host: must be a name or an address alone: ${advice}`])
  })

  it('may be one of IPv6, which is an address alone', () => {
    expect(postgres('fe80::1')).toEqual([])
  })

  it.each([
    ['https://org-acct.snowflakecomputing.com/console#/x', ': write "org-acct"'],
    ['ab12345.eu-central-1.snowflakecomputing.com', ': write "ab12345.eu-central-1"'],
    ['https://org-acct.privatelink.snowflakecomputing.com', ': write "org-acct", and put the address into snowflake.accessUrl'],
    ['https://app.snowflake.com/myorg/bench/#/homepage', ': write "myorg-bench"'],
    ['https://app.snowflake.com/us-west-2/ab12345', ': put an address into snowflake.accessUrl'],
    ['https://db.example.com', ': put an address into snowflake.accessUrl'],
    ['snowflake://u:hidden@org-acct/db', ': put user and password into the fields of their own'],
    ['https://u:hidden@org-acct.snowflakecomputing.com', ': put user and password into the fields of their own'],
    ['jdbc:snowflake://org-acct.snowflakecomputing.com?password=hidden', ': put user and password into the fields of their own'],
    ['two words', '; it is "two words"'],
  ])('as the account of a Snowflake says what to write instead: %s', (account, advice) => {
    expect(snowflake({ account })).toEqual([`${ACCOUNT}${advice}`])
  })

  it.each([
    [
      'snowflake://u:hidden@org-acct/db',
      `${HTTPS}: put the account into snowflake.account, and put user and password into the fields of their own`,
    ],
    ['http://example.com', `${HTTPS} (http:// on this machine only); it is "http://example.com"`],
    [
      'https://u:hidden@org-acct.snowflakecomputing.com',
      'snowflake.accessUrl: must hold no user and no password: put user and password into the fields of their own',
    ],
    [
      'https://org-acct.snowflakecomputing.com/console?x=hidden',
      'snowflake.accessUrl: must end after host and port: write "https://org-acct.snowflakecomputing.com"',
    ],
  ])('as the address of a Snowflake says what to write instead: %s', (accessUrl, problem) => {
    expect(snowflake({ accessUrl })).toEqual([problem])
  })

  it('is told at the field in the words of the form', () => {
    expect(inConnectionWords('must be a name or an address alone: put a whole address into postgres.url')).toBe(
      'must be a name or an address alone: put a whole address into “URL”',
    )
  })
})
