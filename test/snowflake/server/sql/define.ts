import { alterTable } from './alterTable.ts'
import { namesOf } from './columns.ts'
import { type Definition, indexText, rewriteCreateTable } from './createTable.ts'
import { completeTable, quoteName, readName, shownTable, tableText } from './names.ts'
import { type Group, hasWords, isGroup, isName, isWord } from './nodes.ts'
import { createObject, dropObject } from './objects.ts'
import { rewriteQuery } from './query.ts'
import { forgetTable, recordKind } from './recordTable.ts'
import { refuse } from './strictRules.ts'
import { syntaxError } from './tokens.ts'
import { swapCase, type TableKind } from './translation.ts'
import { NO_SCOPE, type Work } from './work.ts'

const TABLE_KINDS: Readonly<Record<string, TableKind>> = { HYBRID: 'HYBRID', INTERACTIVE: 'INTERACTIVE', DYNAMIC: 'DYNAMIC' }

/** Statements that define or permit something. @throws for what is no statement at all */
export const rewriteDefinition = (work: Work): Definition => {
  const { nodes } = work.statement
  const [first] = nodes
  if (isWord(first, 'CREATE')) return rewriteCreate(work)
  if (isWord(first, 'DROP')) return rewriteDrop(work)
  if (hasWords(nodes, 0, 'ALTER', 'TABLE')) return alterTable(work)
  if (isWord(first, 'TRUNCATE')) return rewriteTruncate(work)
  // Rights are not kept: whoever is signed in may do everything.
  if (isWord(first, 'GRANT', 'REVOKE', 'COMMENT', 'ALTER', 'UNDROP'))
    return { steps: ['SELECT 1'], status: 'Statement executed successfully.' }
  throw syntaxError(work.statement.sql, first?.at ?? 0, work.statement.sql.slice(first?.at, first?.end))
}

const rewriteCreate = (work: Work): Definition => {
  const { sql, nodes } = work.statement
  const orReplace = hasWords(nodes, 1, 'OR', 'REPLACE')
  let at = orReplace ? 3 : 1
  let isTemporary = false
  let isTransient = false
  let kind: TableKind = 'STANDARD'
  for (; nodes[at] !== undefined; at++) {
    const node = nodes[at]
    if (isWord(node, 'TEMP', 'TEMPORARY', 'VOLATILE')) isTemporary = true
    else if (isWord(node, 'TRANSIENT')) isTransient = true
    else if (node?.type === 'word' && TABLE_KINDS[node.value] !== undefined && isWord(nodes[at + 1], 'TABLE', 'TRANSIENT')) {
      kind = TABLE_KINDS[node.value] as TableKind
    } else if (!isWord(node, 'SECURE', 'LOCAL', 'GLOBAL', 'RECURSIVE')) break
  }
  const word = nodes[at]
  if (isWord(word, 'TABLE')) return rewriteCreateTable(work, { kind, orReplace, isTemporary, isTransient, next: at + 1 })
  if (isWord(word, 'VIEW')) return rewriteCreateView(work, orReplace, at + 1)
  if (isWord(word, 'INDEX')) return rewriteCreateIndex(work, at + 1)
  if (word === undefined) throw syntaxError(sql, sql.length, '<EOF>')
  return createObject(work, at, orReplace)
}

const rewriteCreateView = (work: Work, orReplace: boolean, at: number): Definition => {
  const { sql, nodes } = work.statement
  const ifNotExists = hasWords(nodes, at, 'IF', 'NOT', 'EXISTS')
  const { parts, next } = readName(sql, nodes, at + (ifNotExists ? 3 : 0))
  const view = completeTable(work.session, parts)
  const columns = isGroup(nodes[next])
    ? ` (${namesOf((nodes[next] as Group).nodes)
        .map(quoteName)
        .join(', ')})`
    : ''
  const as = nodes.findIndex((node, i) => i >= next && isWord(node, 'AS'))
  if (as < 0) throw syntaxError(sql, sql.length, '<EOF>')
  const exists = work.session.tableKind(view.schema, view.table)
  if (ifNotExists && exists !== null) return { steps: ['SELECT 1'], status: `${shownTable(view)} already exists, statement succeeded.` }
  const query = rewriteQuery(nodes.slice(as + 1), work, NO_SCOPE)
  return {
    steps: [
      ...(orReplace ? forgetTable(view, true) : []),
      `CREATE VIEW ${tableText(view)}${columns} AS ${query}`,
      recordKind(view, 'VIEW', null, null, false),
    ],
    status: `View ${shownTable(view)} successfully created.`,
    registers: [{ ...view, kind: 'VIEW' }],
  }
}

const rewriteCreateIndex = (work: Work, at: number): Definition => {
  const { sql, nodes } = work.statement
  const ifNotExists = hasWords(nodes, at, 'IF', 'NOT', 'EXISTS')
  const name = nodes[at + (ifNotExists ? 3 : 0)]
  const on = at + (ifNotExists ? 4 : 1)
  if (!isName(name) || !isWord(nodes[on], 'ON')) throw syntaxError(sql, nodes[on]?.at ?? sql.length, 'INDEX')
  const { parts, next } = readName(sql, nodes, on + 1)
  const table = completeTable(work.session, parts)
  const columns = nodes[next]
  if (!isGroup(columns)) throw syntaxError(sql, columns?.at ?? sql.length, shownTable(table))
  const kind = work.session.tableKind(table.schema, table.table)
  if (kind !== null && kind !== 'HYBRID') refuse(work, 'index of standard table', shownTable(table))
  const include = nodes[next + 2]
  const index = {
    name: swapCase(name.value),
    columns: namesOf(columns.nodes),
    include: isWord(nodes[next + 1], 'INCLUDE') && isGroup(include) ? namesOf(include.nodes) : [],
  }
  const text = indexText(index, table)
  return { steps: [ifNotExists ? text : text.replace(' IF NOT EXISTS', '')], status: 'Statement executed successfully.' }
}

const rewriteDrop = (work: Work): Definition => {
  const { sql, nodes } = work.statement
  const skip = isWord(nodes[1], 'HYBRID', 'DYNAMIC', 'INTERACTIVE') ? 2 : 1
  if (!isWord(nodes[skip], 'TABLE', 'VIEW')) return dropObject(work)
  const isView = isWord(nodes[skip], 'VIEW')
  const ifExists = hasWords(nodes, skip + 1, 'IF', 'EXISTS')
  const { parts } = readName(sql, nodes, skip + (ifExists ? 3 : 1))
  const table = completeTable(work.session, parts)
  const [drop, ...forget] = forgetTable(table, isView)
  return {
    steps: [ifExists ? (drop as string) : (drop as string).replace(' IF EXISTS', ''), ...forget],
    status: `${shownTable(table)} successfully dropped.`,
    registers: [{ ...table, kind: null }],
  }
}

const rewriteTruncate = (work: Work): Definition => {
  const { sql, nodes } = work.statement
  const skip = isWord(nodes[1], 'TABLE') ? 2 : 1
  const ifExists = hasWords(nodes, skip, 'IF', 'EXISTS')
  const { parts } = readName(sql, nodes, skip + (ifExists ? 2 : 0))
  const table = completeTable(work.session, parts)
  work.writes.push(table)
  return { steps: [`TRUNCATE TABLE ${tableText(table)}`], status: 'Statement executed successfully.' }
}
