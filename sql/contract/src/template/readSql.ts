/**
 * Lexical rules that differ. Source: PostgreSQL manual 4.1 (a backslash escapes in E'' only, comments nest, `?|`, `?&` and `@?` are operators of jsonb);
 * Snowflake reference, string constants and comments (a backslash escapes in every literal, `//` begins a comment, comments do not nest).
 */
export type SqlDialect = 'postgres' | 'snowflake'

/** What a statement consists of, as far as rules and placeholders are concerned. Nothing in literals, quoted names and comments counts. */
export interface SqlReading {
  /** In order; keywords and bare names alike. */
  readonly words: readonly SqlWord[]
  readonly statements: number
  readonly placeholders: readonly Placeholder[]
  /** How values are marked. */
  readonly style: 'NONE' | 'QUESTION' | 'NUMBERED' | 'MIXED'
  /** Values to bind: the number of `?`, or the highest n of `$n`. */
  readonly parameterCount: number
  /** What is opened and never closed; null for nothing. */
  readonly unclosed: string | null
}

export interface SqlWord {
  /** In upper case. */
  readonly text: string
  /** Round brackets that it stands in. */
  readonly depth: number
  /** It begins the statement or follows an opening bracket. */
  readonly opens: boolean
  /** It follows AS or a dot: a name, whatever word it is. */
  readonly isName: boolean
}

export interface Placeholder {
  readonly at: number
  readonly length: number
  /** 1 for the first value: the ordinal of a `?`, the n of `$n`. */
  readonly number: number
}

type TokenKind = 'SKIP' | 'SILENT' | 'WORD' | 'NUMBERED' | 'QUESTION' | 'UNCLOSED' | 'SYMBOL'

/** Length of the token of this kind that begins at `at`; 0 if none does. */
type Matcher = (sql: string, at: number) => number

const like = (pattern: string): Matcher => {
  const sticky = new RegExp(pattern, 'y')
  return (sql, at) => {
    sticky.lastIndex = at
    return sticky.exec(sql)?.[0].length ?? 0
  }
}

/** A comment with others inside it. */
const nestedComment: Matcher = (sql, start) => {
  if (!sql.startsWith('/*', start)) return 0
  let open = 1
  for (let at = start + 2; at < sql.length; at++) {
    if (sql.startsWith('*/', at)) {
      open -= 1
      at += 1
      if (open === 0) return at + 1 - start
    } else if (sql.startsWith('/*', at)) {
      open += 1
      at += 1
    }
  }
  return 0
}

const PLAIN_LITERAL = like(`'[^']*(?:''[^']*)*'`)
const ESCAPED_LITERAL = String.raw`'[^'\\]*(?:(?:\\[^]|'')[^'\\]*)*'`

/** The first that matches wins. */
const tokens = (own: readonly (readonly [TokenKind, Matcher])[]): readonly (readonly [TokenKind, Matcher])[] => [
  ['SKIP', like(String.raw`\s+|--[^\n]*`)],
  ...own,
  ['SILENT', like(String.raw`"[^"]*(?:""[^"]*)*"|\$((?:[A-Za-z_]\w*)?)\$[^]*?\$\1\$`)],
  ['UNCLOSED', like(String.raw`/\*|'|"|\$(?:[A-Za-z_]\w*)?\$`)],
  ['NUMBERED', like(String.raw`\$[1-9]\d{0,5}`)],
  ['WORD', like(String.raw`[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*`)],
  ['SILENT', like(String.raw`\d[\w.]*`)],
  ['QUESTION', like(String.raw`\?`)],
  ['SYMBOL', like('[^]')],
]

const TOKENS = {
  postgres: tokens([
    ['SKIP', nestedComment],
    ['SILENT', like(`[eE]${ESCAPED_LITERAL}`)],
    ['SILENT', PLAIN_LITERAL],
    ['SILENT', like(String.raw`@\?|\?&|\?\|(?!\|)`)],
  ]),
  snowflake: tokens([
    ['SKIP', like(String.raw`//[^\n]*|/\*[^]*?\*/`)],
    ['SILENT', like(ESCAPED_LITERAL)],
  ]),
}

const UNCLOSED_NAMES: Readonly<Record<string, string>> = { '/*': 'a comment', '"': 'a quoted name' }

const nextToken = (sql: string, at: number, dialect: SqlDialect): readonly [TokenKind, string] => {
  for (const [kind, match] of TOKENS[dialect]) {
    const length = match(sql, at)
    if (length > 0) return [kind, sql.slice(at, at + length)]
  }
  return ['SYMBOL', sql[at] as string]
}

/** Reads a statement once, from left to right. The jsonb operator `?` alone cannot be told from a placeholder: write jsonb_exists() instead. */
export const readSql = (sql: string, dialect: SqlDialect): SqlReading => {
  const words: SqlWord[] = []
  const placeholders: Placeholder[] = []
  let questions = 0
  let highest = 0
  let depth = 0
  let statements = 0
  let unclosed: string | null = null
  let before = ';'
  for (let at = 0; at < sql.length; ) {
    const [kind, text] = nextToken(sql, at, dialect)
    if (kind === 'UNCLOSED') {
      unclosed = UNCLOSED_NAMES[text] ?? 'a text'
      break
    }
    if (kind !== 'SKIP') {
      if (before === ';' && text !== ';') statements += 1
      if (kind === 'WORD') {
        const isName = before === '.' || before.toUpperCase() === 'AS'
        words.push({ text: text.toUpperCase(), depth, opens: before === ';' || before === '(', isName })
      } else if (kind === 'QUESTION') placeholders.push({ at, length: 1, number: ++questions })
      else if (kind === 'NUMBERED') placeholders.push({ at, length: text.length, number: Number(text.slice(1)) })
      else if (text === '(') depth += 1
      else if (text === ')') depth -= 1
      if (kind === 'NUMBERED') highest = Math.max(highest, Number(text.slice(1)))
      before = text
    }
    at += text.length
  }
  const style = questions > 0 ? (highest > 0 ? 'MIXED' : 'QUESTION') : highest > 0 ? 'NUMBERED' : 'NONE'
  return { words, statements, placeholders, style, parameterCount: Math.max(questions, highest), unclosed }
}
