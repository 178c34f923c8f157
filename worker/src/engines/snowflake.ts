import { performance } from 'node:perf_hooks'
import type { Plan } from '@flakebench/contract'
import {
  connectionOptions,
  loadSnowflake,
  openSnowflakeSession,
  type SnowflakeConnection,
  type SnowflakeSession,
  type SnowflakeSignIn,
  SnowflakeTimeout,
  signInOf,
} from '@flakebench/store'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import type { Engine } from './engine.ts'
import type { EngineSettings } from './engineSettings.ts'
import { guardSignIns } from './signInGuard.ts'
import { type FoundTable, findTable, readColumns, readKeyColumn, requireType } from './snowflakeCatalog.ts'
import { SnowflakeEngineConnection, type SnowflakeShared } from './snowflakeConnection.ts'
import { snowflakeFailure } from './snowflakeErrors.ts'
import { explainRefusal, explainStatement } from './snowflakeFaults.ts'
import { asIdentifier, qualifiedName, quoteName } from './snowflakeNames.ts'
import { snowflakePools } from './snowflakePools.ts'
import { profileSnowflakeTable, readMaxKey } from './snowflakeProfile.ts'
import { signInToSnowflake } from './snowflakeSignIn.ts'
import { statementParameters } from './snowflakeTag.ts'

/** A login takes the server half a second and more: a hundred of them are to be through in a few. */
const OPENED_AT_ONCE = 32
/** Of the time to start up, what one statement of the look at the table may take: so that this is told before that is over. */
const LOOK_SHARE = 0.8

/** Snowflake through its driver. Its sessions are opened here one by one, without the driver's pool, which loses the codes of errors. */
export const snowflakeEngine = ({
  connection,
  secret,
  tokenFolder,
  plan,
  runId,
  workerId,
}: EngineSettings<SnowflakeConnection>): Engine => {
  const connectTimeoutMs = plan.advanced.connectTimeoutSeconds * 1_000
  const address = { ...connection.settings, warehouse: plan.target.warehouse }
  const shared: SnowflakeShared = { parameters: statementParameters(plan, runId, workerId, 'PREPARING') }
  const signIn = signInFor(connection, secret, plan.target.warehouse, tokenFolder)
  const guarded = guardSignIns(
    error => snowflakeFailure(error).category === 'AUTHENTICATION',
    () => performance.now(),
  )
  let finding: Promise<FoundTable> | null = null

  const withSession = async <T>(work: (session: SnowflakeSession) => Promise<T>): Promise<T> => {
    const session = await guarded(() =>
      openSnowflakeSession(signIn, {
        application: 'FlakeBench',
        connectTimeoutMs,
        deadlineMs: plan.advanced.startupTimeoutSeconds * 1_000 * LOOK_SHARE,
        parameters: { QUERY_TAG: String(shared.parameters['QUERY_TAG']) },
      }),
    )
    try {
      return await work(session)
    } finally {
      void session.close()
    }
  }
  const look = <T>(work: (session: SnowflakeSession) => Promise<T>): Promise<T> =>
    withSession(session => work(session).catch(error => explainSlowLook(error, plan)))
  /** The table, as it is called there; asked once. */
  const found = (session: SnowflakeSession | null = null): Promise<FoundTable> => {
    finding ??= session === null ? look(one => findTable(one, plan.target)) : findTable(session, plan.target)
    finding.catch(() => {
      finding = null
    })
    return finding
  }
  const tableName = async (): Promise<string> => qualifiedName(await found())
  return {
    dialect: 'snowflake',
    openedAtOnce: OPENED_AT_ONCE,
    locksUsers: true,
    connect: async () => {
      const { database, schema } = await found()
      const driver = await loadSnowflake()
      const place = { database: asIdentifier(database), schema: asIdentifier(schema) }
      // Where values are read as text, no value is still none.
      const options = { ...connectionOptions({ ...signIn, ...place }, 'FlakeBench'), representNullAsStringNull: false }
      return new SnowflakeEngineConnection(await guarded(() => signInToSnowflake(driver, options, connectTimeoutMs)), shared)
    },
    tableName,
    quoteName,
    describe: () =>
      look(async session => {
        const table = await found(session)
        requireType(table, plan.target.tableType)
        const columns = await readColumns(session, table)
        return { columns, keyColumn: (await readKeyColumn(session, table, columns)).name }
      }),
    profile: (_, seed) =>
      look(async session => {
        const table = await found(session)
        requireType(table, plan.target.tableType)
        return profileSnowflakeTable(session, table, plan, seed)
      }),
    readMaxKey: (_, keyColumn) => look(async session => readMaxKey(session, await found(session), keyColumn)),
    enterPhase: phase => {
      shared.parameters = statementParameters(plan, runId, workerId, phase)
    },
    pools: snowflakePools({ withSession, tableName, quoteName }),
    failureOf: snowflakeFailure,
    explainRefusal: error => explainRefusal(error, address),
    explainStatement,
  }
}

/** A session was there, but what was asked on it took too long: nothing is wrong with the way to the account. */
const explainSlowLook = (error: unknown, { target }: Plan): never => {
  if (!(error instanceof SnowflakeTimeout)) throw error
  const table = `${target.database}.${target.schema}.${target.table}`
  const sentence =
    `The look at ${table} before the start (its columns, its keys, its size) took too long: ${error.message}. ` +
    "Raise the template's startup timeout, use a larger warehouse, or see what else runs on it"
  throw new WorkerFailure(EXIT.NOT_PREPARED, sentence, { cause: error })
}

const signInFor = (
  connection: SnowflakeConnection,
  secret: string | null,
  warehouse: string | null,
  tokenFolder: string | null,
): SnowflakeSignIn => {
  try {
    return signInOf(connection, secret, { warehouse, database: null, schema: null }, tokenFolder)
  } catch (error) {
    throw new WorkerFailure(EXIT.NOT_PREPARED, messageOf(error), { cause: error })
  }
}
