import { rewriteExpression } from './expression.ts'
import { rewriteFrom } from './from.ts'
import { quoteName, toPostgresName } from './names.ts'
import { type Group, hasWords, isGroup, isName, isSymbol, isWord, type Node, splitBy } from './nodes.ts'
import { nameOfExpression } from './outputNames.ts'
import { refuse } from './strictRules.ts'
import { syntaxError } from './tokens.ts'
import { SnowflakeError } from './translation.ts'
import type { Scope, Work } from './work.ts'

const CLAUSES = new Set('WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS QUALIFY FOR WINDOW'.split(' '))

/** Words after which nothing is left of a FROM list. */
export const endsFrom = (node: Node | undefined): boolean => node?.type === 'word' && (CLAUSES.has(node.value) || node.value === 'SELECT')

/** A query with all of its clauses. `isOutermost`: columns without a name get the one that Snowflake gives them. */
export const rewriteQuery = (nodes: readonly Node[], work: Work, outer: Scope, isOutermost = false): string => {
  const out: string[] = []
  let scope = outer
  let i = 0
  if (isWord(nodes[0], 'WITH')) {
    const read = rewriteWith(nodes, work, outer)
    out.push(read.text)
    scope = read.scope
    i = read.next
  }
  while (i < nodes.length) {
    const node = nodes[i] as Node
    if (isGroup(node)) {
      out.push(`(${rewriteQuery(node.nodes, work, scope)})`)
      i += 1
    } else if (isWord(node, 'SELECT')) {
      const end = endOf(nodes, i + 1, candidate => isWord(candidate, 'FROM') || endsFrom(candidate))
      out.push(rewriteSelectList(nodes.slice(i + 1, end), work, scope, isOutermost))
      i = end
    } else if (isWord(node, 'FROM')) {
      const from = rewriteFrom(nodes, i + 1, work, scope)
      out.push(`FROM ${from.text}`)
      i = from.next
    } else {
      const read = rewriteClause(nodes, i, work, scope)
      out.push(read.text)
      i = read.next
    }
  }
  return out.filter(text => text !== '').join(' ')
}

const endOf = (nodes: readonly Node[], from: number, ends: (node: Node, i: number) => boolean): number => {
  for (let i = from; i < nodes.length; i++) {
    // IS DISTINCT FROM and WITHIN GROUP belong to an expression.
    const isInExpression = (isWord(nodes[i], 'FROM') && isWord(nodes[i - 1], 'DISTINCT')) || isWord(nodes[i - 1], 'WITHIN')
    if (!isInExpression && !isSymbol(nodes[i - 1], '.') && ends(nodes[i] as Node, i)) return i
  }
  return nodes.length
}

const rewriteWith = (nodes: readonly Node[], work: Work, outer: Scope): { text: string; scope: Scope; next: number } => {
  let i = 1
  const names = new Set(outer)
  const parts: string[] = []
  const recursive = isWord(nodes[i], 'RECURSIVE')
  if (recursive) i += 1
  for (;;) {
    const name = nodes[i]
    if (!isName(name)) throw syntaxError(work.statement.sql, nodes[i]?.at ?? 0, 'WITH')
    i += 1
    const columns = isGroup(nodes[i]) ? (nodes[i++] as Group) : null
    if (!isWord(nodes[i], 'AS') || !isGroup(nodes[i + 1])) throw syntaxError(work.statement.sql, name.at, name.value)
    const body = nodes[i + 1] as Group
    i += 2
    // Snowflake needs no RECURSIVE for a query that names itself.
    const isRecursive = body.nodes.some(node => isWord(node, 'UNION'))
    const inner: Scope = isRecursive ? new Set([...names, name.value]) : new Set(names)
    names.add(name.value)
    const list = columns === null ? '' : ` (${rewriteExpression(columns.nodes, work, inner)})`
    parts.push(`${toPostgresName(name.value)}${list} AS (${rewriteQuery(body.nodes, work, inner)})`)
    if (!isSymbol(nodes[i], ',')) break
    i += 1
  }
  return { text: `WITH RECURSIVE ${parts.join(', ')}`, scope: names, next: i }
}

const rewriteSelectList = (nodes: readonly Node[], work: Work, scope: Scope, isOutermost: boolean): string => {
  let head = 'SELECT'
  let list = nodes
  if (isWord(list[0], 'DISTINCT')) {
    if (isWord(list[1], 'ON')) refuse(work, 'distinct on', '')
    else head = 'SELECT DISTINCT'
  } else if (isWord(list[0], 'ALL')) head = 'SELECT'
  const skip = head === 'SELECT DISTINCT' || isWord(list[0], 'ALL') ? 1 : 0
  list = list.slice(skip)
  let limit = ''
  if (isWord(list[0], 'TOP') && list[1]?.type === 'number') {
    limit = list[1].value
    list = list.slice(2)
  }
  if (limit !== '') throw new SnowflakeError('000002', '0A000', 'TOP is not supported by this test server: use LIMIT.')
  return `${head} ${splitBy(list, ',')
    .map(item => rewriteItem(item, work, scope, isOutermost))
    .join(', ')}`
}

/** Words that may end an expression and are not its name. */
const NOT_A_NAME = new Set('END NULL TRUE FALSE CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME'.split(' '))
/** Words after which an expression goes on. */
const GOES_ON = new Set(
  'AND OR NOT IN LIKE ILIKE RLIKE REGEXP IS BETWEEN DISTINCT ALL AS CASE WHEN THEN ELSE INTERVAL SELECT ESCAPE FROM EXISTS'.split(' '),
)

const rewriteItem = (item: readonly Node[], work: Work, scope: Scope, isOutermost: boolean): string => {
  const last = item.at(-1)
  const before = item.at(-2)
  if (isName(last) && before !== undefined) {
    if (isWord(before, 'AS')) return `${rewriteExpression(item.slice(0, -2), work, scope)} AS ${toPostgresName(last.value)}`
    const goesOn = before.type === 'symbol' || (before.type === 'word' && GOES_ON.has(before.value))
    if (!goesOn && !(last.type === 'word' && NOT_A_NAME.has(last.value))) {
      return `${rewriteExpression(item.slice(0, -1), work, scope)} AS ${toPostgresName(last.value)}`
    }
  }
  const text = rewriteExpression(item, work, scope)
  const name = isOutermost ? nameOfExpression(item, work) : null
  return name === null ? text : `${text} AS ${quoteName(name)}`
}

/** One clause, up to the next. */
const rewriteClause = (nodes: readonly Node[], i: number, work: Work, scope: Scope): { text: string; next: number } => {
  const node = nodes[i] as Node
  const end = endOf(nodes, i + 1, candidate => endsFrom(candidate))
  const rest = nodes.slice(i + 1, end)
  if (isWord(node, 'QUALIFY'))
    throw new SnowflakeError('000002', '0A000', 'QUALIFY is not supported by this test server: use a subquery with ROW_NUMBER().')
  if (isWord(node, 'MINUS')) return { text: 'EXCEPT', next: i + 1 }
  if (isWord(node, 'FOR')) return rewriteForUpdate(nodes, i, work)
  if (isWord(node, 'LIMIT', 'OFFSET')) {
    if (rest[0]?.type === 'bind') refuse(work, 'limit bind', isWord(node, 'LIMIT') ? 'limit' : 'offset')
    // LIMIT NULL is no limit, in both.
    const words = rest.filter(part => !isWord(part, 'ROW', 'ROWS'))
    return { text: `${(node as { value: string }).value} ${rewriteExpression(words, work, scope)}`, next: end }
  }
  if (isWord(node, 'FETCH')) {
    const count = rest.find(part => part.type === 'number' || part.type === 'bind')
    if (count?.type === 'bind') refuse(work, 'limit bind', 'fetch')
    return { text: `LIMIT ${count === undefined ? '1' : rewriteExpression([count], work, scope)}`, next: end }
  }
  if (hasWords(nodes, i, 'GROUP', 'BY', 'ALL'))
    throw new SnowflakeError('000002', '0A000', 'GROUP BY ALL is not supported by this test server.')
  return { text: rewriteExpression(nodes.slice(i, Math.max(end, i + 1)), work, scope), next: Math.max(end, i + 1) }
}

/** Snowflake does not wait unless told to; PostgreSQL waits as long as the session's lock_timeout, set by a step before (see `waitOf`). */
const rewriteForUpdate = (nodes: readonly Node[], i: number, work: Work): { text: string; next: number } => {
  if (!isWord(nodes[i + 1], 'UPDATE')) throw syntaxError(work.statement.sql, nodes[i]?.at ?? 0, 'FOR')
  const tail = nodes.slice(i + 2)
  if (hasWords(tail, 0, 'SKIP', 'LOCKED')) {
    refuse(work, 'skip locked', '')
    return { text: 'FOR UPDATE SKIP LOCKED', next: nodes.length }
  }
  if (isWord(tail[0], 'WAIT')) return { text: 'FOR UPDATE', next: nodes.length }
  if (tail.length > 0 && !isWord(tail[0], 'NOWAIT')) throw syntaxError(work.statement.sql, tail[0]?.at ?? 0, 'FOR UPDATE')
  return { text: 'FOR UPDATE NOWAIT', next: nodes.length }
}
