import { SnowflakeError } from './translation.ts'

/** A piece of a statement. `value` is what it means: a word in upper case, a quoted name without its quotes, a string without its escapes. */
export interface Token {
  readonly type: 'word' | 'quoted' | 'string' | 'number' | 'bind' | 'position' | 'symbol'
  readonly value: string
  readonly at: number
  readonly end: number
}

/** Longest first: the first that fits is taken. */
const SYMBOLS = ['->>', '#>>', '!~~', '::', '=>', '->', '<=', '>=', '<>', '!=', '||', '@>', '<@', '#>', '!~', '~~', '|>']

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' }

const WHITE = /\s+|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
const NUMBER = /\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y
const BIND = /\?|:\d+/y
const POSITION = /\$\d+/y

/** Reads Snowflake's SQL: '' and backslash in strings, $$ … $$, comments by --, // and /* … *\/, `?` and `:1` for binds. */
export const readTokens = (sql: string): Token[] => {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(sql)?.[0] ?? null
  }
  const push = (type: Token['type'], value: string, length: number) => {
    tokens.push({ type, value, at, end: at + length })
    at += length
  }
  while (at < sql.length) {
    const white = match(WHITE)
    if (white !== null) {
      at += white.length
      continue
    }
    const letter = sql[at] as string
    const word = match(WORD)
    if (word !== null) push('word', word.toUpperCase(), word.length)
    else if (letter === "'") {
      const { value, length } = readString(sql, at)
      push('string', value, length)
    } else if (letter === '"') {
      const { value, length } = readQuoted(sql, at)
      push('quoted', value, length)
    } else if (sql.startsWith('$$', at)) {
      const end = sql.indexOf('$$', at + 2)
      if (end < 0) throw syntaxError(sql, at, 'unterminated $$')
      push('string', sql.slice(at + 2, end), end + 2 - at)
    } else {
      const number = match(NUMBER)
      const bind = number === null && sql[at - 1] !== ':' ? match(BIND) : null
      const position = number === null && bind === null ? match(POSITION) : null
      if (number !== null) push('number', number, number.length)
      else if (bind !== null) push('bind', bind.replace(/^[?:]/, ''), bind.length)
      else if (position !== null) push('position', position, position.length)
      else {
        const symbol = SYMBOLS.find(candidate => sql.startsWith(candidate, at)) ?? letter
        push('symbol', symbol, symbol.length)
      }
    }
  }
  return tokens
}

const readString = (sql: string, start: number): { value: string; length: number } => {
  let value = ''
  for (let at = start + 1; at < sql.length; at++) {
    const letter = sql[at] as string
    if (letter === '\\') {
      const { text, length } = readEscape(sql, at + 1)
      value += text
      at += length
    } else if (letter !== "'") value += letter
    else if (sql[at + 1] === "'") {
      value += "'"
      at += 1
    } else return { value, length: at + 1 - start }
  }
  throw syntaxError(sql, start, 'unterminated string')
}

const readEscape = (sql: string, at: number): { text: string; length: number } => {
  const code = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))/.exec(sql.slice(at, at + 5))
  if (code !== null) return { text: String.fromCharCode(Number.parseInt((code[1] ?? code[2]) as string, 16)), length: code[0].length }
  const letter = sql[at] ?? ''
  return { text: ESCAPES[letter] ?? letter, length: 1 }
}

const readQuoted = (sql: string, start: number): { value: string; length: number } => {
  let value = ''
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] !== '"') value += sql[at]
    else if (sql[at + 1] === '"') {
      value += '"'
      at += 1
    } else return { value, length: at + 1 - start }
  }
  throw syntaxError(sql, start, 'unterminated name')
}

/** Snowflake's own words for text that it cannot read, with line and position. */
export const syntaxError = (sql: string, at: number, unexpected: string): SnowflakeError => {
  const before = sql.slice(0, at)
  const line = before.split('\n').length
  const position = at - (before.lastIndexOf('\n') + 1)
  return new SnowflakeError(
    '001003',
    '42000',
    `SQL compilation error:\nsyntax error line ${line} at position ${position} unexpected '${unexpected}'.`,
  )
}
