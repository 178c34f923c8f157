import type { TableKey } from '@flakebench/contract'
import type pg from 'pg'

/** An index that finds rows by equality, whichever row is looked for. */
interface SearchIndex extends TableKey {
  readonly isUnique: boolean
}

/** What is not built to its end, and what holds for some of the rows only, is left out. ⚠ pg_get_indexdef would wait for a lock on the table. */
const INDEXES = `
SELECT i.indisprimary AS "isPrimary", i.indisunique AS "isUnique",
  ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (n, place)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n AND k.n > 0
    WHERE k.place <= i.indnkeyatts ORDER BY k.place) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
WHERE i.indrelid = $1::oid AND i.indisvalid AND i.indpred IS NULL AND m.amname IN ('btree', 'hash') ORDER BY i.indexrelid`

/** What a table is looked up by: see `lookupKeyOf`. */
export interface PostgresIndexes {
  readonly keys: readonly TableKey[]
  /** Columns that an index begins with. */
  readonly leading: readonly string[]
}

/** From the catalog alone, without a lock. @param oid of the table, as text or number */
export const readPostgresIndexes = async (client: pg.Client, oid: string | number): Promise<PostgresIndexes> => {
  const { rows } = await client.query<SearchIndex>(INDEXES, [oid])
  return {
    keys: rows.filter(({ isUnique }) => isUnique),
    leading: rows.flatMap(({ columns: [first] }) => (first == null ? [] : [first])),
  }
}
