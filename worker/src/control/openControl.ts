import { openControlDatabase, type SqlClient } from '@flakebench/store'
import type { Config } from '../config.ts'

/** The control database must not hold up a poll for longer than the watchdog can bear. */
const STATEMENT_TIMEOUT_MS = 5_000

export interface ControlClients {
  /** For what comes again in a second: heartbeats, polls, readings of the clock. */
  readonly db: SqlClient
  /** For what is written once, and must not be lost after it was acknowledged: snapshots. Neither waits for the other. */
  readonly durableDb: SqlClient
}

/** Opens a worker's ways to the control database. They connect when first used. */
export const openControl = ({ controlDatabaseUrl, controlDatabaseSchema }: Config, workerId: string): ControlClients => {
  const open = (relaxedDurability: boolean, maxConnections: number): SqlClient =>
    openControlDatabase({
      url: controlDatabaseUrl,
      ...(controlDatabaseSchema === null ? {} : { schema: controlDatabaseSchema }),
      relaxedDurability,
      maxConnections,
      applicationName: `flakebench ${workerId}`,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    })
  return { db: open(true, 3), durableDb: open(false, 1) }
}
