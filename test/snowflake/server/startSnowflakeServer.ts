import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createDialBoard, type Dials } from './dials.ts'
import { openCatalog } from './execution/catalog.ts'
import { closeSession, endSession } from './execution/endSession.ts'
import type { Service } from './execution/service.ts'
import { createStatements } from './execution/statements.ts'
import { createTableLocks } from './execution/tableLocks.ts'
import { createThrottle } from './execution/throttle.ts'
import { createTranslations } from './execution/translations.ts'
import { DEFAULT_ACCOUNT, DEFAULT_USERS, DEFAULT_WAREHOUSES, type SnowflakeServerOptions, type WireUser } from './options.ts'
import type { Session } from './sessions/session.ts'
import { createSessions } from './sessions/sessions.ts'
import { postgresSchema } from './sql/translation.ts'
import { createStageFolder } from './stages/stageFolder.ts'
import { createStatementLog, type LoggedStatement } from './statementLog.ts'
import { createWarehouses } from './warehouses/warehouses.ts'
import { createChunkStore } from './wire/chunks.ts'
import { type ServerCounts, zeroCounts } from './wire/counts.ts'
import { type Door, openDoor } from './wire/listen.ts'
import type { Entrance } from './wire/login.ts'
import { route } from './wire/route.ts'

export type { Dials } from './dials.ts'
export type { SnowflakeServerOptions, WireUser, WireWarehouse } from './options.ts'
export type { LoggedStatement } from './statementLog.ts'
export type { ServerCounts } from './wire/counts.ts'

/** What is known of a session from outside. */
export interface SessionFacts {
  readonly id: number
  readonly user: string
  /** CLIENT_ENVIRONMENT.APPLICATION; empty: none. */
  readonly application: string
  readonly warehouse: string | null
}

/** Snowflake's wire protocol over one PostgreSQL database, on 127.0.0.1. */
export interface SnowflakeServer {
  /** For `accessUrl`. */
  readonly url: string
  readonly port: number
  readonly account: string
  readonly dials: Dials
  /** What was executed, oldest first; the latest 200 000. */
  statements(): readonly LoggedStatement[]
  counts(): Readonly<ServerCounts>
  /** Forgets statements and counts. */
  clearLog(): void
  /** Makes a database with schema PUBLIC and the given ones, all of them as they stand (upper case is what plain names mean). */
  createDatabase(database: string, schemas?: readonly string[]): Promise<void>
  sessions(): readonly SessionFacts[]
  /** Statements that have not ended, and whose they are. */
  underWay(): readonly { readonly sessionId: number; readonly text: string }[]
  /** Ends sessions as the service does: PostgreSQL's connection is ended, later requests get 390111. All when no filter is given. */
  endSessions(filter?: (session: SessionFacts) => boolean): Promise<void>
  /** Every session token that is out must be renewed (390112). */
  expireTokens(): void
  /** From now on. Sessions go on. */
  setUsers(users: readonly WireUser[]): void
  /** Ends everything; waits until it is over. */
  close(): Promise<void>
}

const ROWS_PER_CHUNK = 10_000
const VALIDITY_SECONDS = 3600
const ADMIN_CONNECTIONS = 4

/** @throws when PostgreSQL does not answer, its database is not prepared, or the port is taken */
export const startSnowflakeServer = async (options: SnowflakeServerOptions): Promise<SnowflakeServer> => {
  const account = options.account ?? DEFAULT_ACCOUNT
  const admin = new pg.Pool({ connectionString: options.postgresUrl, max: ADMIN_CONNECTIONS, application_name: 'snowflake service' })
  admin.on('error', () => undefined)
  let door: Door | undefined
  let counts = zeroCounts()
  const url = (): string => `http://127.0.0.1:${door?.port ?? 0}`
  const board = createDialBoard(kind => (door as Door).startOutage(kind))
  const ownFolder = options.stageFolder === undefined ? await mkdtemp(join(tmpdir(), 'snowflake-stage-')) : null
  const service = await createService(options, admin, board.dials, options.stageFolder ?? (ownFolder as string), url)
  const entrance: Entrance = {
    service,
    board,
    account,
    postgresUrl: options.postgresUrl,
    users: options.users ?? DEFAULT_USERS,
    nextSessionId: 1,
  }
  door = await openDoor(options.port ?? 0, { board, statements: service.statements, route: request => route(entrance, counts, request) })
  return {
    url: url(),
    port: door.port,
    account,
    dials: board.dials,
    statements: () => service.log.list(),
    counts: () => counts,
    clearLog() {
      service.log.clear()
      counts = zeroCounts()
    },
    async createDatabase(database, schemas = []) {
      for (const schema of new Set(['PUBLIC', ...schemas])) {
        await admin.query(`CREATE SCHEMA IF NOT EXISTS "${postgresSchema(database, schema).replaceAll('"', '""')}"`)
      }
      service.catalog.change()
    },
    sessions: () => service.sessions.list().map(factsOf),
    underWay: () => service.statements.underWay().map(({ session, text }) => ({ sessionId: session.id, text })),
    async endSessions(filter = () => true) {
      const ending = service.sessions.list().filter(session => filter(factsOf(session)))
      for (const session of ending) {
        const { processId } = session.backend
        if (processId !== null) await admin.query('SELECT pg_terminate_backend($1)', [processId])
        endSession(service, session)
      }
      await Promise.all(ending.map(session => session.tail))
    },
    expireTokens: () => service.sessions.expireTokens(),
    setUsers(users) {
      entrance.users = users
    },
    async close() {
      board.dials.reset()
      await door?.close()
      const closing = service.sessions.list()
      for (const session of closing) closeSession(service, session)
      await Promise.all(closing.map(session => session.tail))
      service.warehouses.close()
      await admin.end()
      if (ownFolder !== null) await rm(ownFolder, { recursive: true, force: true })
    },
  }
}

const factsOf = ({ id, user, application, warehouse }: Session): SessionFacts => ({ id, user, application, warehouse })

const createService = async (
  options: SnowflakeServerOptions,
  admin: pg.Pool,
  dials: Dials,
  stageFolder: string,
  url: () => string,
): Promise<Service> => {
  const catalog = await openCatalog(admin)
  const strict = options.strict ?? true
  return {
    admin,
    dials,
    strict,
    catalog,
    translations: createTranslations(catalog, strict),
    warehouses: createWarehouses(options.warehouses ?? DEFAULT_WAREHOUSES),
    locks: createTableLocks(),
    throttle: createThrottle(dials),
    sessions: createSessions(options.validitySeconds ?? VALIDITY_SECONDS),
    statements: createStatements(),
    log: createStatementLog(),
    stages: createStageFolder(stageFolder),
    chunks: createChunkStore(options.rowsPerChunk ?? ROWS_PER_CHUNK, url),
  }
}
