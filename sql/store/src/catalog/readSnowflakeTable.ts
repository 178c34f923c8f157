import type { TableType } from '@flakebench/contract'
import { meantName, placesOf, qualifiedName } from '../snowflake/names.ts'
import type { CatalogColumn, CatalogPlace, CatalogTable, CatalogTableDetails } from './catalog.ts'
import { type ShownTable, showSnowflakeTables } from './listSnowflakeTables.ts'
import { commentOf, isYes, nameOf, type ShowSnowflake, showIfThere } from './showSnowflake.ts'

/** A table or view with its columns: names as they stand, else in upper case. Null: there is none, or it may not be seen. */
export const readSnowflakeTable = async (show: ShowSnowflake, wanted: CatalogPlace): Promise<CatalogTableDetails | null> => {
  for (const place of placesOf(wanted)) {
    const shown = await showSnowflakeTables(show, place.database, place.schema, wanted.table)
    const name = meantName(wanted.table, shown?.map(({ table }) => table.name) ?? [])
    const found = shown?.find(({ table }) => table.name === name)
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
  const columns = await showIfThere(show, `DESCRIBE TABLE ${named}`)
  const keys = table.tableType === 'VIEW' ? [] : ((await showIfThere(show, `SHOW PRIMARY KEYS IN TABLE ${named}`)) ?? [])
  const primary = [...keys].sort((a, b) => Number(a['key_sequence']) - Number(b['key_sequence'])).map(key => String(key['column_name']))
  const clustering = clusteringColumns(String(row['cluster_by'] ?? ''))
  const keyColumns = primary.length > 0 ? primary : clustering
  return columns === null
    ? null
    : {
        ...place,
        table,
        columns: columns
          .filter(column => String(column['kind'] ?? 'COLUMN').toUpperCase() === 'COLUMN')
          .map(
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
        hints: hintsOf(table, primary, clustering),
      }
}

/** Of `LINEAR(A, "b")` or `(A)`; expressions are left out. */
export const clusteringColumns = (clusterBy: string): string[] => {
  const inside = /\((.*)\)\s*$/s.exec(clusterBy)?.[1] ?? ''
  const parts = inside.match(/\s*"(?:[^"]|"")+"\s*|[^,]+/g) ?? []
  return parts
    .map(part => part.trim())
    .filter(part => /^([A-Za-z_][\w$]*|"(?:[^"]|"")+")$/.test(part))
    .map(part => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toUpperCase()))
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

const hintsOf = ({ tableType, rowEstimate }: CatalogTable, primary: readonly string[], clustering: readonly string[]): string[] => [
  ...OF_TYPES[tableType],
  ...(primary.length > 1 ? ['Its primary key has several columns: lookups use the first one.'] : []),
  ...(tableType === 'STANDARD' && primary.length > 0 ? ['Its primary key is not enforced, and finds no row faster.'] : []),
  ...(['STANDARD', 'INTERACTIVE', 'DYNAMIC'].includes(tableType) && clustering.length === 0
    ? ['It has no clustering key: a lookup may read every partition.']
    : []),
  ...(rowEstimate === 0 ? ['It is empty: there is nothing to look up.'] : []),
]
