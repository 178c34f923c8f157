import type { ErrorCategory } from '@flakebench/contract'
import { type SnowflakeFailure, toSnowflakeFailure } from '@flakebench/store'
import type { OperationFailure } from './engine.ts'

const SAMPLE_LENGTH = 500
/** Half a character, such as a cut leaves behind: not text for JSON. */
const LONE_SURROGATE = /\p{Surrogate}/gu

/** Codes that say it all. Source: Snowflake's documentation and its driver's constants. */
const BY_CODE: Readonly<Record<string, ErrorCategory>> = {
  // Lock not obtained in time, deadlock.
  '000625': 'LOCK',
  '200005': 'LOCK',
  // Statement or warehouse timeout; cancelled; no longer executing.
  '000630': 'TIMEOUT',
  '000604': 'CANCELLED',
  '000605': 'CANCELLED',
  // Primary or unique key, foreign key, NOT NULL.
  '200001': 'CONSTRAINT',
  '200003': 'CONSTRAINT',
  '100072': 'CONSTRAINT',
  '001003': 'SYNTAX',
  '002010': 'SYNTAX',
  // Invalid identifier; object that does not exist or is not authorised; the same, or an operation it does not allow.
  '000904': 'MISSING_OBJECT',
  '002003': 'MISSING_OBJECT',
  '002043': 'MISSING_OBJECT',
  '003001': 'PERMISSION',
  '003540': 'PERMISSION',
  // No warehouse, or one that cannot be used.
  '000606': 'RESOURCE',
  // A number, a date, a text that does not fit.
  '100035': 'DATA',
  '100038': 'DATA',
  '100039': 'DATA',
  '100078': 'DATA',
  '100132': 'DATA',
}

/** Tried in order where the code says nothing: most specific first. */
const BY_MESSAGE: readonly (readonly [RegExp, ErrorCategory])[] = [
  [/deadlock|waiters for this lock|has locked table|could not (acquire|obtain) (a )?lock|lock timeout|unaware of concurrent DDL/i, 'LOCK'],
  [/statement or warehouse timeout|timed out while queued|queued timeout/i, 'TIMEOUT'],
  [/execution cancell?ed/i, 'CANCELLED'],
  [/duplicate key|primary key already exists|foreign key constraint|non-nullable column/i, 'CONSTRAINT'],
  [/throttl|too many requests/i, 'THROTTLED'],
  [/insufficient privileges|access control error/i, 'PERMISSION'],
  [/does not exist|invalid identifier/i, 'MISSING_OBJECT'],
  [/no active warehouse|warehouse .*(suspended|cannot be resumed)|storage quota|resource monitor/i, 'RESOURCE'],
  [/is not recognized|out of range|too long and would be truncated|failed to cast/i, 'DATA'],
  [/syntax error|unexpected /i, 'SYNTAX'],
]

/** By SQLSTATE class. Source: SQL standard; Snowflake uses 57014 for whatever ends a statement early. */
const BY_CLASS: Readonly<Record<string, ErrorCategory>> = {
  '08': 'CONNECTION',
  '22': 'DATA',
  '23': 'CONSTRAINT',
  '28': 'AUTHENTICATION',
  '40': 'LOCK',
  '42': 'SYNTAX',
  '53': 'RESOURCE',
  '54': 'RESOURCE',
  '57': 'CANCELLED',
}

/** Codes of the login service: 390100 wrong password to 390422 network policy, 394xxx of key pairs and tokens. */
const AUTHENTICATION = /^39[0-9]{4}$/
/** What a server says that is asked too much. */
const OVERLOADED = [429, 503]

/** The HTTP status that a request failed with; null: there was no answer. */
export const statusOf = (error: unknown): number | null => {
  const { response } = ((error as { cause?: unknown } | null)?.cause ?? error ?? {}) as {
    readonly response?: { readonly status?: unknown; readonly statusCode?: unknown }
  }
  const status = Number(response?.status ?? response?.statusCode)
  return Number.isInteger(status) ? status : null
}

/** What a request that got no result failed with, by the last HTTP status that was seen. */
export const categoryOfStatus = (status: number | null): ErrorCategory =>
  status !== null && OVERLOADED.includes(status) ? 'THROTTLED' : 'CONNECTION'

export const categoryOf = ({ kind, code, sqlState, message, cause }: SnowflakeFailure): ErrorCategory => {
  if (kind === 'NETWORK') return categoryOfStatus(statusOf(cause))
  if (kind === 'SESSION_LOST' || kind === 'TIMEOUT') return 'CONNECTION'
  const known = BY_CODE[code]
  if (known !== undefined) return known
  if (AUTHENTICATION.test(code)) return 'AUTHENTICATION'
  const said = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1]
  return said ?? BY_CLASS[(sqlState ?? '').slice(0, 2)] ?? 'OTHER'
}

/** The message without the values that Snowflake quotes in errors about data, as text that every database takes. */
export const sampleOf = (category: ErrorCategory, message: string): string =>
  (category === 'DATA' ? message.replace(/'(?:[^']|'')*'/g, "'…'").replace(/"[^"]*"/g, '"…"') : message)
    .replaceAll('\0', '')
    .slice(0, SAMPLE_LENGTH)
    .replace(LONE_SURROGATE, '\uFFFD')

export const snowflakeFailure = (error: unknown): OperationFailure => {
  const failure = toSnowflakeFailure(error)
  const category = categoryOf(failure)
  return { category, sample: sampleOf(category, failure.message) }
}
