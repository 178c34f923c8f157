import { readSql } from '@flakebench/contract'
import type { BindValue, Statement } from './engine.ts'
import { quoteText } from './snowflakeNames.ts'

/** What Snowflake's EXPLAIN takes. Source: its reference; CALL, SHOW and DESCRIBE are refused there, though they can be sent. */
const EXPLAINED = new Set(['SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/**
 * Has Snowflake compile a statement with these values without executing it: a value that does not fit its column is found, too. Null for statements that
 * cannot be compiled alone: whether they are right, their first execution shows.
 */
export const explaining = (
  { text }: Pick<Statement, 'text'>,
  values: readonly BindValue[],
): { readonly sqlText: string; readonly binds: readonly BindValue[] } | null => {
  const { words, placeholders } = readSql(text, 'snowflake')
  if (!EXPLAINED.has(words[0]?.text ?? '')) return null
  let explained = ''
  let at = 0
  for (const { at: from, length, number } of placeholders) {
    explained += `${text.slice(at, from)}${literal(values[number - 1] ?? null)}`
    at = from + length
  }
  // Numbered values (`:1`) are not found there: they are bound.
  return { sqlText: `EXPLAIN USING TEXT ${explained}${text.slice(at)}`, binds: at === 0 ? values : [] }
}

const literal = (value: BindValue): string => {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return quoteText(value)
  // Its sign would make a comment of one before it, as in `credit-?`.
  if (typeof value === 'number' && value < 0) return `(${value})`
  return typeof value === 'object' ? `TO_BINARY(${quoteText(value.toString('hex'))})` : String(value).toUpperCase()
}
