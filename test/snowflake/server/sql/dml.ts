import { refuseWrite } from './decideWrite.ts'
import { rewriteExpression } from './expression.ts'
import { rewriteFrom } from './from.ts'
import { completeTable, quoteName, readName, shownTable, tableText } from './names.ts'
import { hasWords, isGroup, isName, isQuery, isSymbol, isWord, type Node, splitBy } from './nodes.ts'
import { rewriteQuery } from './query.ts'
import { syntaxError } from './tokens.ts'
import { swapCase, type TableName } from './translation.ts'
import { refuseValues } from './values.ts'
import { NO_SCOPE, type Work } from './work.ts'

export interface Rewritten {
  readonly steps: readonly string[]
  readonly answer: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE'
}

const readTarget = (work: Work, at: number): { table: TableName; next: number } => {
  const { parts, next } = readName(work.statement.sql, work.statement.nodes, at)
  const table = completeTable(work.session, parts)
  work.writes.push(table)
  work.reads.push(table)
  return { table, next }
}

/** A qualified column of the changed table, without its qualifier: PostgreSQL takes none there. */
const columnsText = (nodes: readonly Node[], work: Work): string =>
  splitBy(nodes, ',')
    .map(column => columnText(column, work))
    .join(', ')

const columnText = (nodes: readonly Node[], work: Work): string =>
  quoteName(swapCase(readName(work.statement.sql, nodes, 0).parts.at(-1) as string))

export const rewriteInsert = (work: Work): Rewritten => {
  const { sql, nodes } = work.statement
  const isOverwrite = isWord(nodes[1], 'OVERWRITE')
  const into = isOverwrite ? 2 : 1
  if (!isWord(nodes[into], 'INTO')) throw syntaxError(sql, nodes[into]?.at ?? sql.length, 'INSERT')
  const { table, next } = readTarget(work, into + 1)
  refuseWrite(work, table, isOverwrite ? 'INSERT OVERWRITE' : 'INSERT')
  const columns = nodes[next]
  const hasColumns = isGroup(columns) && !isQuery(columns.nodes)
  const list = hasColumns ? ` (${columnsText(columns.nodes, work)})` : ''
  const source = nodes.slice(next + (hasColumns ? 1 : 0))
  const insert = `INSERT INTO ${tableText(table)}${list} ${rewriteSource(source, work)}`
  return { steps: isOverwrite ? [`DELETE FROM ${tableText(table)}`, insert] : [insert], answer: 'INSERT' }
}

const rewriteSource = (nodes: readonly Node[], work: Work): string => {
  if (!isWord(nodes[0], 'VALUES')) return rewriteQuery(nodes, work, NO_SCOPE)
  refuseValues(nodes.slice(1), work)
  return rewriteExpression(nodes, work, NO_SCOPE)
}

/** `SET a = …, t.b = …`; what stands right of each `=` may hold commas in parentheses only. */
const assignmentsText = (nodes: readonly Node[], work: Work): string =>
  splitBy(nodes, ',')
    .map(assignment => {
      const at = assignment.findIndex(node => isSymbol(node, '='))
      if (at < 0) throw syntaxError(work.statement.sql, assignment[0]?.at ?? 0, 'SET')
      return `${columnText(assignment.slice(0, at), work)} = ${rewriteExpression(assignment.slice(at + 1), work, NO_SCOPE)}`
    })
    .join(', ')

const readAlias = (nodes: readonly Node[], at: number): { text: string; next: number } => {
  const skip = isWord(nodes[at], 'AS') ? 1 : 0
  const name = nodes[at + skip]
  if (!isName(name) || (skip === 0 && isWord(name, 'SET', 'USING', 'WHERE', 'FROM', 'ON'))) return { text: '', next: at }
  return { text: ` AS ${quoteName(swapCase(name.value))}`, next: at + skip + 1 }
}

const whereText = (nodes: readonly Node[], work: Work): string => (nodes.length === 0 ? '' : ` ${rewriteExpression(nodes, work, NO_SCOPE)}`)

export const rewriteUpdate = (work: Work): Rewritten => {
  const { sql, nodes } = work.statement
  const { table, next } = readTarget(work, 1)
  refuseWrite(work, table, 'UPDATE')
  const alias = readAlias(nodes, next)
  if (!isWord(nodes[alias.next], 'SET')) throw syntaxError(sql, nodes[alias.next]?.at ?? sql.length, shownTable(table))
  const from = indexOrEnd(nodes, alias.next, 'FROM')
  const where = indexOrEnd(nodes, alias.next, 'WHERE')
  const set = assignmentsText(nodes.slice(alias.next + 1, Math.min(from, where)), work)
  const fromText = from < where ? ` FROM ${rewriteFrom(nodes.slice(0, where), from + 1, work, NO_SCOPE).text}` : ''
  return {
    steps: [`UPDATE ${tableText(table)}${alias.text} SET ${set}${fromText}${whereText(nodes.slice(where), work)}`],
    answer: 'UPDATE',
  }
}

const indexOrEnd = (nodes: readonly Node[], from: number, word: string): number => {
  const at = nodes.findIndex(
    (node, i) => i > from && isWord(node, word) && !isSymbol(nodes[i - 1], '.') && !isWord(nodes[i - 1], 'DISTINCT'),
  )
  return at < 0 ? nodes.length : at
}

export const rewriteDelete = (work: Work): Rewritten => {
  const { sql, nodes } = work.statement
  if (!isWord(nodes[1], 'FROM')) throw syntaxError(sql, nodes[1]?.at ?? sql.length, 'DELETE')
  const { table, next } = readTarget(work, 2)
  refuseWrite(work, table, 'DELETE')
  const alias = readAlias(nodes, next)
  const where = indexOrEnd(nodes, alias.next - 1, 'WHERE')
  const using = isWord(nodes[alias.next], 'USING')
    ? ` USING ${rewriteFrom(nodes.slice(0, where), alias.next + 1, work, NO_SCOPE).text}`
    : ''
  if (using === '' && where !== alias.next) throw syntaxError(sql, nodes[alias.next]?.at ?? sql.length, 'DELETE')
  return { steps: [`DELETE FROM ${tableText(table)}${alias.text}${using}${whereText(nodes.slice(where), work)}`], answer: 'DELETE' }
}

export const rewriteMerge = (work: Work): Rewritten => {
  const { sql, nodes } = work.statement
  const { table, next } = readTarget(work, isWord(nodes[1], 'INTO') ? 2 : 1)
  refuseWrite(work, table, 'MERGE')
  const alias = readAlias(nodes, next)
  if (!isWord(nodes[alias.next], 'USING')) throw syntaxError(sql, nodes[alias.next]?.at ?? sql.length, 'MERGE')
  const source = rewriteFrom(nodes, alias.next + 1, work, NO_SCOPE, ['ON'])
  const first = nextWhen(nodes, source.next)
  const out = [
    `MERGE INTO ${tableText(table)}${alias.text} USING ${source.text} ${rewriteExpression(nodes.slice(source.next, first), work, NO_SCOPE)}`,
  ]
  for (let at = first; at < nodes.length; ) {
    const end = nextWhen(nodes, at + 1)
    out.push(rewriteWhen(nodes.slice(at, end), work))
    at = end
  }
  // What was done with each row, for the counts of inserted, updated and deleted rows.
  out.push('RETURNING merge_action()')
  return { steps: [out.join(' ')], answer: 'MERGE' }
}

/** Not the WHEN of a CASE. */
const nextWhen = (nodes: readonly Node[], from: number): number => {
  const at = nodes.findIndex(
    (node, i) => i >= from && isWord(node, 'WHEN') && isWord(nodes[i + 1], 'MATCHED', 'NOT') && isWhenMatched(nodes, i),
  )
  return at < 0 ? nodes.length : at
}

const isWhenMatched = (nodes: readonly Node[], i: number): boolean => isWord(nodes[i + 1], 'MATCHED') || isWord(nodes[i + 2], 'MATCHED')

const rewriteWhen = (nodes: readonly Node[], work: Work): string => {
  const then = nodes.findIndex((node, i) => isWord(node, 'THEN') && isWord(nodes[i + 1], 'UPDATE', 'INSERT', 'DELETE'))
  if (then < 0) throw syntaxError(work.statement.sql, nodes[0]?.at ?? 0, 'WHEN')
  const head = rewriteExpression(nodes.slice(0, then + 1), work, NO_SCOPE)
  const action = nodes.slice(then + 1)
  if (hasWords(action, 0, 'UPDATE', 'SET')) return `${head} UPDATE SET ${assignmentsText(action.slice(2), work)}`
  if (isWord(action[0], 'DELETE')) return `${head} DELETE`
  const columns = action[1]
  const list = isGroup(columns) ? ` (${columnsText(columns.nodes, work)})` : ''
  return `${head} INSERT${list} ${rewriteExpression(action.slice(isGroup(columns) ? 2 : 1), work, NO_SCOPE)}`
}
