import { lookupKeyOf } from '@flakebench/contract'
import type pg from 'pg'
import type { CatalogColumn, CatalogLookup, CatalogTable, CatalogTableDetails } from './catalog.ts'
import { readPostgresRelation } from './listPostgresTables.ts'
import { lookupHints } from './lookupHints.ts'
import { readPostgresIndexes } from './readPostgresIndexes.ts'

const COLUMNS = `
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
  a.atthasdef OR a.attidentity <> '' AS "hasDefault", col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const RIGHTS = `
SELECT has_table_privilege(c, 'SELECT') AS "mayRead", has_table_privilege(c, 'INSERT') AS "mayInsert", has_table_privilege(c, 'UPDATE') AS "mayUpdate",
  EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c AND NOT t.tgisinternal) AS "hasTriggers",
  (SELECT relrowsecurity FROM pg_class WHERE oid = c) AS "hasRowSecurity"
FROM (SELECT $1::oid AS c) one`

interface Rights {
  readonly mayRead: boolean
  readonly mayInsert: boolean
  readonly mayUpdate: boolean
  readonly hasTriggers: boolean
  readonly hasRowSecurity: boolean
}

/** A table or view with its columns; null: there is none of that name. Names are as PostgreSQL keeps them. */
export const readPostgresTable = async (client: pg.Client, schema: string, name: string): Promise<CatalogTableDetails | null> => {
  const found = await readPostgresRelation(client, schema, name)
  if (found === null) return null
  const columns = (await client.query<Omit<CatalogColumn, 'isKey'>>(COLUMNS, [found.oid])).rows
  const [rights] = (await client.query<Rights>(RIGHTS, [found.oid])).rows
  const { keys, leading } = await readPostgresIndexes(client, found.oid)
  const key = lookupKeyOf(
    columns.map(column => column.name),
    keys,
  )
  const lookup = key && { ...key, hasIndex: INDEXED_KINDS.includes(found.kind) ? leading.includes(key.column) : null }
  const keyColumns = key?.keyColumns ?? []
  return {
    database: client.database ?? null,
    schema,
    table: found.table,
    columns: columns.map(column => ({ ...column, isKey: keyColumns.includes(column.name) })),
    keyColumns,
    clusteringColumns: [],
    lookup,
    hints: hintsOf(found, lookup, rights as Rights, client.user ?? 'the role'),
  }
}

/** By `relkind`: tables, partitioned ones, materialised views. */
const INDEXED_KINDS: readonly string[] = ['r', 'p', 'm']

const hintsOf = (
  { kind, table: { rowEstimate } }: { readonly kind: string; readonly table: CatalogTable },
  lookup: CatalogLookup | null,
  { mayRead, mayInsert, mayUpdate, hasTriggers, hasRowSecurity }: Rights,
  user: string,
): string[] => {
  const isTable = kind === 'r' || kind === 'p'
  const told = (applies: boolean, words: string): string[] => (applies ? [words] : [])
  return [
    ...told(!mayRead, `${user} may not read it: grant SELECT on it.`),
    ...told(kind === 'v', 'It is a view: what is measured is its query. Give the mix no writes.'),
    ...told(kind === 'm', 'It is a materialised view: it takes no writes.'),
    ...told(kind === 'f', 'It is a foreign table: what is measured is the way to the other server, too.'),
    ...told(isTable && !mayInsert, `${user} may not insert into it: leave inserts out of the mix, or grant INSERT.`),
    ...told(isTable && !mayUpdate, `${user} may not update it: leave updates out of the mix, or grant UPDATE.`),
    ...lookupHints(lookup, 'unique index', isTable),
    ...told(lookup?.hasIndex === false, `No index begins with ${lookup?.column}: every lookup reads the whole table.`),
    ...told(isTable && rowEstimate === null, 'It was never analysed: run ANALYZE on it first, or the planner guesses.'),
    ...told(rowEstimate === 0, 'It seems to be empty: there is nothing to look up.'),
    ...told(hasTriggers, 'It has triggers: writes include their work.'),
    ...told(hasRowSecurity, 'It has row-level security: statements see only the rows that the role may see.'),
  ]
}
