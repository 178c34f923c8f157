import type { ControlDatabaseOptions } from '../client/controlDatabaseOptions.ts'
import { engineOfUrl, openControlDatabase } from '../client/openControlDatabase.ts'
import type { ExecutionLoader } from './executionLoader.ts'
import { postgresLoader } from './postgresLoader.ts'
import { snowflakeLoader } from './snowflakeLoader.ts'

/** A million rows with all their indexes take seconds, and minutes on a disk that is busy. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000

/** Connects when first used. */
export const openExecutionLoader = (options: ControlDatabaseOptions): ExecutionLoader => {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  if (engineOfUrl(options.url) !== 'snowflake') return postgresLoader({ ...options, statementTimeoutMs })
  return snowflakeLoader(openControlDatabase({ ...options, statementTimeoutMs, maxConnections: 1 }))
}
