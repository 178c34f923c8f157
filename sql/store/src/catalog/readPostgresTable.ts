import type pg from 'pg'
import type { CatalogColumn, CatalogTableDetails } from './catalog.ts'
import { readPostgresRelation } from './listPostgresTables.ts'

const COLUMNS = `
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
  a.atthasdef OR a.attidentity <> '' AS "hasDefault", col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const KEY = `
SELECT a.attname AS name FROM pg_index i
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (n, place) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n
WHERE i.indrelid = to_regclass($1) AND i.indisprimary AND place <= i.indnkeyatts ORDER BY place`

const RIGHTS = `
SELECT has_table_privilege(c, 'SELECT') AS "mayRead", has_table_privilege(c, 'INSERT') AS "mayInsert", has_table_privilege(c, 'UPDATE') AS "mayUpdate",
  EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c AND NOT t.tgisinternal) AS "hasTriggers",
  (SELECT relrowsecurity FROM pg_class WHERE oid = c) AS "hasRowSecurity",
  EXISTS (SELECT 1 FROM pg_index x WHERE x.indrelid = c AND x.indisunique AND x.indpred IS NULL) AS "hasUniqueIndex"
FROM (SELECT to_regclass($1) AS c) one`

interface Rights {
  readonly mayRead: boolean
  readonly mayInsert: boolean
  readonly mayUpdate: boolean
  readonly hasTriggers: boolean
  readonly hasRowSecurity: boolean
  readonly hasUniqueIndex: boolean
}

/** A table or view with its columns; null: there is none of that name. Names are as PostgreSQL keeps them. */
export const readPostgresTable = async (
  client: pg.Client,
  quoteName: (name: string) => string,
  schema: string,
  name: string,
): Promise<CatalogTableDetails | null> => {
  const found = await readPostgresRelation(client, schema, name)
  if (found === null) return null
  const regclass = `${quoteName(schema)}.${quoteName(name)}`
  const columns = (await client.query<Omit<CatalogColumn, 'isKey'>>(COLUMNS, [regclass])).rows
  const keyColumns = (await client.query<{ name: string }>(KEY, [regclass])).rows.map(row => row.name)
  const [rights] = (await client.query<Rights>(RIGHTS, [regclass])).rows
  return {
    database: client.database ?? null,
    schema,
    table: found.table,
    columns: columns.map(column => ({ ...column, isKey: keyColumns.includes(column.name) })),
    keyColumns,
    hints: hintsOf(found.kind, found.table.rowEstimate, keyColumns, rights as Rights, client.user ?? 'the role'),
  }
}

const hintsOf = (kind: string, rowEstimate: number | null, keyColumns: readonly string[], rights: Rights, user: string): string[] => {
  const isTable = kind === 'r' || kind === 'p'
  const { mayRead, mayInsert, mayUpdate, hasUniqueIndex, hasTriggers, hasRowSecurity } = rights
  const hints: readonly (readonly [boolean, string])[] = [
    [!mayRead, `${user} may not read it: grant SELECT on it.`],
    [kind === 'v', 'It is a view: what is measured is its query. Give the mix no writes.'],
    [kind === 'm', 'It is a materialised view: it takes no writes.'],
    [kind === 'f', 'It is a foreign table: what is measured is the way to the other server, too.'],
    [isTable && !mayInsert, `${user} may not insert into it: leave inserts out of the mix, or grant INSERT.`],
    [isTable && !mayUpdate, `${user} may not update it: leave updates out of the mix, or grant UPDATE.`],
    [
      isTable && keyColumns.length === 0 && !hasUniqueIndex,
      'It has no primary key and no unique index: every lookup reads the whole table.',
    ],
    [keyColumns.length > 1, 'Its primary key has several columns: lookups use the first one.'],
    [isTable && rowEstimate === null, 'It was never analysed: run ANALYZE on it first, or the planner guesses.'],
    [rowEstimate === 0, 'It seems to be empty: there is nothing to look up.'],
    [hasTriggers, 'It has triggers: writes include their work.'],
    [hasRowSecurity, 'It has row-level security: statements see only the rows that the role may see.'],
  ]
  return hints.flatMap(([applies, words]) => (applies ? [words] : []))
}
