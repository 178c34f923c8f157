import { type Column, type Key, namesOf, readColumn, readKey } from './columns.ts'
import { rewriteExpression } from './expression.ts'
import { completeTable, quoteName, readName, shownTable, tableText } from './names.ts'
import { type Group, hasWords, isGroup, isName, isQuery, isSymbol, isWord, type Node, sourceOf, splitBy } from './nodes.ts'
import { rewriteQuery } from './query.ts'
import { forgetTable, recordKey, recordKind } from './recordTable.ts'
import { refuse } from './strictRules.ts'
import { syntaxError } from './tokens.ts'
import { swapCase, type TableKind, type TableName, type TableRegistration } from './translation.ts'
import { NO_SCOPE, type Work } from './work.ts'

export interface Definition {
  readonly steps: readonly string[]
  readonly status: string
  readonly registers?: readonly TableRegistration[]
}

interface Index {
  readonly name: string
  readonly columns: readonly string[]
  readonly include: readonly string[]
}

export interface TableHead {
  readonly kind: TableKind
  readonly orReplace: boolean
  readonly isTemporary: boolean
  readonly isTransient: boolean
  /** Index of the node after the word TABLE. */
  readonly next: number
}

/** CREATE … TABLE, whatever its kind. */
export const rewriteCreateTable = (work: Work, head: TableHead): Definition => {
  const { sql, nodes } = work.statement
  const ifNotExists = hasWords(nodes, head.next, 'IF', 'NOT', 'EXISTS')
  const { parts, next } = readName(sql, nodes, head.next + (ifNotExists ? 3 : 0))
  const table = completeTable(work.session, parts)
  const body = isGroup(nodes[next]) ? (nodes[next] as Group) : null
  const options = readOptions(work, next + (body === null ? 0 : 1))
  refuseOptions(work, head, options, table)
  const items = body === null ? [] : splitBy(body.nodes, ',').filter(item => item.length > 0)
  const typed = items.filter(item => item.length > 1)
  const indexes = typed.filter(item => isIndex(item)).map(item => readIndex(item, work))
  const rest = typed.filter(item => !isIndex(item))
  const tableKeys = rest.flatMap(item => readKey(item) ?? [])
  const columns = rest.filter(item => readKey(item) === null).map(item => readColumn(item, work))
  const keys = [...tableKeys, ...columns.flatMap(column => column.keys)]
  refuseHybrid(work, head.kind, table, columns, keys, indexes)
  const text = tableText(table)
  const query = options.query === null ? null : rewriteQuery(options.query, work, NO_SCOPE)
  const exists = work.session.tableKind(table.schema, table.table)
  const steps: string[] = []
  if (head.orReplace) steps.push(...forgetTable(table))
  const create = `CREATE ${head.isTemporary ? 'TEMPORARY ' : ''}TABLE ${ifNotExists ? 'IF NOT EXISTS ' : ''}${text}`
  const enforced = head.kind === 'HYBRID' ? keys : []
  if (options.like !== null) steps.push(`${create} (LIKE ${tableText(options.like)} INCLUDING DEFAULTS INCLUDING IDENTITY)`)
  else if (query !== null && columns.length === 0) {
    const list = body === null || typed.length > 0 ? '' : ` (${namesOf(body.nodes).map(quoteName).join(', ')})`
    steps.push(`${create}${list} AS ${query}`)
    steps.push(...enforced.map(key => `ALTER TABLE ${text} ADD ${keyText(key, work)}`))
  } else {
    steps.push(`${create} (${[...columns.map(column => column.text), ...enforced.map(key => keyText(key, work))].join(', ')})`)
    if (query !== null) steps.push(`INSERT INTO ${text} ${query}`)
  }
  steps.push(...indexes.map(index => indexText(index, table)))
  steps.push(recordKind(table, head.kind, options.clusterBy, options.targetLag, ifNotExists))
  steps.push(...keys.map(key => recordKey(table, key)))
  // Unenforced as in Snowflake, but found as quickly: reading by key is not what is under test here.
  if (head.kind !== 'HYBRID' && exists === null)
    steps.push(...keys.filter(key => key.type === 'PRIMARY KEY').map(key => `CREATE INDEX ON ${text} (${columnList(key.columns)})`))
  const status =
    ifNotExists && exists !== null
      ? `${shownTable(table)} already exists, statement succeeded.`
      : `${wordOf(head.kind)} ${shownTable(table)} successfully created.`
  const kept = ifNotExists && exists !== null ? exists : head.kind
  return { steps, status, registers: [{ ...table, kind: kept }] }
}

const wordOf = (kind: TableKind): string =>
  kind === 'STANDARD' || kind === 'HYBRID' ? 'Table' : kind === 'DYNAMIC' ? 'Dynamic table' : 'Interactive table'

const columnList = (columns: readonly string[]): string => columns.map(quoteName).join(', ')

interface Options {
  readonly query: readonly Node[] | null
  readonly like: TableName | null
  readonly clusterBy: string | null
  readonly targetLag: string | null
}

/** What follows the columns: CLUSTER BY, TARGET_LAG = …, WAREHOUSE = … and the like in any order, then AS SELECT. */
const readOptions = (work: Work, from: number): Options => {
  const { sql, nodes } = work.statement
  let clusterBy: string | null = null
  let targetLag: string | null = null
  for (let i = from; i < nodes.length; i++) {
    const group = nodes[i + 2]
    if (hasWords(nodes, i, 'CLUSTER', 'BY') && isGroup(group)) clusterBy = `LINEAR(${sourceOf(sql, group.nodes)})`
    else if (isWord(nodes[i], 'TARGET_LAG') && isSymbol(nodes[i + 1], '=')) targetLag = (nodes[i + 2] as { value?: string }).value ?? null
    else if (isWord(nodes[i], 'AS')) {
      const after = nodes[i + 1]
      const query = isGroup(after) && nodes.length === i + 2 ? after.nodes : nodes.slice(i + 1)
      if (isQuery(query)) return { query, like: null, clusterBy, targetLag }
    } else if (isWord(nodes[i], 'LIKE')) {
      return { query: null, like: completeTable(work.session, readName(sql, nodes, i + 1).parts), clusterBy, targetLag }
    }
  }
  return { query: null, like: null, clusterBy, targetLag }
}

const refuseOptions = (work: Work, head: TableHead, options: Options, table: TableName): void => {
  const { sql, nodes } = work.statement
  if (head.kind === 'HYBRID') {
    if (options.clusterBy !== null) refuse(work, 'hybrid option', 'CLUSTER BY')
    if (head.isTemporary) refuse(work, 'hybrid option', 'TEMPORARY')
    if (head.isTransient) refuse(work, 'hybrid option', 'TRANSIENT')
  }
  if ((head.kind === 'INTERACTIVE' || head.kind === 'DYNAMIC') && options.query === null)
    throw syntaxError(sql, nodes.at(-1)?.end ?? 0, '<EOF>')
  if (work.session.strict && head.kind === 'INTERACTIVE' && options.clusterBy === null)
    throw syntaxError(sql, nodes.at(-1)?.end ?? 0, `${shownTable(table)} without CLUSTER BY`)
  if (work.session.strict && head.kind === 'DYNAMIC' && options.targetLag === null)
    throw syntaxError(sql, nodes.at(-1)?.end ?? 0, `${shownTable(table)} without TARGET_LAG`)
}

const refuseHybrid = (
  work: Work,
  kind: TableKind,
  table: TableName,
  columns: readonly Column[],
  keys: readonly Key[],
  indexes: readonly Index[],
): void => {
  if (kind !== 'HYBRID') {
    if (indexes.length > 0) refuse(work, 'index of standard table', shownTable(table))
    return
  }
  if (!keys.some(key => key.type === 'PRIMARY KEY')) refuse(work, 'hybrid without key', shownTable(table))
  for (const name of [...keys.flatMap(key => key.columns), ...indexes.flatMap(index => index.columns)]) {
    const family = columns.find(column => column.name === name)?.type.family
    if (family === 'VARIANT' || family === 'TIMESTAMP_TZ') refuse(work, 'hybrid index type', swapCase(name))
  }
  for (const name of keys.filter(key => key.type === 'FOREIGN KEY').flatMap(key => key.columns)) {
    if (columns.find(column => column.name === name)?.isRequired === false) refuse(work, 'foreign key null', swapCase(name))
  }
}

const isIndex = (item: readonly Node[]): boolean => isWord(item[0], 'INDEX') && isName(item[1]) && isGroup(item[2])

const readIndex = (item: readonly Node[], work: Work): Index => {
  const include = item[4]
  if (item.length > 3 && !(isWord(item[3], 'INCLUDE') && isGroup(include))) throw syntaxError(work.statement.sql, item[3]?.at ?? 0, 'INDEX')
  return {
    name: swapCase((item[1] as { value: string }).value),
    columns: namesOf((item[2] as Group).nodes),
    include: isGroup(include) ? namesOf(include.nodes) : [],
  }
}

export const indexText = (index: Index, table: TableName): string =>
  `CREATE INDEX IF NOT EXISTS ${quoteName(index.name)} ON ${tableText(table)} (${columnList(index.columns)})${index.include.length === 0 ? '' : ` INCLUDE (${columnList(index.include)})`}`

const keyText = (key: Key, work: Work): string => {
  const name = key.name === null ? '' : `CONSTRAINT ${quoteName(key.name)} `
  return `${name}${key.type} (${columnList(key.columns)})${key.references.length === 0 ? '' : ` ${referencesText(key.references, work)}`}`
}

const referencesText = (nodes: readonly Node[], work: Work): string => {
  const { parts, next } = readName(work.statement.sql, nodes, 1)
  const group = nodes[next]
  return `REFERENCES ${tableText(completeTable(work.session, parts))}${isGroup(group) ? ` (${rewriteExpression(group.nodes, work, NO_SCOPE)})` : ''}`
}
