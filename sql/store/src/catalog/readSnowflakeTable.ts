import { lookupKeyOf, type TableType } from '@flakebench/contract'
import { likePattern, meantName, placesOf, qualifiedName } from '../snowflake/names.ts'
import type { CatalogColumn, CatalogLookup, CatalogPlace, CatalogTable, CatalogTableDetails } from './catalog.ts'
import { type ShownTable, showSnowflakeTables } from './listSnowflakeTables.ts'
import { lookupHints } from './lookupHints.ts'
import { readSnowflakeKeys } from './readSnowflakeKeys.ts'
import { commentOf, isYes, nameOf, type ShowSnowflake, showIfThere } from './showSnowflake.ts'

/** A table or view with its columns: names as they stand, else in upper case. Null: there is none, or it may not be seen. */
export const readSnowflakeTable = async (show: ShowSnowflake, wanted: CatalogPlace): Promise<CatalogTableDetails | null> => {
  for (const place of placesOf(wanted)) {
    const names = { like: likePattern(wanted.table), isMeant: () => true }
    const shown = (await showSnowflakeTables(show, place.database, place.schema, names))?.rows ?? []
    const name = meantName(
      wanted.table,
      shown.map(({ table }) => table.name),
    )
    const found = shown.find(({ table }) => table.name === name)
    if (found !== undefined) return await describe(show, place, found)
  }
  return null
}

const describe = async (
  show: ShowSnowflake,
  place: { readonly database: string; readonly schema: string },
  { table, row }: ShownTable,
): Promise<CatalogTableDetails | null> => {
  const named = qualifiedName({ ...place, table: table.name })
  const described = await showIfThere(show, `DESCRIBE TABLE ${named}`)
  if (described === null) return null
  const columns = described.filter(column => String(column['kind'] ?? 'COLUMN').toUpperCase() === 'COLUMN')
  const key = lookupKeyOf(columns.map(nameOf), table.tableType === 'VIEW' ? [] : await readSnowflakeKeys(show, named))
  // Of hybrid tables alone keys are indexes, and others there are none.
  const lookup = key && { ...key, hasIndex: table.tableType === 'HYBRID' ? key.keyColumns.length > 0 : null }
  const keyColumns = key?.keyColumns ?? []
  const clustering = clusteringParts(String(row['cluster_by'] ?? ''))
  return {
    ...place,
    table,
    columns: columns.map(
      (column): CatalogColumn => ({
        name: nameOf(column),
        type: String(column['type']),
        nullable: isYes(column['null?']),
        isKey: keyColumns.includes(nameOf(column)),
        hasDefault: column['default'] != null,
        comment: commentOf(column),
      }),
    ),
    keyColumns,
    clusteringColumns: clustering.filter(part => part !== null),
    lookup,
    hints: hintsOf(table, lookup, clustering),
  }
}

/** Of `LINEAR(A, "b")` or `(A)`; null: an expression, or a part of one. */
export const clusteringParts = (clusterBy: string): (string | null)[] => {
  const inside = /\((.*)\)\s*$/s.exec(clusterBy)?.[1] ?? ''
  const parts = inside.match(/\s*"(?:[^"]|"")+"\s*|[^,]+/g) ?? []
  return parts
    .map(part => part.trim())
    .map(part => {
      if (!/^([A-Za-z_][\w$]*|"(?:[^"]|"")+")$/.test(part)) return null
      return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toUpperCase()
    })
}

const OF_TYPES: Readonly<Record<TableType, readonly string[]>> = {
  STANDARD: ['UPDATE and DELETE lock the whole table: writes of many connections wait for each other.'],
  HYBRID: ['Hybrid tables of one database together take about 16,000 operations a second: keep the control tables in another one.'],
  INTERACTIVE: [
    'It takes no UPDATE and no DELETE: choose a mix that reads.',
    'On an interactive warehouse every statement ends after 5 s.',
  ],
  DYNAMIC: ['It is refreshed by Snowflake and takes no writes: choose a mix that reads.'],
  VIEW: ['It is a view: what is measured is its query. It takes no writes.'],
  POSTGRES: [],
}

const IN_PARTITIONS: readonly TableType[] = ['STANDARD', 'INTERACTIVE', 'DYNAMIC']

const hintsOf = (
  { tableType, rowEstimate }: CatalogTable,
  lookup: CatalogLookup | null,
  clustering: readonly (string | null)[],
): string[] => {
  const isInPartitions = IN_PARTITIONS.includes(tableType)
  const told = (applies: boolean, words: string): string[] => (applies ? [words] : [])
  return [
    ...OF_TYPES[tableType],
    ...lookupHints(lookup, 'unique key', tableType !== 'VIEW'),
    ...told(isInPartitions && (lookup?.keyColumns.length ?? 0) > 0, 'Its key is not enforced, and finds no row faster.'),
    ...told(isInPartitions && clustering.length === 0, 'It has no clustering key: a lookup may read every partition.'),
    ...told(
      isInPartitions && clustering.length > 0 && clustering[0] !== lookup?.column,
      `Its clustering key does not begin with ${lookup?.column}: a lookup may read every partition.`,
    ),
    ...told(rowEstimate === 0, 'It is empty: there is nothing to look up.'),
  ]
}
