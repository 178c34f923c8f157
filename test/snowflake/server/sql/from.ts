import { rewriteExpression } from './expression.ts'
import { informationSchemaText, isInformationSchema } from './informationSchema.ts'
import { completeTable, quoteName, readName, tableText } from './names.ts'
import { hasWords, isGroup, isName, isQuery, isSymbol, isWord, type Node, readStatements } from './nodes.ts'
import { endsFrom, rewriteQuery } from './query.ts'
import { HISTORY_TABLE } from './queryHistory.ts'
import { readSample, type Sample, sampledText } from './sample.ts'
import { rewriteTableFunction } from './tableFunctions.ts'
import { syntaxError } from './tokens.ts'
import { swapCase } from './translation.ts'
import type { Scope, Work } from './work.ts'

const AGGREGATE_VIEW = 'SNOWFLAKE.ACCOUNT_USAGE.AGGREGATE_QUERY_HISTORY'

const JOIN_WORDS = new Set('JOIN INNER CROSS FULL NATURAL LEFT RIGHT OUTER'.split(' '))
const NOT_AN_ALIAS = new Set(
  'ON USING SET WHEN SAMPLE TABLESAMPLE AT BEFORE JOIN INNER CROSS FULL NATURAL LEFT RIGHT OUTER LATERAL RETURNING'.split(' '),
)

const isJoin = (nodes: readonly Node[], i: number): boolean =>
  nodes[i]?.type === 'word' && JOIN_WORDS.has((nodes[i] as { value: string }).value) && !isGroup(nodes[i + 1])

/** The tables from `at` on, up to the next clause or a word of `stops`. */
export const rewriteFrom = (
  nodes: readonly Node[],
  at: number,
  work: Work,
  scope: Scope,
  stops: readonly string[] = [],
): { text: string; next: number } => {
  const out: string[] = []
  let i = at
  const atEnd = () => i >= nodes.length || endsFrom(nodes[i]) || isWord(nodes[i], 'SET', 'WHEN', ...stops)
  for (;;) {
    const factor = rewriteFactor(nodes, i, work, scope)
    out.push(factor.text)
    i = factor.next
    for (; isWord(nodes[i], 'ON', 'USING') && !stops.includes((nodes[i] as { value: string }).value); ) {
      const from = i
      i += 1
      while (!atEnd() && !isSymbol(nodes[i], ',') && !isJoin(nodes, i)) i += 1
      out.push(rewriteExpression(nodes.slice(from, i), work, scope))
    }
    if (atEnd()) break
    if (isSymbol(nodes[i], ',')) {
      out.push(',')
      i += 1
    } else if (isJoin(nodes, i)) {
      const from = i
      while (isJoin(nodes, i)) i += 1
      out.push(
        nodes
          .slice(from, i)
          .map(node => (node as { value: string }).value)
          .join(' '),
      )
    } else throw unexpected(nodes, i, work)
  }
  return { text: out.join(' '), next: i }
}

const unexpected = (nodes: readonly Node[], i: number, work: Work) => {
  const node = nodes[i]
  return syntaxError(
    work.statement.sql,
    node?.at ?? work.statement.sql.length,
    node === undefined ? '<EOF>' : work.statement.sql.slice(node.at, node.end),
  )
}

interface Factor {
  readonly text: string
  /** The name by which columns may be qualified when there is no alias. */
  readonly name: string | null
  readonly canBeSampled: boolean
  readonly next: number
}

const rewriteFactor = (nodes: readonly Node[], at: number, work: Work, scope: Scope): { text: string; next: number } => {
  const lateral = isWord(nodes[at], 'LATERAL') ? 1 : 0
  const factor = readFactor(nodes, at + lateral, work, scope, lateral === 1)
  let { next } = factor
  let sample: Sample | null = readSample(nodes, next, work)
  next = sample?.next ?? next
  const alias = readAlias(nodes, next, work, scope)
  next = alias?.next ?? next
  if (sample === null) {
    sample = readSample(nodes, next, work)
    next = sample?.next ?? next
  }
  const named = alias?.text ?? (factor.name === null ? '' : ` AS ${factor.name}`)
  return { text: sample === null ? `${factor.text}${named}` : sampledText(factor.text, named, factor.canBeSampled, sample, work), next }
}

const readAlias = (nodes: readonly Node[], at: number, work: Work, scope: Scope): { text: string; next: number } | null => {
  const isAs = isWord(nodes[at], 'AS')
  const name = nodes[at + (isAs ? 1 : 0)]
  if (!isName(name) || (!isAs && name.type === 'word' && (NOT_AN_ALIAS.has(name.value) || endsFrom(name)))) return null
  const next = at + (isAs ? 2 : 1)
  const columns = nodes[next]
  const text = ` AS ${quoteName(swapCase(name.value))}`
  return isGroup(columns) ? { text: `${text} (${rewriteExpression(columns.nodes, work, scope)})`, next: next + 1 } : { text, next }
}

const readFactor = (nodes: readonly Node[], at: number, work: Work, scope: Scope, isLateral: boolean): Factor => {
  const node = nodes[at]
  const lateral = isLateral ? 'LATERAL ' : ''
  if (isGroup(node)) {
    if (isQuery(node.nodes))
      return { text: `${lateral}(${rewriteQuery(node.nodes, work, scope)})`, name: null, canBeSampled: false, next: at + 1 }
    if (isWord(node.nodes[0], 'VALUES')) {
      return { text: `(${rewriteExpression(node.nodes, work, scope)})`, name: null, canBeSampled: false, next: at + 1 }
    }
    return { text: `(${rewriteFrom(node.nodes, 0, work, scope).text})`, name: null, canBeSampled: false, next: at + 1 }
  }
  if (isWord(node, 'VALUES')) {
    let next = at + 1
    while (isGroup(nodes[next]) || isSymbol(nodes[next], ',')) next += 1
    return { text: `(${rewriteExpression(nodes.slice(at, next), work, scope)})`, name: null, canBeSampled: false, next }
  }
  if (isWord(node, 'TABLE', 'FLATTEN') && isGroup(nodes[at + 1])) {
    return { ...rewriteTableFunction(nodes, at, work, scope), canBeSampled: false, next: at + 2 }
  }
  if (isWord(node, 'IDENTIFIER') && isGroup(nodes[at + 1])) return identifier(nodes, at, work, scope)
  if (!isName(node)) throw unexpected(nodes, at, work)
  return readTable(nodes, at, work, scope)
}

/** IDENTIFIER('db.schema.table') */
const identifier = (nodes: readonly Node[], at: number, work: Work, scope: Scope): Factor => {
  const group = nodes[at + 1]
  const [inner] = isGroup(group) ? group.nodes : []
  if (inner?.type !== 'string') throw unexpected(nodes, at, work)
  return { ...readTable(readStatements(inner.value)[0]?.nodes ?? [], 0, work, scope), next: at + 2 }
}

const readTable = (nodes: readonly Node[], at: number, work: Work, scope: Scope): Factor => {
  const { parts, next } = readName(work.statement.sql, nodes, at)
  const alone = parts.length === 1 ? (parts[0] as string) : null
  if (alone !== null && scope.has(alone)) return { text: quoteName(swapCase(alone)), name: null, canBeSampled: false, next }
  if (isInformationSchema(parts, work.session)) {
    const name = parts.at(-1) as string
    return { text: informationSchemaText(parts, work), name: quoteName(swapCase(name)), canBeSampled: false, next }
  }
  if (parts.join('.') === AGGREGATE_VIEW) {
    work.history = { fromMs: null, toMs: null, limit: Number.POSITIVE_INFINITY, isAggregate: true }
    return { text: HISTORY_TABLE, name: 'aggregate_query_history', canBeSampled: false, next }
  }
  if (hasWords(nodes, next, 'AT') || hasWords(nodes, next, 'BEFORE')) throw unexpected(nodes, next, work)
  const table = completeTable(work.session, parts)
  work.reads.push(table)
  return { text: tableText(table), name: null, canBeSampled: work.session.tableKind(table.schema, table.table) !== 'VIEW', next }
}
