import { isName, isSymbol, type Node, sourceOf } from './nodes.ts'
import { swapCase } from './translation.ts'
import type { Work } from './work.ts'

const LONGEST = 60

/**
 * Snowflake names a column that has no name by the expression's text, in upper case outside quotes; null when PostgreSQL's own choice, the last part of
 * a column's name, is right.
 */
export const nameOfExpression = (item: readonly Node[], work: Work): string | null => {
  const last = item.at(-1)
  if (last === undefined || isSymbol(last, '*')) return null
  if (item.every(node => isName(node) || isSymbol(node, '.')) && !isConstant(item)) return null
  const written = sourceOf(work.statement.sql, item)
  const shown = written.replace(/'(?:[^']|'')*'|"[^"]*"|[^'"]+/g, part => (/^['"]/.test(part) ? part : part.toUpperCase()))
  return swapCase(shown.replace(/\s+/g, ' ')).slice(0, LONGEST)
}

const isConstant = (item: readonly Node[]): boolean =>
  item.length === 1 && item[0]?.type === 'word' && /^(?:CURRENT_\w+|LOCALTIME\w*|NULL|TRUE|FALSE)$/.test(item[0].value)
