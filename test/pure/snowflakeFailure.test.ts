import { describe, expect, it } from 'vitest'
import { isDuplicateKey } from '../../sql/store/src/client/duplicateKey.ts'
import {
  isPassingFailure,
  isStatementTimeout,
  SnowflakeFailure,
  SnowflakeTimeout,
  toSnowflakeFailure,
} from '../../sql/store/src/snowflake/failure.ts'

/** As the driver throws them. */
const refused = (code: string, sqlState: string, message: string): object => ({
  name: 'OperationFailedError',
  code,
  sqlState,
  message,
  data: { queryId: 'q1' },
})

describe('a failure of the driver', () => {
  it.each([
    [refused('001003', '42000', 'SQL compilation error'), 'SERVER', /compilation/],
    [refused('390100', '08004', 'Incorrect username or password was specified.'), 'SERVER', /Incorrect username/],
    [refused('390104', '08001', 'User must login again to access the service.'), 'SESSION_LOST', /login again/],
    [refused('390114', '', 'Authentication token has expired.'), 'SESSION_LOST', /expired/],
    [
      { name: 'ClientError', code: 407002, sqlState: '08003', isFatal: true, message: 'terminated connection' },
      'SESSION_LOST',
      /terminated/,
    ],
    [
      { name: 'NetworkError', code: 401001, message: 'Network error.', cause: { code: 'ECONNREFUSED' } },
      'NETWORK',
      /could not be reached: ECONNREFUSED/,
    ],
    [{ name: 'RequestFailedError', code: 401002, message: 'Request failed.', response: { statusCode: 503 } }, 'NETWORK', /HTTP status 503/],
    [{ name: 'NetworkError', code: 401001, message: 'Network error.' }, 'NETWORK', /could not be reached: Network error/],
    [{ name: 'InvalidParameterError', code: 409008, message: 'Invalid bind' }, 'CLIENT', /Invalid bind/],
    [new TypeError('Do not know how to serialize a BigInt'), 'CLIENT', /BigInt/],
    ['words', 'CLIENT', /no reason/],
  ])('%o is of the kind %s', (error, kind, message) => {
    const failure = toSnowflakeFailure(error, 2)
    expect(failure).toBeInstanceOf(SnowflakeFailure)
    expect(failure).toMatchObject({ kind, retries: 2, message: expect.stringMatching(message) })
    expect(toSnowflakeFailure(failure)).toBe(failure)
  })

  it('keeps code, state and query', () => {
    expect(toSnowflakeFailure(refused('000630', '57014', 'x'))).toMatchObject({ code: '000630', sqlState: '57014', queryId: 'q1' })
  })

  it.each([
    [refused('000625', '57014', 'Statement has locked table T in transaction 1 and this lock has not yet been released.'), true],
    [refused('200005', '40001', 'Your statement was aborted because of a deadlock.'), true],
    [refused('000603', 'XX000', 'DML was unaware of concurrent DDL. Please retry this query.'), true],
    [refused('000625', '', 'The number of waiters for this lock exceeds the 20 statements limit.'), true],
    [refused('000630', '57014', 'Statement reached its statement or warehouse timeout of 5 second(s) and was canceled.'), false],
    [refused('100072', '22000', 'NULL result in a non-nullable column BLOCKED'), false],
    [{ name: 'NetworkError', code: 401001, message: 'deadlock' }, false],
  ])('%o passes: %s', (error, passes) => {
    expect(isPassingFailure(toSnowflakeFailure(error))).toBe(passes)
  })

  it('tells the server’s time limit from a cancellation of the same state', () => {
    expect(isStatementTimeout(toSnowflakeFailure(refused('000630', '57014', 'x')))).toBe(true)
    expect(isStatementTimeout(toSnowflakeFailure(refused('000604', '57014', 'SQL execution canceled')))).toBe(false)
    expect(new SnowflakeTimeout('the statement did not end', 1_500).message).toBe('the statement did not end within 1.5 s')
  })

  it.each([
    [toSnowflakeFailure(refused('200001', '22000', 'Primary key already exists')), true],
    [toSnowflakeFailure(refused('200001', '22000', 'Duplicate key value violates unique constraint CONNECTIONS_NAME')), true],
    [toSnowflakeFailure(refused('100072', '22000', 'NULL result')), false],
    [Object.assign(new Error('x'), { code: '23505' }), true],
    [Object.assign(new Error('x'), { code: '23503' }), false],
    [null, false],
  ])('%o is a duplicate key: %s', (error, is) => {
    expect(isDuplicateKey(error)).toBe(is)
  })
})
