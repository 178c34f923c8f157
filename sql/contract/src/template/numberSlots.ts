import { readSql, type SqlDialect, type SqlReading } from './readSql.ts'

/** How a placeholder stands to a column: one to find, one to leave out, the lower or upper end of a range, one to write. */
export type SlotUse = 'COMPARE' | 'DIFFER' | 'LOW' | 'HIGH' | 'WRITE'

/** A value to bind: what it is for. */
export interface Slot {
  readonly number: number
  /** As written, without quotes; null when it stands beside no column. */
  readonly column: string | null
  readonly use: SlotUse
  /** The statement itself adds or subtracts something, as in `BETWEEN ? AND ? + 100`. */
  readonly shifted: boolean
}

export interface NumberedSql {
  /** With the dialect's own placeholders: `$1`, `$2`, … for PostgreSQL; for Snowflake `?`, or `:1`, `:2`, … where the statement numbers its values. */
  readonly text: string
  /** By number, from 1 on. */
  readonly slots: readonly Slot[]
}

const NAME = String.raw`(?:[\w$]+\s*\.\s*|"(?:[^"]|"")+"\s*\.\s*)*("(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`
const MARK = String.raw`\$\d+`
const CAST = String.raw`(?:\s*::\s*[\w ]+(?:\([\d, ]*\))?)?`
const SHIFT = String.raw`\s*[+-]\s*(?:\d[\w.]*|interval\s*'[^']*'|'[^']*')`
const before = (pattern: string): RegExp => new RegExp(`${pattern}\\s*(?:CAST\\s*\\(\\s*)?$`, 'i')
const after = (pattern: string): RegExp => new RegExp(`^${CAST}\\s*${pattern}`, 'i')

const COMPARED = before(`${NAME}${CAST}\\s*(=|<>|!=|<=|>=|<|>|LIKE|ILIKE)`)
const BETWEEN_LOW = before(`${NAME}\\s+(?:NOT\\s+)?BETWEEN`)
const BETWEEN_HIGH = before(`${NAME}\\s+(?:NOT\\s+)?BETWEEN\\s+(?:CAST\\s*\\(\\s*)?${MARK}[^$]*?\\s+AND`)
const LISTED = before(`${NAME}\\s+(?:NOT\\s+)?IN\\s*\\(\\s*(?:${MARK}${CAST}\\s*,\\s*)*`)
const COMPARES = after(`(=|<>|!=|<=|>=|<|>)\\s*${NAME}`)
const SHIFTED = after(SHIFT)
const INSERT = /^\s*(?:(?:--[^\n]*|\/\*[\s\S]*?\*\/)\s*)*INSERT\s/i

const USE_OF: Readonly<Record<string, SlotUse>> = { '>': 'LOW', '>=': 'LOW', '<': 'HIGH', '<=': 'HIGH', '<>': 'DIFFER', '!=': 'DIFFER' }
const NOT_LISTED = /\bNOT\s+IN\s*\([^()]*$/i
const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/**
 * Numbers the placeholders of a statement and says which column each belongs to, by what stands beside it: `column = ?`, `column BETWEEN ? AND ?`,
 * `column IN (?, …)`, `SET column = ?`, or the column list of an INSERT. Everything else has no column.
 * @throws a sentence when the list of an INSERT and its values do not match, or a `$n` is left out
 */
export const numberSlots = (sql: string, dialect: SqlDialect = 'postgres'): NumberedSql => {
  const reading = readSql(sql, dialect)
  let text = ''
  let at = 0
  const places: { number: number; start: number; end: number }[] = []
  for (const placeholder of reading.placeholders) {
    text += sql.slice(at, placeholder.at)
    const start = text.length
    text += `$${placeholder.number}`
    at = placeholder.at + placeholder.length
    places.push({ number: placeholder.number, start, end: text.length })
  }
  text += sql.slice(at)
  const inserted = INSERT.test(text) ? insertColumns(text) : null
  const slots: Slot[] = []
  for (let number = 1; number <= reading.parameterCount; number++) {
    const place = places.find(candidate => candidate.number === number)
    if (place === undefined) throw new Error(`uses $${reading.parameterCount} but not $${number}: number its values without a gap`)
    slots.push({ number, ...(inserted?.get(number) ?? besideColumn(text.slice(0, place.start), text.slice(place.end))) })
  }
  return { text: dialect === 'postgres' ? text : snowflakeText(sql, reading), slots }
}

const snowflakeText = (sql: string, { style, placeholders }: SqlReading): string => {
  if (style !== 'NUMBERED') return sql
  let text = ''
  let at = 0
  for (const placeholder of placeholders) {
    text += `${sql.slice(at, placeholder.at)}:${placeholder.number}`
    at = placeholder.at + placeholder.length
  }
  return text + sql.slice(at)
}

type Place = Omit<Slot, 'number'>

const besideColumn = (left: string, right: string): Place => {
  const shifted = SHIFTED.test(right)
  const found = (pattern: RegExp, use: SlotUse): Place | null => {
    const column = pattern.exec(left)?.[1]
    return column === undefined ? null : { column: unquote(column), use, shifted }
  }
  const [, name, operator = ''] = COMPARED.exec(left) ?? []
  if (name !== undefined)
    return { column: unquote(name), use: operator === '=' && inSetList(left) ? 'WRITE' : (USE_OF[operator] ?? 'COMPARE'), shifted }
  const [, turned = '', other] = COMPARES.exec(right) ?? []
  return (
    found(BETWEEN_LOW, 'LOW') ??
    found(BETWEEN_HIGH, 'HIGH') ??
    found(LISTED, NOT_LISTED.test(left) ? 'DIFFER' : 'COMPARE') ??
    (other === undefined
      ? { column: null, use: 'COMPARE', shifted }
      : { column: unquote(other), use: USE_OF[TURNED[turned] ?? turned] ?? 'COMPARE', shifted })
  )
}

/** Between SET and WHERE. */
const inSetList = (left: string): boolean => /\bSET\s(?:(?!\bWHERE\b)[\s\S])*$/i.test(left)

const unquote = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase())

/** The column of each numbered value of an INSERT with a column list; the list repeats for each row of VALUES. Null for INSERT … SELECT. */
const insertColumns = (text: string): Map<number, Place> | null => {
  const head = /^[\s\S]*?\bINTO\s+[^(]*\(([^)]*)\)\s*(?:OVERRIDING\s+\w+\s+VALUE\s*)?VALUES\s*/i.exec(text)
  if (head === null) return null
  const columns = splitList(head[1] as string).map(unquote)
  const places = new Map<number, Place>()
  let rest = text.slice(head[0].length)
  for (;;) {
    const row = bracketed(rest)
    if (row === null) return places
    const values = splitList(row.inside)
    if (values.length !== columns.length) {
      throw new Error(`names ${columns.length} columns but gives ${values.length} values: make them match`)
    }
    values.forEach((value, i) => {
      for (const mark of readSql(value, 'postgres').placeholders) {
        places.set(mark.number, { column: columns[i] as string, use: 'WRITE', shifted: false })
      }
    })
    rest = row.after
  }
}

/** What stands in the brackets that the text begins with, after a comma perhaps; null when it begins otherwise. */
const bracketed = (text: string): { readonly inside: string; readonly after: string } | null => {
  const open = /^\s*,?\s*\(/.exec(text)
  if (open === null) return null
  let depth = 1
  for (let at = open[0].length; at < text.length; at++) {
    at = afterLiteral(text, at)
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (depth === 0) return { inside: text.slice(open[0].length, at), after: text.slice(at + 1) }
  }
  return null
}

/** Splits at commas outside of brackets and literals. */
const splitList = (list: string): string[] => {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < list.length; at++) {
    at = afterLiteral(list, at)
    if (list[at] === '(') depth += 1
    else if (list[at] === ')') depth -= 1
    else if (list[at] === ',' && depth === 0) {
      parts.push(list.slice(start, at).trim())
      start = at + 1
    }
  }
  return [...parts, list.slice(start).trim()]
}

/** The place after the quoted text that begins at `at`; `at` itself if none does. */
const afterLiteral = (text: string, at: number): number => {
  const quoted = /^(?:'(?:[^']|'')*'|"(?:[^"]|"")*")/.exec(text[at] === "'" || text[at] === '"' ? text.slice(at) : '')
  return quoted === null ? at : at + quoted[0].length
}
