import { performance } from 'node:perf_hooks'
import type { WarehouseState } from '@flakebench/contract'
import {
  type Catalog,
  type CatalogDatabase,
  CatalogGap,
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
import { questionCache, TooManyQuestions } from './questionCache.ts'

/** Whose catalog is asked, and whether what is known of it will do. */
export interface CatalogView {
  readonly connectionId: string
  readonly isRefresh: boolean
}

/** Catalogs of the saved connections. All throw Refusal that says what to do. */
export interface CatalogReader {
  listDatabases(view: CatalogView): Promise<readonly CatalogDatabase[]>
  listSchemas(view: CatalogView, database: string | null): Promise<readonly CatalogSchema[]>
  listTables(view: CatalogView, database: string | null, schema: string): Promise<readonly CatalogTable[]>
  readTable(view: CatalogView, place: CatalogPlace): Promise<CatalogTableDetails>
  listWarehouses(view: CatalogView): Promise<readonly WarehouseState[]>
  readCapabilities(view: CatalogView, database: string | null): Promise<PostgresCapabilities>
}

const LIMITS = { keepMs: 30_000, mostKept: 200, mostAtOnce: 4, mostWaiting: 40, nowMs: () => performance.now() }
/** Longer than any name may be. */
const LONGEST_NAME = 255

export const catalogReader = (keeper: ConnectionKeeper, signIns: SignIns): CatalogReader => {
  const cache = questionCache(LIMITS)
  const put = async <T>(view: CatalogView, names: Names, text: string, ask: (catalog: Catalog) => Promise<T>): Promise<T> => {
    requireNames(names)
    const { connectionId, isRefresh } = view
    const connection = await readConnection(keeper.db, connectionId)
    if (connection === null)
      throw invalid('The request', [{ path: 'connectionId', message: `There is no saved connection with id ${connectionId}` }])
    // A connection that was changed is another one.
    const question = { group: connectionId, text: JSON.stringify([connection.version, text, names]), isRefresh }
    try {
      return await cache.answer(question, () => {
        const secret = secretOf(connection, keeper.credentialKey)
        return signIns.run(connection, () => ask(catalogOf(connection, { secret, tokenFolder: keeper.tokenFolder })))
      })
    } catch (error) {
      throw refusalOf(error, connection.name)
    }
  }
  return {
    listDatabases: view => put(view, {}, 'databases', catalog => catalog.listDatabases()),
    listSchemas: (view, database) => put(view, { database }, 'schemas', catalog => catalog.listSchemas(database)),
    listTables: (view, database, schema) => put(view, { database, schema }, 'tables', catalog => catalog.listTables(database, schema)),
    readTable: (view, place) => put(view, { ...place }, 'table', catalog => catalog.readTable(place)),
    listWarehouses: view => put(view, {}, 'warehouses', async catalog => await catalog.listWarehouses()),
    readCapabilities: (view, database) =>
      put(view, { database }, 'capabilities', async catalog => await catalog.readCapabilities(database)),
  }
}

type Names = Readonly<Partial<Record<'database' | 'schema' | 'table', string | null>>>

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
  if (error instanceof TooManyQuestions)
    return new Refusal('TARGET_FAILED', `Too many questions to "${connection}" are waiting: try again in a moment`)
  return new Refusal('TARGET_FAILED', `"${connection}" did not answer: ${explainSnowflake(error)}`)
}
