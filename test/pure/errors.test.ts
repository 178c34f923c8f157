import { describe, expect, it } from 'vitest'
import { readArguments } from '../../worker/src/arguments.ts'
import { readConfig } from '../../worker/src/config.ts'
import { categoryOf, postgresFailure, sampleOf } from '../../worker/src/engines/postgresErrors.ts'
import { explainRefusal, explainStatement } from '../../worker/src/engines/postgresFaults.ts'
import { reconnectDelayMs } from '../../worker/src/load/reconnectDelay.ts'

describe('the category of a PostgreSQL error', () => {
  it.each([
    ['08006', 'connection failure', 'CONNECTION'],
    ['57P01', 'terminating connection due to administrator command', 'CONNECTION'],
    ['57P03', 'the database system is starting up', 'CONNECTION'],
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'CONNECTION'],
    ['ECONNRESET', 'read ECONNRESET', 'CONNECTION'],
    ['', 'Connection terminated unexpectedly', 'CONNECTION'],
    ['', 'timeout expired', 'CONNECTION'],
    ['28P01', 'password authentication failed', 'AUTHENTICATION'],
    ['57014', 'canceling statement due to statement timeout', 'TIMEOUT'],
    ['57014', 'canceling statement due to user request', 'CANCELLED'],
    ['40P01', 'deadlock detected', 'LOCK'],
    ['40001', 'could not serialize access', 'LOCK'],
    ['55P03', 'canceling statement due to lock timeout', 'LOCK'],
    ['23505', 'duplicate key', 'CONSTRAINT'],
    ['23502', 'null value', 'CONSTRAINT'],
    ['42P01', 'relation does not exist', 'MISSING_OBJECT'],
    ['42703', 'column does not exist', 'MISSING_OBJECT'],
    ['3D000', 'database does not exist', 'MISSING_OBJECT'],
    ['42601', 'syntax error', 'SYNTAX'],
    ['42501', 'permission denied', 'PERMISSION'],
    ['25006', 'cannot execute UPDATE in a read-only transaction', 'PERMISSION'],
    ['53300', 'too many clients already', 'RESOURCE'],
    ['53100', 'could not extend file', 'RESOURCE'],
    ['22001', 'value too long', 'DATA'],
    ['22P02', 'invalid input syntax', 'DATA'],
    ['XX000', 'cache lookup failed', 'OTHER'],
    ['', 'something else', 'OTHER'],
  ] as const)('%s (%s) is %s', (code, message, category) => {
    expect(categoryOf(code, message)).toBe(category)
  })

  it('comes with a sample that holds no bound value, and 500 characters at most', () => {
    expect(sampleOf('22P02', 'invalid input syntax for type integer: "secret 4711"')).toBe('invalid input syntax for type integer: "…"')
    expect(sampleOf('23505', 'duplicate key value violates unique constraint "orders_pkey"')).toContain('orders_pkey')
    expect(sampleOf('XX000', 'x'.repeat(900))).toHaveLength(500)
  })

  it('comes with a sample that is text for JSON: no half characters, no NUL', () => {
    expect(sampleOf('XX000', `${'x'.repeat(499)}😀`)).toBe(`${'x'.repeat(499)}\uFFFD`)
    expect(sampleOf('XX000', `${'x'.repeat(498)}😀`)).toBe(`${'x'.repeat(498)}😀`)
    expect(sampleOf('XX000', 'a\uDE00b\uD83Dc\0d')).toBe('a\uFFFDb\uFFFDcd')
  })

  it('is found for whatever was thrown', () => {
    expect(postgresFailure(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toEqual({
      category: 'CONNECTION',
      sample: 'ECONNREFUSED',
    })
    expect(postgresFailure('odd')).toEqual({ category: 'OTHER', sample: 'odd' })
    expect(postgresFailure(null)).toEqual({ category: 'OTHER', sample: 'null' })
  })
})

describe('the sentence for a person', () => {
  const address = { host: '127.0.0.1', port: 5432, user: 'bench', database: 'demo' }
  const failed = (code: string, message = 'as the server says') => Object.assign(new Error(message), code === '' ? {} : { code })
  it.each([
    [failed('28P01'), 'The password for bench at 127.0.0.1:5432 was refused: save the right one in the connection'],
    [failed('ECONNREFUSED'), "No PostgreSQL answers at 127.0.0.1:5432: check that it runs, and the connection's host and port"],
    [failed('3D000'), "The database demo does not exist at 127.0.0.1:5432: check the template's target and the connection"],
    [
      failed('', 'timeout expired'),
      "PostgreSQL at 127.0.0.1:5432 did not answer in time: check the connection's host and port, and firewalls between",
    ],
    [failed('XX000'), 'No session could be opened with PostgreSQL at 127.0.0.1:5432: as the server says'],
  ])('says why no session could be had: %s', (error, sentence) => {
    expect(explainRefusal(error, address)).toBe(sentence)
  })

  it.each([
    [
      failed('42703', 'column "foo" does not exist'),
      `Column foo of the point lookup's SQL does not exist (column "foo" does not exist): correct the template's SQL`,
    ],
    [
      failed('42501', 'permission denied for table orders'),
      "The point lookup is not allowed (permission denied for table orders): grant the connection's user what it needs",
    ],
    [
      failed('42601', 'syntax error at or near "FORM"'),
      `The point lookup's SQL was refused (syntax error at or near "FORM"): correct the template's SQL`,
    ],
  ])('says why a statement was not prepared: %s', (error, sentence) => {
    expect(explainStatement(error, 'point lookup')).toBe(sentence)
  })
})

describe('the way back to a SUT that is down', () => {
  it('gives at most 20 errors a second, slows down to one, and is spread by the jitter', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map(failures => reconnectDelayMs(failures, 0))).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000])
    expect(reconnectDelayMs(1, 1)).toBe(75)
  })
})

describe('what the worker is started with', () => {
  it('is refused with all faults at once', () => {
    expect(() => readConfig({})).toThrow(/CONTROL_DATABASE_URL is not set.*FLAKEBENCH_CREDENTIAL_KEY is not set/)
    expect(() =>
      readConfig({ CONTROL_DATABASE_URL: 'http://x', CONTROL_DATABASE_SCHEMA: 'a b', FLAKEBENCH_CREDENTIAL_KEY: 'short' }),
    ).toThrow(/must begin with postgres.*plain lower-case name.*32 bytes/)
    expect(() => readArguments(['--run-id', 'R', '--worker-group-id', 'x'])).toThrow(
      /--worker-id is missing.*--worker-group-id must be a whole number.*--worker-group-count is missing/,
    )
    expect(() => readArguments(['--nonsense'])).toThrow(/nonsense/)
  })

  it('is read when it is sound', () => {
    const key = 'A'.repeat(43).concat('=')
    expect(readConfig({ CONTROL_DATABASE_URL: 'postgres://u@h/d', FLAKEBENCH_CREDENTIAL_KEY: key })).toEqual({
      controlDatabaseUrl: 'postgres://u@h/d',
      controlDatabaseSchema: null,
      credentialKey: key,
      tokenFolder: null,
      spool: null,
    })
    expect(readArguments(['--run-id', 'R', '--worker-id', 'worker-1', '--worker-group-id', '1', '--worker-group-count', '2'])).toEqual({
      runId: 'R',
      workerId: 'worker-1',
      workerGroupId: 1,
      workerGroupCount: 2,
    })
  })
})
