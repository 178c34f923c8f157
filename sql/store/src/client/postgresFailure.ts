import { ControlDatabaseUnavailable } from './sqlClient.ts'

/** What a statement failed with, as the store tells it. @throws ControlDatabaseUnavailable, or the error itself */
export const refusePostgres = (error: unknown): never => {
  if (isConnectionFailure(error)) {
    const words = `the control database does not answer: ${(error as Error).message || String(error)}`
    throw new ControlDatabaseUnavailable(words, { cause: error }, codeOf(error) === STATEMENT_TIMED_OUT)
  }
  throw error
}

const STATEMENT_TIMED_OUT = '57014'

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Deadlock, serialisation failure, lock not available. */
export const isRetryable = (error: unknown): boolean => ['40P01', '40001', '55P03'].includes(codeOf(error))

/** SQLSTATE class 08, shutdown and start-up of the server, statement timeout, a transaction that was idle for too long; and what node and pg say when the socket fails. */
const isConnectionFailure = (error: unknown): boolean => {
  const code = codeOf(error)
  if (/^08|^57P0|^57014$|^53300$|^25P03$/.test(code)) return true
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)/.test(code)) return true
  return code === '' && /terminat|timeout|Query read|closed|not queryable/i.test(String((error as Error | null)?.message))
}
