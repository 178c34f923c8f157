export type Cell = string | number | boolean | null | undefined

/** A table's column, and what a row has in it. */
export interface CsvColumn<R> {
  readonly title: string
  readonly cell: (row: R) => Cell
}

/** A spreadsheet would take it for a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** As RFC 4180 has it. Text that a spreadsheet would take for a formula has an apostrophe before it. */
export const csvCell = (value: Cell): string => {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csvHead = <R>(columns: readonly CsvColumn<R>[]): string => `${columns.map(({ title }) => csvCell(title)).join(',')}\r\n`

export const csvRows = <R>(columns: readonly CsvColumn<R>[], rows: readonly R[]): string =>
  rows.map(row => `${columns.map(({ cell }) => csvCell(cell(row))).join(',')}\r\n`).join('')

/** A row of a control table, whose columns have their own names. */
export const columnNamed = (name: string): CsvColumn<Readonly<Record<string, unknown>>> => ({ title: name, cell: row => row[name] as Cell })
