import { describe, expect, it } from 'vitest'
import { snowflakeFailure } from '../../worker/src/engines/snowflakeErrors.ts'
import { explainRefusal, explainStatement } from '../../worker/src/engines/snowflakeFaults.ts'

/** As the driver gives what the server refused. */
const refused = (code: string, sqlState: string | null, message: string) =>
  Object.assign(new Error(message), { name: 'OperationFailedError', code, sqlState: sqlState ?? undefined })
const unreachable = (socketCode: string) =>
  Object.assign(new Error('Network error. Could not reach Snowflake.'), {
    name: 'NetworkError',
    code: 401001,
    cause: Object.assign(new Error(socketCode), { code: socketCode }),
  })
const answered = (status: number) =>
  Object.assign(new Error('Request to Snowflake failed.'), { name: 'RequestFailedError', code: 401002, response: { status } })

describe('an error of Snowflake', () => {
  it.each([
    ['LOCK', refused('000625', '57014', "Statement 'x' has locked table 'T' in transaction 1 and this lock has not yet been released.")],
    ['LOCK', refused('000603', 'XX000', 'Deadlock was detected and the statement was rolled back')],
    ['LOCK', refused('000603', null, 'the number of waiters for this lock exceeds the 20 statements limit')],
    ['LOCK', refused('000603', null, 'DML was unaware of concurrent DDL. Please retry this query.')],
    ['TIMEOUT', refused('000630', '57014', 'Statement reached its statement or warehouse timeout of 30 second(s) and was canceled.')],
    ['TIMEOUT', refused('000000', '57014', 'Statement timed out while queued')],
    ['CANCELLED', refused('000604', '57014', 'SQL execution canceled')],
    ['CONSTRAINT', refused('200001', '22000', 'Primary key already exists')],
    ['CONSTRAINT', refused('100072', '22000', 'NULL result in a non-nullable column')],
    ['CONSTRAINT', refused('200009', '22000', 'Duplicate key value violates unique constraint "U"')],
    ['SYNTAX', refused('001003', '42000', "SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'X'.")],
    ['MISSING_OBJECT', refused('002003', '42S02', "Object 'T' does not exist or not authorized.")],
    ['MISSING_OBJECT', refused('000904', '42000', "invalid identifier 'NOPE'")],
    ['PERMISSION', refused('003001', '42501', "SQL access control error: Insufficient privileges to operate on table 'T'")],
    ['RESOURCE', refused('000606', '57P03', 'No active warehouse selected in the current session.')],
    ['DATA', refused('100038', '22018', "Numeric value 'abc' is not recognized")],
    ['AUTHENTICATION', refused('390100', null, 'Incorrect username or password was specified.')],
    ['CONNECTION', refused('390114', null, 'Authentication token has expired.')],
    ['CONNECTION', unreachable('ECONNREFUSED')],
    ['CONNECTION', answered(502)],
    ['THROTTLED', answered(429)],
    ['THROTTLED', answered(503)],
    ['CONNECTION', Object.assign(new Error('terminated'), { name: 'ClientError', code: 407002, sqlState: '08003', isFatal: true })],
    ['CONSTRAINT', refused('999999', '23505', 'something new')],
    ['OTHER', refused('999999', 'XX000', 'something new')],
  ])('is counted as %s: %s', (category, error) => {
    expect(snowflakeFailure(error).category).toBe(category)
  })

  it('shows no value that was bound, and no more than 500 characters', () => {
    expect(snowflakeFailure(refused('100038', '22018', "Numeric value 'it''s 4711' is not recognized")).sample).toBe(
      "Numeric value '…' is not recognized",
    )
    expect(snowflakeFailure(refused('999999', null, 'x'.repeat(2_000))).sample).toHaveLength(500)
  })
})

describe('a refusal of a session', () => {
  const address = { account: 'ORG-ACC', user: 'BENCH', role: 'R', warehouse: 'WH', tokenFile: null }
  it.each([
    [refused('390100', null, 'Incorrect username or password was specified.'), /BENCH or the password: check both/],
    [refused('390144', null, 'JWT token is invalid.'), /RSA_PUBLIC_KEY/],
    [refused('390318', null, 'OAuth access token expired.'), /save a new token in the connection/],
    [refused('390303', null, 'Invalid OAuth access token.'), /OAuth token/],
    [
      refused('390189', null, "Role 'R' specified in the connect string does not exist or not authorized."),
      /The role R .*grant it to BENCH/,
    ],
    [
      refused('390422', null, 'Incoming request with IP/Token 10.0.0.1 is not allowed to access Snowflake.'),
      /network policy .*10\.0\.0\.1/,
    ],
    [unreachable('ENOTFOUND'), /account ORG-ACC is not known/],
    [unreachable('ECONNREFUSED'), /Nothing answers/],
    [answered(404), /There is no Snowflake account ORG-ACC/],
    [answered(503), /lets nobody in/],
    [Object.assign(new Error('error:1E08010C:DECODER routines::unsupported'), { name: 'Error' }), /private key cannot be read/],
    [refused('393999', null, 'Something. New.'), /No session could be opened with Snowflake account ORG-ACC: Something. New$/],
  ])('%s says what to do', (error, words) => {
    expect(explainRefusal(error, address)).toMatch(words)
  })

  it('names the token file where there is one', () => {
    expect(explainRefusal(refused('390318', null, 'expired'), { ...address, tokenFile: '/run/token' })).toMatch(/have \/run\/token renewed/)
  })
})

describe('a refusal of a statement', () => {
  it.each([
    [
      refused('000904', '42000', "SQL compilation error: error line 1 at position 7\ninvalid identifier 'NOPE'"),
      /names a column .*'NOPE'\): correct/,
    ],
    [
      refused('003001', '42501', "SQL access control error:\nInsufficient privileges to operate on table 'T'."),
      /insert is not allowed .*grant/,
    ],
    [refused('002003', '42S02', "Object 'X' does not exist or not authorized."), /names what does not exist/],
    [refused('001003', '42000', 'syntax error'), /was refused \(syntax error\)/],
  ])('%s says what to do', (error, words) => {
    expect(explainStatement(error, 'insert')).toMatch(words)
  })
})
