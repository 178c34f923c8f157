import {
  openSnowflakeSession,
  readClock,
  readSnowflakeClock,
  type SnowflakeConnection,
  type SnowflakeSession,
  signInOf,
} from '@flakebench/store'
import { secretOf } from '../warehouse/connectionSession.ts'
import type { Look } from './look.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** A session where the run's table is, with its warehouse: the histories need one. @throws SnowflakeFailure */
export const withRunSession = async <T>({ run, connection, deps }: Look, work: (session: SnowflakeSession) => Promise<T>): Promise<T> => {
  const { warehouse, database, schema } = run.plan.target
  const secret = secretOf(connection, deps.credentialKey)
  const signIn = signInOf(connection as SnowflakeConnection, secret, { warehouse, database, schema }, deps.tokenFolder)
  const session = await openSnowflakeSession(signIn, { application: 'flakebench enrichment', connectTimeoutMs: CONNECT_TIMEOUT_MS })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** The agreed start of the run by Snowflake's clock: as long ago as the control database says. Exact to a round trip; the windows have a margin. */
export const readStartThere = async ({ run, deps }: Look, session: SnowflakeSession): Promise<number> => {
  const nowThereMs = await readSnowflakeClock(session)
  const nowMs = await readClock(deps.db)
  return nowThereMs - (nowMs - (run.startAtMs ?? nowMs))
}
