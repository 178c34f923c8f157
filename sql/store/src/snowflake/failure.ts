/**
 * What went wrong: the server refused (SERVER), could not be reached (NETWORK), no longer knows the session (SESSION_LOST), did not answer by our own
 * deadline (TIMEOUT), or the driver refused to send it at all (CLIENT). Only after SERVER and CLIENT is it certain that the statement was not executed.
 */
export type SnowflakeFailureKind = 'SERVER' | 'NETWORK' | 'SESSION_LOST' | 'TIMEOUT' | 'CLIENT'

/** A failure of Snowflake or its driver, in one shape. */
export class SnowflakeFailure extends Error {
  override readonly name: string = 'SnowflakeFailure'
  constructor(
    readonly kind: SnowflakeFailureKind,
    /** Snowflake's code, six digits, for SERVER; else the driver's. */
    readonly code: string,
    readonly sqlState: string | null,
    message: string,
    readonly queryId: string | null = null,
    /** How often the driver had sent the request again. */
    readonly retries = 0,
    options: ErrorOptions = {},
  ) {
    super(message, options)
  }
}

/** Our own deadline has passed. The statement was cancelled, but may have been executed all the same. */
export class SnowflakeTimeout extends SnowflakeFailure {
  override readonly name = 'SnowflakeTimeout'
  constructor(what: string, deadlineMs: number, queryId: string | null = null, retries = 0) {
    super('TIMEOUT', 'TIMEOUT', null, `${what} within ${deadlineMs / 1_000} s`, queryId, retries)
  }
}

/** The driver's codes for a connection that is over, and the server's for a session it no longer knows. 390112 is renewed by the driver itself. */
const SESSION_CODES = new Set(['401004', '405503', '407001', '407002', '390104', '390111', '390112', '390114'])
/** Could not connect, request failed, answer is no JSON; the same for a chunk of a large result. */
const NETWORK_CODES = new Set(['401001', '401002', '401003', '402001', '402002'])

interface DriverError {
  readonly name?: unknown
  readonly code?: unknown
  readonly sqlState?: unknown
  readonly message?: unknown
  readonly isFatal?: unknown
  readonly data?: { readonly queryId?: unknown } | null
  readonly response?: { readonly status?: unknown; readonly statusCode?: unknown } | null
  readonly cause?: { readonly code?: unknown; readonly message?: unknown } | null
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** @param error whatever the driver threw or called back with */
export const toSnowflakeFailure = (error: unknown, retries = 0): SnowflakeFailure => {
  if (error instanceof SnowflakeFailure) return error
  const driverError = (error ?? {}) as DriverError
  const code = String(driverError.code ?? '')
  const kind = kindOf(driverError, code)
  const queryId = textOf(driverError.data?.queryId)
  return new SnowflakeFailure(kind, code, textOf(driverError.sqlState), wordsOf(driverError, kind), queryId, retries, { cause: error })
}

const kindOf = (error: DriverError, code: string): SnowflakeFailureKind => {
  if (SESSION_CODES.has(code) || error.isFatal === true) return 'SESSION_LOST'
  if (NETWORK_CODES.has(code) || error.name === 'NetworkError' || error.name === 'RequestFailedError') return 'NETWORK'
  return error.name === 'OperationFailedError' ? 'SERVER' : 'CLIENT'
}

const wordsOf = (error: DriverError, kind: SnowflakeFailureKind): string => {
  const words = textOf(error.message) ?? 'no reason was given'
  if (kind !== 'NETWORK') return words
  const status = error.response?.status ?? error.response?.statusCode
  if (status !== undefined) return `Snowflake answered with HTTP status ${String(status)}`
  const cause = textOf(error.cause?.code) ?? textOf(error.cause?.message)
  return cause === null ? `Snowflake could not be reached: ${words}` : `Snowflake could not be reached: ${cause}`
}

/** A row of that key is there already: 200001 for a primary key of a hybrid table; unique constraints are told by their words. */
export const isDuplicateKeyFailure = (failure: SnowflakeFailure): boolean =>
  failure.code === '200001' || /primary key already exists|duplicate key value/i.test(failure.message)

/** A lock was not to be had in time: of a row of a hybrid table, or of a standard table. */
export const isLockTimeout = (failure: SnowflakeFailure): boolean =>
  failure.kind === 'SERVER' &&
  (failure.code === '000625' ||
    /lock (could not be|was not) (acquired|obtained)|lock.*(timed out|time-?out)|waiters for this lock/i.test(failure.message))

/** It, and its transaction, was undone for a reason that passes: a deadlock, a lock not to be had, a table whose definition was just changed. */
export const isPassingFailure = (failure: SnowflakeFailure): boolean =>
  isLockTimeout(failure) ||
  (failure.kind === 'SERVER' && (failure.sqlState === '40001' || /deadlock|unaware of concurrent DDL/i.test(failure.message)))

/** The server itself ended the statement at its time limit. */
export const isStatementTimeout = (failure: SnowflakeFailure): boolean =>
  failure.code === '000630' || /statement or warehouse timeout/i.test(failure.message)

/** Wrong name or password, disabled user, locked user, a key that is not the user's, a programmatic token that is none. */
const SIGN_IN_CODES = new Set(['390100', '390101', '390102', '390144', '394400'])

/** A login was refused for who asked, or for how it was proven: asked again it would be refused again, and a user is locked after a few of these. */
export const isSignInRefused = (failure: SnowflakeFailure): boolean => failure.kind === 'SERVER' && SIGN_IN_CODES.has(failure.code)

/** Somebody or something cancelled the statement. */
export const isCancelled = (failure: SnowflakeFailure): boolean => failure.code === '000604'
