export type CsvCell = string | number | boolean | null | undefined

/** A table as a file: the heads of its columns, with their units, and the cells below them in the same order. */
export interface CsvTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly CsvCell[])[]
}

/** Spreadsheets run text that begins so as a formula; an apostrophe keeps it text. */
const LOOKS_LIKE_A_FORMULA = /^[=+\-@\t\r]/
const NEEDS_QUOTES = /[",\r\n]/

const cellText = (cell: CsvCell): string => {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  if (typeof cell === 'boolean') return cell ? 'true' : 'false'
  const safe = LOOKS_LIKE_A_FORMULA.test(cell) ? `'${cell}` : cell
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180: commas, CRLF, quotes where they must be. Numbers are exact with a point; what was not measured is empty. */
export const csvText = ({ columns, rows }: CsvTable): string =>
  [columns, ...rows].map(cells => `${cells.map(cellText).join(',')}\r\n`).join('')

/** A file name of these parts: `checkout-mixed-41-figures.csv`. */
export const csvName = (...parts: readonly (string | number)[]): string => {
  const words = parts
    .join('-')
    .normalize('NFKD')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
  return `${words === '' ? 'table' : words}.csv`
}
