import type pg from 'pg'
import { postgresSchema, swapCase, type TableKind, type TableRegistration } from '../sql/translation.ts'

/** What kinds of tables, and which databases and schemas there are: kept in memory, as every statement asks. */
export interface Catalog {
  tableKind(schema: string, table: string): TableKind | null
  register(registrations: readonly TableRegistration[]): void
  /** Counts up with every change to what is there: what was concluded from the catalog before is void. */
  readonly generation: number
  /** DDL was run. */
  change(): void
  hasDatabase(database: string): Promise<boolean>
  hasSchema(database: string, schema: string): Promise<boolean>
}

const KINDS = 'SELECT schema_name, table_name, kind FROM flakebench_wire.table_kinds'
const SCHEMAS = "SELECT nspname FROM pg_namespace WHERE strpos(nspname, '.') > 0"

/** @param admin a connection of the server's own */
export const openCatalog = async (admin: Pick<pg.Client, 'query'>): Promise<Catalog> => {
  const kinds = new Map<string, TableKind>()
  const key = (schema: string, table: string): string => `${schema}\0${table}`
  const { rows } = await admin.query<{ schema_name: string; table_name: string; kind: TableKind }>(KINDS)
  for (const row of rows) kinds.set(key(row.schema_name, row.table_name), row.kind)
  let schemas = new Set<string>()
  let readAtGeneration = -1
  let generation = 0
  /** A name that is not known may have come since. */
  const knows = async (isThere: () => boolean): Promise<boolean> => {
    if (readAtGeneration === generation && isThere()) return true
    readAtGeneration = generation
    const found = await admin.query<{ nspname: string }>(SCHEMAS)
    schemas = new Set(found.rows.map(row => row.nspname))
    return isThere()
  }
  const hasPrefix = (prefix: string): boolean => {
    for (const schema of schemas) if (schema.startsWith(prefix)) return true
    return false
  }
  return {
    tableKind: (schema, table) => kinds.get(key(schema, table)) ?? null,
    register(registrations) {
      for (const { schema, table, kind } of registrations) {
        if (kind === null) kinds.delete(key(schema, table))
        else kinds.set(key(schema, table), kind)
      }
      generation++
    },
    get generation() {
      return generation
    },
    change() {
      generation++
    },
    hasDatabase: database => knows(() => hasPrefix(`${swapCase(database)}.`)),
    hasSchema: (database, schema) => knows(() => schemas.has(postgresSchema(database, schema))),
  }
}
