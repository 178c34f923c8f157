import type { ErrorCategory } from '@flakebench/contract'
import { messageOf } from '../failure.ts'
import type { OperationFailure } from './engine.ts'

const SAMPLE_LENGTH = 500
/** Half a character, such as a cut leaves behind: not text for JSON. */
const LONE_SURROGATE = /\p{Surrogate}/gu

/** Single SQLSTATEs; the others go by their class, the first two characters. Source: PostgreSQL manual, appendix A. */
const BY_CODE: Readonly<Record<string, ErrorCategory>> = {
  // admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout
  '57P01': 'CONNECTION',
  '57P02': 'CONNECTION',
  '57P03': 'CONNECTION',
  '57P04': 'CONNECTION',
  '57P05': 'CONNECTION',
  '25P03': 'CONNECTION',
  // lock_not_available, deadlock_detected, serialization_failure
  '55P03': 'LOCK',
  '40P01': 'LOCK',
  '40001': 'LOCK',
  '42501': 'PERMISSION',
  '25006': 'PERMISSION',
  // undefined table, column, function, object, parameter; invalid catalog, schema, statement name
  '42P01': 'MISSING_OBJECT',
  '42703': 'MISSING_OBJECT',
  '42883': 'MISSING_OBJECT',
  '42704': 'MISSING_OBJECT',
  '3D000': 'MISSING_OBJECT',
  '3F000': 'MISSING_OBJECT',
  '26000': 'MISSING_OBJECT',
}

const BY_CLASS: Readonly<Record<string, ErrorCategory>> = {
  '08': 'CONNECTION',
  '28': 'AUTHENTICATION',
  '40': 'LOCK',
  '23': 'CONSTRAINT',
  '27': 'CONSTRAINT',
  '44': 'CONSTRAINT',
  '42': 'SYNTAX',
  '53': 'RESOURCE',
  '54': 'RESOURCE',
  '21': 'DATA',
  '22': 'DATA',
}

const QUERY_CANCELED = '57014'
const SOCKET = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_|ERR_TLS|ERR_SSL|ERR_SOCKET|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/
const BROKEN = /terminat|timeout expired|not queryable|SSL connection/i

export const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** What kind of failure a SQLSTATE stands for, or what node and the driver say when a socket fails. */
export const categoryOf = (code: string, message: string): ErrorCategory => {
  // One code for a statement that took too long and one that somebody cancelled.
  if (code === QUERY_CANCELED) return /user request/i.test(message) ? 'CANCELLED' : 'TIMEOUT'
  if (SOCKET.test(code)) return 'CONNECTION'
  if (code === '') return BROKEN.test(message) ? 'CONNECTION' : 'OTHER'
  return BY_CODE[code] ?? BY_CLASS[code.slice(0, 2)] ?? 'OTHER'
}

/** The message without the values that the server quotes in errors about data, as text that every database takes. */
export const sampleOf = (code: string, message: string): string =>
  (code.startsWith('22') ? message.replace(/"[^"]*"/g, '"…"') : message)
    .replaceAll('\0', '')
    .slice(0, SAMPLE_LENGTH)
    .replace(LONE_SURROGATE, '\uFFFD')

export const postgresFailure = (error: unknown): OperationFailure => {
  const code = codeOf(error)
  const message = messageOf(error)
  return { category: categoryOf(code, message), sample: sampleOf(code, message) }
}
