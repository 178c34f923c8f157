import { rewriteExpression } from './expression.ts'
import { completeTable, readName, tableText } from './names.ts'
import { argumentsOf, type Group, isGroup, isSymbol, isWord, type Node, readStatements } from './nodes.ts'
import { HISTORY_TABLE, readHistoryWindow } from './queryHistory.ts'
import { syntaxError } from './tokens.ts'
import { SnowflakeError } from './translation.ts'
import { COMPAT } from './types.ts'
import type { Scope, Work } from './work.ts'

/** Arguments by name, in upper case; those without one by their place. */
export const namedArguments = (group: Group): ReadonlyMap<string, readonly Node[]> =>
  new Map(
    argumentsOf(group).map((nodes, i) =>
      isSymbol(nodes[1], '=>') && nodes[0]?.type === 'word' ? [nodes[0].value, nodes.slice(2)] : [String(i), nodes],
    ),
  )

/** TABLE( … ) and FLATTEN( … ) in FROM. */
export const rewriteTableFunction = (
  nodes: readonly Node[],
  at: number,
  work: Work,
  scope: Scope,
): { text: string; name: string | null } => {
  if (isWord(nodes[at], 'FLATTEN')) return { text: flatten(nodes[at + 1] as Group, work, scope), name: 'flatten' }
  const inner = (nodes[at + 1] as Group).nodes
  const [first] = inner
  if (first?.type === 'string') {
    const table = completeTable(work.session, readName(first.value, readStatements(first.value)[0]?.nodes ?? [], 0).parts)
    work.reads.push(table)
    return { text: tableText(table), name: null }
  }
  const { parts, next } = readName(work.statement.sql, inner, 0)
  const group = inner[next]
  if (!isGroup(group)) throw syntaxError(work.statement.sql, nodes[at]?.at ?? 0, 'TABLE')
  const name = parts.at(-1) as string
  if (name === 'FLATTEN') return { text: flatten(group, work, scope), name: 'flatten' }
  if (name === 'GENERATOR') return { text: generator(group, work), name: 'generated' }
  if (name.startsWith('QUERY_HISTORY') && parts.includes('INFORMATION_SCHEMA')) {
    const { window, filter } = readHistoryWindow(name, namedArguments(group), work)
    work.history = window
    return { text: filter === null ? HISTORY_TABLE : `(SELECT * FROM ${HISTORY_TABLE} WHERE ${filter})`, name: 'query_history' }
  }
  throw new SnowflakeError('002140', '42601', `SQL compilation error:\nTABLE(${parts.join('.')}(…)) is not supported by this test server.`)
}

const flatten = (group: Group, work: Work, scope: Scope): string => {
  const args = namedArguments(group)
  const input = args.get('INPUT') ?? args.get('0')
  if (input === undefined) throw syntaxError(work.statement.sql, group.at, 'FLATTEN')
  const path = args.get('PATH')?.[0]
  const outer = isWord(args.get('OUTER')?.[0], 'TRUE')
  if (isWord(args.get('RECURSIVE')?.[0], 'TRUE')) {
    throw new SnowflakeError('000002', '0A000', 'FLATTEN(RECURSIVE => TRUE) is not supported by this test server.')
  }
  const pathText = path === undefined ? "''" : rewriteExpression([path], work, scope)
  return `LATERAL ${COMPAT}.flatten(${rewriteExpression(input, work, scope)}, ${pathText}, ${outer})`
}

const generator = (group: Group, work: Work): string => {
  const count = namedArguments(group).get('ROWCOUNT')?.[0]
  if (count?.type !== 'number') {
    throw new SnowflakeError(
      '001008',
      '22023',
      `SQL compilation error:\ninvalid value for parameter 'ROWCOUNT': a whole number must be written out.`,
    )
  }
  if (work.unbound) return 'generate_series(1, 1)'
  return `generate_series(1, ${count.value})`
}
