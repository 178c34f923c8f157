/** How a CSV file is written: FILE_FORMAT of COPY. */
export interface CsvFormat {
  readonly fieldDelimiter: string
  readonly skipHeader: number
  /** Null: fields are not enclosed. */
  readonly enclosedBy: string | null
  /** Null: nothing is escaped but an enclosing character, by its double. */
  readonly escapedBy: string | null
  readonly nullIf: readonly string[]
  readonly emptyFieldAsNull: boolean
}

/** @param options of FILE_FORMAT, names in upper case */
export const csvFormat = (options: Readonly<Record<string, string>>): CsvFormat => {
  const enclosedBy = unescapeOption(options['FIELD_OPTIONALLY_ENCLOSED_BY'] ?? 'NONE')
  const escapedBy = unescapeOption(options['ESCAPE'] ?? 'NONE')
  return {
    fieldDelimiter: unescapeOption(options['FIELD_DELIMITER'] ?? ','),
    skipHeader: Number(options['SKIP_HEADER'] ?? 0),
    enclosedBy: enclosedBy === 'NONE' ? null : enclosedBy,
    escapedBy: escapedBy === 'NONE' ? null : escapedBy,
    nullIf: listOption(options['NULL_IF'] ?? "('\\\\N')"),
    emptyFieldAsNull: (options['EMPTY_FIELD_AS_NULL'] ?? 'TRUE').toUpperCase() !== 'FALSE',
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\t': '\t', '\\n': '\n', '\\r': '\r', '\\\\': '\\', "\\'": "'", '\\"': '"' }
const unescapeOption = (text: string): string => {
  if (/^0x[0-9a-f]{2}$/i.test(text)) return String.fromCharCode(Number(text))
  return text.replaceAll(/\\[tnr\\'"]/g, escaped => ESCAPES[escaped] ?? escaped)
}

/** `('a', 'b')`, or the values by themselves with a comma between. */
const listOption = (text: string): readonly string[] => {
  const inner = /^\(([\s\S]*)\)$/.exec(text.trim())?.[1]
  if (inner === undefined) return text.split(',').map(unescapeOption)
  return [...inner.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => unescapeOption(value.replaceAll("''", "'")))
}

/** Rows of a CSV file; null: NULL. Lines end with LF or CR LF. */
export const readCsv = (text: string, format: CsvFormat): (string | null)[][] => {
  const rows: (string | null)[][] = []
  let at = 0
  while (at < text.length) {
    const { row, next } = readRow(text, at, format)
    at = next
    rows.push(row)
  }
  return rows.slice(format.skipHeader)
}

const readRow = (text: string, from: number, format: CsvFormat): { readonly row: (string | null)[]; readonly next: number } => {
  const row: (string | null)[] = []
  let at = from
  for (;;) {
    const isEnclosed = format.enclosedBy !== null && text[at] === format.enclosedBy
    const { value, next } = isEnclosed ? readEnclosed(text, at + 1, format) : readPlain(text, at, format)
    const isNull = !isEnclosed && (format.nullIf.includes(value) || (value === '' && format.emptyFieldAsNull))
    row.push(isNull ? null : value)
    at = next
    if (at < text.length && text.startsWith(format.fieldDelimiter, at)) {
      at += format.fieldDelimiter.length
      continue
    }
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    return { row, next: at }
  }
}

const readPlain = (text: string, from: number, format: CsvFormat): { readonly value: string; readonly next: number } => {
  let at = from
  while (at < text.length && text[at] !== '\n' && !text.startsWith(format.fieldDelimiter, at)) at++
  const end = at > from && text[at] === '\n' && text[at - 1] === '\r' ? at - 1 : at
  return { value: text.slice(from, end), next: end }
}

const readEnclosed = (
  text: string,
  from: number,
  { enclosedBy, escapedBy }: CsvFormat,
): { readonly value: string; readonly next: number } => {
  let value = ''
  let at = from
  while (at < text.length) {
    const letter = text[at]
    const following = text[at + 1]
    if (letter === escapedBy && following !== undefined && escapedBy !== enclosedBy) {
      value += following
      at += 2
    } else if (letter === enclosedBy) {
      if (following !== enclosedBy) return { value, next: at + 1 }
      value += letter
      at += 2
    } else {
      value += letter
      at++
    }
  }
  return { value, next: at }
}
