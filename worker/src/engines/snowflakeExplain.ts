import { readSql } from '@flakebench/contract'
import type { Statement } from './engine.ts'

/** Has Snowflake compile a statement without executing it; NULL stands where values go. */
export const explaining = ({ text, valueCount }: Pick<Statement, 'text' | 'valueCount'>): { sqlText: string; binds: null[] } => {
  let explained = ''
  let at = 0
  for (const placeholder of readSql(text, 'snowflake').placeholders) {
    explained += `${text.slice(at, placeholder.at)}NULL`
    at = placeholder.at + placeholder.length
  }
  // Numbered values (`:1`) are not found there: they are bound.
  const binds = at === 0 ? Array<null>(valueCount).fill(null) : []
  return { sqlText: `EXPLAIN USING TEXT ${explained}${text.slice(at)}`, binds }
}
