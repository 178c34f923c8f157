import type { Key } from './columns.ts'
import { quoteText, tableText } from './names.ts'
import type { TableKind, TableName } from './translation.ts'

/** The schema that holds what PostgreSQL's catalog cannot: kinds of tables, keys that are not enforced, stages. */
export const WIRE = 'flakebench_wire'

const orNull = (text: string | null): string => (text === null ? 'NULL' : quoteText(text))

const nameOf = (table: TableName): string => `${quoteText(table.schema)}, ${quoteText(table.table)}`

/** `isKept`: whatever is known of the table already stays. */
export const recordKind = (
  table: TableName,
  kind: TableKind,
  clusterBy: string | null,
  targetLag: string | null,
  isKept: boolean,
): string =>
  `INSERT INTO ${WIRE}.table_kinds (schema_name, table_name, kind, cluster_by, target_lag) VALUES (${nameOf(table)}, ${quoteText(kind)}, ${orNull(clusterBy)}, ${orNull(targetLag)}) ON CONFLICT (schema_name, table_name) DO ${
    isKept
      ? 'NOTHING'
      : 'UPDATE SET kind = excluded.kind, cluster_by = excluded.cluster_by, target_lag = excluded.target_lag, altered_at = now()'
  }`

export const recordKey = (table: TableName, key: Key): string =>
  `INSERT INTO ${WIRE}.primary_keys (schema_name, table_name, constraint_name, constraint_type, column_names) VALUES (${nameOf(table)}, ${quoteText(
    key.name ?? `SYS_CONSTRAINT_${table.table}_${key.type[0]}`.toLowerCase(),
  )}, ${quoteText(key.type)}, ARRAY[${key.columns.map(quoteText).join(', ')}]) ON CONFLICT DO NOTHING`

export const forgetRecords = (table: TableName): string[] => [
  `DELETE FROM ${WIRE}.table_kinds WHERE (schema_name, table_name) = (${nameOf(table)})`,
  `DELETE FROM ${WIRE}.primary_keys WHERE (schema_name, table_name) = (${nameOf(table)})`,
]

/** Drops it with what depends on it: Snowflake's views only notice when they are next read. */
export const forgetTable = (table: TableName, isView = false): string[] => [
  `DROP ${isView ? 'VIEW' : 'TABLE'} IF EXISTS ${tableText(table)} CASCADE`,
  ...forgetRecords(table),
]
