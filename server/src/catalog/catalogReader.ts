import { performance } from 'node:perf_hooks'
import type { WarehouseState } from '@flakebench/contract'
import {
  type Catalog,
  type CatalogDatabase,
  CatalogGap,
  type CatalogList,
  type CatalogPlace,
  type CatalogSchema,
  type CatalogTable,
  type CatalogTableDetails,
  catalogOf,
  type PostgresCapabilities,
  readConnection,
} from '@flakebench/store'
import { invalid, Refusal } from '../refusal.ts'
import type { SignIns } from '../warehouse/carefulSignIns.ts'
import { type ConnectionKeeper, secretOf } from '../warehouse/connectionSession.ts'
import { explainSnowflake } from '../warehouse/explainSnowflake.ts'
import { NobodyWaits, questionCache, TooManyQuestions } from './questionCache.ts'

/** Whose catalog is asked, and whether what is known of it will do. */
export interface CatalogView {
  readonly connectionId: string
  readonly isRefresh: boolean
  /** Nobody waits for the answer any more. */
  readonly givenUp: AbortSignal
}

/** Catalogs of the saved connections. `search`: see `Catalog`. All throw Refusal that says what to do. */
export interface CatalogReader {
  listDatabases(view: CatalogView, search: string | null): Promise<CatalogList<CatalogDatabase>>
  listSchemas(view: CatalogView, database: string | null, search: string | null): Promise<CatalogList<CatalogSchema>>
  listTables(view: CatalogView, database: string | null, schema: string, search: string | null): Promise<CatalogList<CatalogTable>>
  readTable(view: CatalogView, place: CatalogPlace): Promise<CatalogTableDetails>
  listWarehouses(view: CatalogView): Promise<readonly WarehouseState[]>
  readCapabilities(view: CatalogView, database: string | null): Promise<PostgresCapabilities>
}

/** With the 15 s that a question may take, the wait ends before a request does. */
const LIMITS = { keepMs: 30_000, mostKept: 200, mostAtOnce: 4, mostWaiting: 40, waitMs: 12_000, nowMs: () => performance.now() }
/** Longer than any name may be. */
const LONGEST_NAME = 255

export const catalogReader = (keeper: ConnectionKeeper, signIns: SignIns): CatalogReader => {
  const cache = questionCache(LIMITS)
  const put = async <T>(view: CatalogView, names: Names, text: string, ask: (catalog: Catalog) => Promise<T>): Promise<T> => {
    requireNames(names)
    const { connectionId, isRefresh, givenUp } = view
    const connection = await readConnection(keeper.db, connectionId)
    if (connection === null)
      throw invalid('The request', [{ path: 'connectionId', message: `There is no saved connection with id ${connectionId}` }])
    // A connection that was changed is another one.
    const question = { group: connectionId, text: JSON.stringify([connection.version, text, names]), isRefresh, givenUp }
    try {
      return await cache.answer(question, nobodyWaits => {
        const secret = secretOf(connection, keeper.credentialKey)
        return signIns.run(connection, () => ask(catalogOf(connection, { secret, tokenFolder: keeper.tokenFolder })), nobodyWaits)
      })
    } catch (error) {
      throw refusalOf(error, connection.name)
    }
  }
  return {
    listDatabases: (view, search) => put(view, { search }, 'databases', catalog => catalog.listDatabases(search)),
    listSchemas: (view, database, search) => put(view, { database, search }, 'schemas', catalog => catalog.listSchemas(database, search)),
    listTables: (view, database, schema, search) =>
      put(view, { database, schema, search }, 'tables', catalog => catalog.listTables(database, schema, search)),
    readTable: (view, place) => put(view, { ...place }, 'table', catalog => catalog.readTable(place)),
    listWarehouses: view => put(view, {}, 'warehouses', async catalog => await catalog.listWarehouses()),
    readCapabilities: (view, database) =>
      put(view, { database }, 'capabilities', async catalog => await catalog.readCapabilities(database)),
  }
}

type Names = Readonly<Partial<Record<'database' | 'schema' | 'table' | 'search', string | null>>>

const requireNames = (names: Names): void => {
  const problems = Object.entries(names).flatMap(([path, name]) =>
    // A database may take anything else.
    name == null || (name !== '' && name.length <= LONGEST_NAME && !name.includes('\0'))
      ? []
      : [{ path, message: `${path} must be a name of 1 to ${LONGEST_NAME} characters` }],
  )
  if (problems.length > 0) throw invalid('The request', problems)
}

const refusalOf = (error: unknown, connection: string): Refusal => {
  if (error instanceof CatalogGap) return new Refusal('TARGET_FAILED', error.message)
  // Told to nobody.
  if (error instanceof NobodyWaits) return new Refusal('TARGET_FAILED', `The question to "${connection}" was given up`)
  if (error instanceof TooManyQuestions)
    return new Refusal('TARGET_FAILED', `Too many questions to "${connection}" are waiting: try again in a moment`)
  return new Refusal('TARGET_FAILED', `"${connection}" did not answer: ${explainSnowflake(error)}`)
}
