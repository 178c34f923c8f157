import {
  connectionOptions,
  loadSnowflake,
  openSnowflakeSession,
  type SnowflakeConnection,
  type SnowflakeSession,
  type SnowflakeSignIn,
  signInOf,
  watchAnswers,
} from '@flakebench/store'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import type { Engine } from './engine.ts'
import type { EngineSettings } from './engineSettings.ts'
import { type FoundTable, findTable, requireType } from './snowflakeCatalog.ts'
import { SnowflakeEngineConnection, type SnowflakeShared } from './snowflakeConnection.ts'
import { snowflakeFailure } from './snowflakeErrors.ts'
import { explainRefusal, explainStatement } from './snowflakeFaults.ts'
import { asIdentifier, qualifiedName, quoteName } from './snowflakeNames.ts'
import { snowflakePools } from './snowflakePools.ts'
import { profileSnowflakeTable, readMaxKey } from './snowflakeProfile.ts'
import { signInToSnowflake } from './snowflakeSignIn.ts'
import { statementParameters } from './snowflakeTag.ts'
import { watchTroubles } from './snowflakeTroubles.ts'

/** A login takes the server half a second and more: a hundred of them are to be through in a few. */
const OPENED_AT_ONCE = 32

/** Snowflake through its driver. Its sessions are opened here one by one, without the driver's pool, which loses the codes of errors. */
export const snowflakeEngine = ({ connection, secret, plan, runId, workerId }: EngineSettings<SnowflakeConnection>): Engine => {
  const connectTimeoutMs = plan.advanced.connectTimeoutSeconds * 1_000
  const address = { ...connection.settings, warehouse: plan.target.warehouse }
  const shared: SnowflakeShared = { parameters: statementParameters(plan, runId, workerId, 'PREPARING'), hiddenRetries: 0 }
  const signIn = signInFor(connection, secret, plan.target.warehouse)
  let finding: Promise<FoundTable> | null = null

  const withSession = async <T>(work: (session: SnowflakeSession) => Promise<T>): Promise<T> => {
    const session = await openSnowflakeSession(signIn, {
      application: 'FlakeBench',
      connectTimeoutMs,
      parameters: { QUERY_TAG: String(shared.parameters['QUERY_TAG']) },
    })
    try {
      return await work(session)
    } finally {
      void session.close()
    }
  }
  /** The table, as it is called there; asked once. */
  const found = (session: SnowflakeSession | null = null): Promise<FoundTable> => {
    finding ??= session === null ? withSession(one => findTable(one, plan.target)) : findTable(session, plan.target)
    finding.catch(() => {
      finding = null
    })
    return finding
  }
  const tableName = async (): Promise<string> => qualifiedName(await found())
  return {
    dialect: 'snowflake',
    openedAtOnce: OPENED_AT_ONCE,
    get hiddenRetries() {
      return shared.hiddenRetries
    },
    connect: async () => {
      const { database, schema } = await found()
      const driver = await loadSnowflake()
      watchAnswers()
      watchTroubles()
      const options = connectionOptions({ ...signIn, database: asIdentifier(database), schema: asIdentifier(schema) }, 'FlakeBench')
      return new SnowflakeEngineConnection(await signInToSnowflake(driver, options, connectTimeoutMs), shared)
    },
    tableName,
    quoteName,
    profile: (_, seed) =>
      withSession(async session => {
        const table = await found(session)
        requireType(table, plan.target.tableType)
        return profileSnowflakeTable(session, table, plan, seed)
      }),
    readMaxKey: (_, keyColumn) => withSession(async session => readMaxKey(session, await found(session), keyColumn)),
    enterPhase: phase => {
      shared.parameters = statementParameters(plan, runId, workerId, phase)
    },
    pools: snowflakePools({ withSession, tableName, quoteName }),
    failureOf: snowflakeFailure,
    explainRefusal: error => explainRefusal(error, address),
    explainStatement,
  }
}

const signInFor = (connection: SnowflakeConnection, secret: string | null, warehouse: string | null): SnowflakeSignIn => {
  try {
    return signInOf(connection, secret, { warehouse, database: null, schema: null })
  } catch (error) {
    throw new WorkerFailure(EXIT.NOT_PREPARED, messageOf(error), { cause: error })
  }
}
