import { shownTable } from './names.ts'
import { hasWords, isGroup, isWord, type Node } from './nodes.ts'
import { refuse } from './strictRules.ts'
import type { Work } from './work.ts'

const lockAt = (nodes: readonly Node[]): number => nodes.findIndex((_, i) => hasWords(nodes, i, 'FOR', 'UPDATE'))

/** `WAIT n` of FOR UPDATE as a step before the query. It holds until the transaction ends. */
export const waitOf = (work: Work): string[] => {
  const { nodes } = work.statement
  const at = lockAt(nodes)
  const seconds = nodes[at + 3]
  if (at < 0 || !isWord(nodes[at + 2], 'WAIT') || seconds?.type !== 'number') return []
  return [`SET LOCAL lock_timeout = '${Number(seconds.value) * 1_000}ms'`]
}

const AGGREGATES = new Set('COUNT SUM MIN MAX AVG MEDIAN LISTAGG COUNT_IF ARRAY_AGG'.split(' '))

/** Whether the query locks rows. @throws in strict mode where Snowflake would not lock them */
export const refuseLock = (work: Work): boolean => {
  const { nodes } = work.statement
  if (lockAt(nodes) < 0) return false
  if (!work.session.inTransaction) refuse(work, 'lock outside transaction', '')
  if (work.reads.length > 1) refuse(work, 'lock of many', 'joins, subqueries or several tables')
  if (isWord(nodes[1], 'DISTINCT')) refuse(work, 'lock of many', 'DISTINCT')
  if (nodes.some(node => isWord(node, 'GROUP', 'HAVING', 'UNION', 'INTERSECT', 'EXCEPT'))) {
    refuse(work, 'lock of many', 'GROUP BY or set operations')
  }
  if (nodes.some((node, i) => node.type === 'word' && AGGREGATES.has(node.value) && isGroup(nodes[i + 1]))) {
    refuse(work, 'lock of many', 'aggregates')
  }
  for (const table of work.reads) {
    const kind = work.session.tableKind(table.schema, table.table)
    if (kind !== null && kind !== 'HYBRID') refuse(work, 'lock of other table', shownTable(table))
  }
  return true
}
