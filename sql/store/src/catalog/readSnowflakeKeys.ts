import type { TableKey } from '@flakebench/contract'
import { type ShownRow, type ShowSnowflake, showIfThere } from './showSnowflake.ts'

/**
 * What a table of Snowflake says its rows are told apart by: its primary key, else its unique ones. Of hybrid tables alone it is enforced.
 * @param named the table, qualified and quoted
 */
export const readSnowflakeKeys = async (show: ShowSnowflake, named: string): Promise<TableKey[]> => {
  const primary = (await showIfThere(show, `SHOW PRIMARY KEYS IN TABLE ${named}`)) ?? []
  if (primary.length > 0) return [{ isPrimary: true, columns: columnsOf(primary) }]
  const unique = (await showIfThere(show, `SHOW UNIQUE KEYS IN TABLE ${named}`)) ?? []
  const names = [...new Set(unique.map(nameOfKey))].sort()
  return names.map(name => ({ isPrimary: false, columns: columnsOf(unique.filter(row => nameOfKey(row) === name)) }))
}

const nameOfKey = (row: ShownRow): string => String(row['constraint_name'])

const columnsOf = (rows: readonly ShownRow[]): string[] =>
  [...rows].sort((a, b) => Number(a['key_sequence']) - Number(b['key_sequence'])).map(row => String(row['column_name']))
