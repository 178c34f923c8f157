import { CONSTANT_NAMES } from './constants.ts'
import { isGroup, isSymbol, isWord, type Node, sourceOf, splitBy } from './nodes.ts'
import { refuse } from './strictRules.ts'
import type { Work } from './work.ts'

/** @throws in strict mode for an expression that Snowflake does not take in VALUES: a call of a function, a cast to JSON, a subquery */
export const refuseValues = (rows: readonly Node[], work: Work): void => {
  for (const row of rows) {
    if (!isGroup(row)) continue
    for (const value of splitBy(row.nodes, ',')) {
      if (!isConstant(value)) refuse(work, 'values expression', sourceOf(work.statement.sql, value))
    }
  }
}

const isConstant = (value: readonly Node[]): boolean =>
  value.every((node, i) => {
    if (isGroup(node)) return node.nodes.length === 0 || (node.nodes.length === 1 && node.nodes[0]?.type === 'number')
    if (isSymbol(node, '::')) return false
    if (node.type === 'word' && isGroup(value[i + 1])) return CONSTANT_NAMES.has(node.value)
    return !isWord(node, 'SELECT')
  })
