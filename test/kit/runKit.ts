import { rmSync } from 'node:fs'
import type { HeartbeatRecord, RunOverrides, RunRecord, RunStatus, TemplateInput } from '@flakebench/contract'
import { isTerminal } from '@flakebench/contract'
import {
  listHeartbeats,
  listRuns,
  newCredentialKey,
  newId,
  openControlDatabase,
  pushTokenOf,
  putConnection,
  readRun,
  type SqlClient,
  sealSecret,
} from '@flakebench/store'
import { type FreshControlDatabase, freshControlDatabase } from './controlDatabase.ts'
import { graphql } from './graphql.ts'
import { refuseLeftovers, until } from './processes.ts'
import { SECRETS } from './secretSearch.ts'
import type { SnowflakeSut } from './snowflakeSut.ts'
import { newHome, startServer, type TestServer } from './startServer.ts'
import { type FreshSutDatabase, freshSutDatabase } from './sutDatabase.ts'
import { type Watch, watch } from './watchRun.ts'
import { RUN_UPDATES, type RunUpdated, WHOLE_RUN, type WholeRun } from './wholeRun.ts'

export interface RunKitOptions {
  readonly rows?: number
  /** What the saved connection leads to, instead of PostgreSQL. */
  readonly snowflake?: SnowflakeSut
  /** Where the saved connection leads, instead of straight to the system under test. */
  readonly sutAddress?: (sut: FreshSutDatabase) => Promise<{ readonly host: string; readonly port: number }>
  /** Where server and workers find the control database, instead of its own address. */
  readonly controlUrl?: (control: FreshControlDatabase) => Promise<string>
  /** Its runs keep their single executions, which a process more each loads; false unless it is said, as most cases are about something else. */
  readonly keepExecutions?: boolean
  /** See freshControlDatabase. */
  readonly logStatements?: boolean
  /** Settings of the server beyond those that it needs. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A server process on a control database of its own, and a saved connection to a system under test of its own. */
export interface RunKit {
  readonly control: FreshControlDatabase
  readonly sut: FreshSutDatabase
  readonly home: string
  readonly connectionId: string
  /** The settings of the server, with which another one serves the same control database. */
  readonly environment: Readonly<Record<string, string>>
  /** That the saved connection is sealed with. */
  readonly credentialKey: string
  /** The server as it is now. */
  readonly server: TestServer
  /** Starts another server on the same home and control database, after the first has ended. */
  restart(): Promise<void>
  graphql<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>
  /** Point lookups on `orders` with two connections for 1 + 2 seconds, but for what is changed. Returns its id. */
  createTemplate(change?: TemplateInput): Promise<string>
  /** Prepares a run of a template, of a new one where none is named. */
  prepare(overrides?: RunOverrides, template?: TemplateInput | string): Promise<string>
  start(runId: string): Promise<void>
  stop(runId: string, reason?: string): Promise<{ readonly status: RunStatus }>
  watch(runId: string): Watch<RunUpdated>
  /** Waits until the run is over, and reads all of it. */
  end(runId: string): Promise<WholeRun>
  /** Prepares, starts, waits, reads. */
  run(overrides?: RunOverrides, template?: TemplateInput | string): Promise<WholeRun>
  read(runId: string): Promise<WholeRun>
  /** The row itself. */
  record(runId: string): Promise<RunRecord>
  heartbeats(runId: string): Promise<readonly HeartbeatRecord[]>
  /** Ends the server, removes everything. @throws when a worker is left over */
  close(): Promise<void>
}

const RUN_PATIENCE_MS = 120_000

export const openRunKit = async (options: RunKitOptions = {}): Promise<RunKit> => {
  const control = await freshControlDatabase({ logStatements: options.logStatements ?? false })
  const sut = await freshSutDatabase({ rows: options.rows ?? 2_000 })
  const controlUrl = (await options.controlUrl?.(control)) ?? control.url
  const home = newHome()
  const key = newCredentialKey()
  const environment = {
    FLAKEBENCH_DEMO_ROWS: '0',
    CONTROL_DATABASE_URL: controlUrl,
    FLAKEBENCH_CREDENTIAL_KEY: key,
    ...options.environment,
  }
  const connectionId = newId()
  const { snowflake } = options
  const address = (await options.sutAddress?.(sut)) ?? { host: sut.host, port: sut.port }
  const saved = { id: connectionId, name: 'System under test' }
  await putConnection(
    control.db,
    snowflake === undefined
      ? {
          ...saved,
          type: 'POSTGRES',
          settings: { ...address, user: sut.user, database: sut.database, tls: 'OFF', ca: null },
          sealedCredentials: sealSecret(sut.password, connectionId, key),
        }
      : {
          ...saved,
          type: 'SNOWFLAKE',
          settings: snowflake.settings,
          sealedCredentials: sealSecret(snowflake.password, connectionId, key),
        },
  )
  const target = snowflake === undefined ? { table: 'orders' } : snowflakeTarget(snowflake)
  let server = await startServer({ home, environment })

  const query: RunKit['graphql'] = (document, variables) => graphql(server.url, document, variables)
  const record = async (runId: string): Promise<RunRecord> => {
    const run = await readRun(control.db, runId)
    if (run === null) throw new Error(`there is no run ${runId}`)
    return run
  }
  const keepExecutions = options.keepExecutions ?? false
  const createTemplate: RunKit['createTemplate'] = async change => {
    const { createTemplate } = await query<{ createTemplate: { id: string } }>(
      'mutation ($input: TemplateInput!) { createTemplate(input: $input) { id } }',
      {
        input: templateOf(connectionId, {
          ...change,
          target: { ...target, ...change?.target },
          advanced: { keepExecutions, ...change?.advanced },
        }),
      },
    )
    return createTemplate.id
  }
  const prepare: RunKit['prepare'] = async (overrides, template) => {
    const templateId = typeof template === 'string' ? template : await createTemplate(template)
    const { prepareRun } = await query<{ prepareRun: { id: string } }>(
      'mutation ($templateId: ID!, $overrides: RunOverrides) { prepareRun(templateId: $templateId, overrides: $overrides) { id } }',
      { templateId, overrides },
    )
    SECRETS.note('the token that workers push with', pushTokenOf(key, prepareRun.id))
    return prepareRun.id
  }
  const start: RunKit['start'] = async id => {
    await query('mutation ($id: ID!) { startRun(id: $id) { id } }', { id })
  }
  const read: RunKit['read'] = async id => (await query<{ run: WholeRun }>(WHOLE_RUN, { id })).run
  const end: RunKit['end'] = async runId => {
    await until(`run ${runId} is over`, async () => (await record(runId)).status, isTerminal, RUN_PATIENCE_MS)
    return await read(runId)
  }
  const close = async (): Promise<void> => {
    await server.end()
    try {
      await refuseLeftovers(await listRunIds(control.url))
    } finally {
      await control.drop().finally(async () => {
        await sut.drop()
        rmSync(home, { recursive: true, force: true })
      })
    }
  }
  return {
    control,
    sut,
    home,
    environment,
    connectionId,
    credentialKey: key,
    get server() {
      return server
    },
    restart: async () => {
      await server.exited
      server = await startServer({ home, environment })
    },
    graphql: query,
    createTemplate,
    prepare,
    start,
    stop: async (id, reason) =>
      (
        await query<{ stopRun: { status: RunStatus } }>(
          'mutation ($id: ID!, $reason: String) { stopRun(id: $id, reason: $reason) { status } }',
          {
            id,
            reason,
          },
        )
      ).stopRun,
    watch: runId => watch(server.url, RUN_UPDATES, { runId }),
    end,
    run: async (overrides, template) => {
      const runId = await prepare(overrides, template)
      await start(runId)
      return await end(runId)
    },
    read,
    record,
    heartbeats: runId => listHeartbeats(control.db, runId),
    close,
  }
}

const snowflakeTarget = ({ tableType, database, schema, table, warehouse }: SnowflakeSut): TemplateInput['target'] => ({
  tableType,
  database,
  schema,
  table,
  warehouse,
})

/** The template that runs of the kit are made from, changed in whole sections. */
export const templateOf = (connectionId: string, change: TemplateInput = {}): TemplateInput => ({
  name: 'Point lookups',
  operations: { pointLookup: { weight: 100 } },
  load: { targetConnections: 2, warmupSeconds: 1, durationSeconds: 2 },
  ...change,
  target: { connectionId, table: 'orders', ...change.target },
})

const MOST_RUNS = 200

const listRunIds = async (url: string): Promise<string[]> => {
  const db: SqlClient = openControlDatabase({ url, maxConnections: 1 })
  try {
    return (await listRuns(db, {}, MOST_RUNS)).map(({ id }) => id)
  } finally {
    await db.close()
  }
}
