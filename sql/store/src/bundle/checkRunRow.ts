import type { RunTable } from './runTables.ts'
import { type ColumnShape, tableShape } from './tableShape.ts'

/** What keeps a row that came from elsewhere from being one of this table, in words that continue "…: "; null: nothing. */
export const faultOfRunRow = (table: RunTable, row: unknown, runId: string): string | null => {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'it is no row'
  const values = row as Readonly<Record<string, unknown>>
  const columns = columnsOf(table.name)
  for (const name of Object.keys(values)) if (!columns.has(name)) return `there is no column ${name}`
  for (const column of columns.values()) {
    const fault = faultOf(column, values[column.name] ?? null)
    if (fault !== null) return `${column.name} ${fault}`
  }
  return values['run_id'] === runId ? null : 'it is of another run'
}

const known = new Map<string, ReadonlyMap<string, ColumnShape>>()

const columnsOf = (table: string): ReadonlyMap<string, ColumnShape> => {
  const before = known.get(table)
  if (before !== undefined) return before
  const columns = new Map(tableShape(table).map(column => [column.name, column]))
  known.set(table, columns)
  return columns
}

const LARGEST_INTEGER = 2 ** 31 - 1
/** The end of the year 9999. */
const LAST_MOMENT = 253_402_300_799_999

const faultOf = ({ type, most, isRequired, fallback }: ColumnShape, value: unknown): string | null => {
  if (value === null) return isRequired && fallback === null ? 'is missing' : null
  switch (type) {
    case 'TEXT':
      if (typeof value !== 'string') return 'is no text'
      return value.length > most ? `is longer than ${most} characters` : null
    case 'FLAG':
      return typeof value === 'boolean' ? null : 'is neither true nor false'
    case 'INTEGER':
      return Number.isInteger(value) && Math.abs(value as number) <= LARGEST_INTEGER ? null : 'is no whole number'
    case 'BIGINT':
      return Number.isSafeInteger(value) ? null : 'is no whole number'
    case 'DOUBLE':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'is no number'
    case 'MOMENT':
      return typeof value === 'number' && value >= 0 && value <= LAST_MOMENT ? null : 'is no moment'
    case 'JSON':
      return null
  }
}
