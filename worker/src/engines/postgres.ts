import type { Plan, Target } from '@flakebench/contract'
import { explainOldPostgres, postgresClientOptions, postgresTlsOptions } from '@flakebench/store'
import pg from 'pg'
import { EXIT, WorkerFailure } from '../failure.ts'
import type { Engine } from './engine.ts'
import { PostgresConnection } from './postgresConnection.ts'
import { postgresFailure } from './postgresErrors.ts'
import { type Address, explainRefusal, explainSlowLook, explainStatement } from './postgresFaults.ts'
import { postgresPools } from './postgresPools.ts'
import { describePostgresTable, profilePostgresTable, qualifiedName } from './postgresProfile.ts'

const OPENED_AT_ONCE = 16
/** Of the time to start up, what one statement of the look at the table may take: so that this is told before that is over. */
const LOOK_SHARE = 0.8

export interface PostgresOptions extends Address {
  readonly password: string | null
  readonly tls: 'OFF' | 'VERIFY'
  /** PEM of the authorities to trust; null: this machine's. */
  readonly ca: string | null
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  readonly plan: Plan
}

export const postgresEngine = (options: PostgresOptions): Engine => {
  const newClient = async (): Promise<pg.Client> => {
    const { password, connectTimeoutMs, statementTimeoutMs, applicationName } = options
    const client = new pg.Client({
      ...postgresClientOptions(options, password),
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      application_name: applicationName,
      keepAlive: true,
    })
    // What breaks while it connects is told by `connect` itself.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await newClient()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  const lookMs = Math.ceil(options.plan.advanced.startupTimeoutSeconds * 1_000 * LOOK_SHARE)
  /** The operations' own limit is far too short for what may have to read all of the table. */
  const look = <T>(target: Target, work: (client: pg.Client) => Promise<T>): Promise<T> =>
    withClient(async client => {
      const tooOld = await explainOldPostgres(client)
      if (tooOld !== null) throw new WorkerFailure(EXIT.NOT_PREPARED, tooOld)
      await client.query(`SET statement_timeout = ${lookMs}`)
      return work(client).catch(error => explainSlowLook(error, qualifiedName(target), lookMs / 1_000))
    })
  return {
    dialect: 'postgres',
    openedAtOnce: OPENED_AT_ONCE,
    locksUsers: false,
    connect: async () => new PostgresConnection(await newClient(), postgresTlsOptions(options)),
    tableName: async target => qualifiedName(target),
    quoteName: pg.escapeIdentifier,
    describe: target => look(target, client => describePostgresTable(client, target)),
    profile: (target, seed) => look(target, client => profilePostgresTable(client, target, options.plan, seed)),
    readMaxKey: (target, keyColumn) =>
      look(target, async client => {
        const { rows } = await client.query<{ max: string | null }>(
          `SELECT max(${pg.escapeIdentifier(keyColumn)})::text AS max FROM ${qualifiedName(target)}`,
        )
        return Number(rows[0]?.max ?? 0)
      }),
    enterPhase: () => undefined,
    pools: postgresPools(newClient),
    failureOf: postgresFailure,
    explainRefusal: error => explainRefusal(error, options),
    explainStatement,
  }
}
