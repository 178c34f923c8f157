import { readName } from './names.ts'
import { hasWords, isName, isSymbol, isWord, type Node, type Statement } from './nodes.ts'
import { syntaxError } from './tokens.ts'
import type { SessionView, Translation } from './translation.ts'

/** Statements about the session, transactions and warehouses; null for any other. */
export const translateSession = (statement: Statement, session: SessionView): Translation | null => {
  const { sql, nodes } = statement
  if (hasWords(nodes, 0, 'ALTER', 'SESSION', 'SET')) return { type: 'PARAMETERS', set: readAssignments(nodes.slice(3), sql) }
  if (hasWords(nodes, 0, 'ALTER', 'SESSION', 'UNSET')) {
    return { type: 'PARAMETERS', set: nodes.slice(3).flatMap(node => (isName(node) ? [{ name: node.value, value: null }] : [])) }
  }
  if (hasWords(nodes, 0, 'ALTER', 'WAREHOUSE')) return readAlterWarehouse(statement, session)
  if (isWord(nodes[0], 'USE')) return readUse(statement)
  return readTransaction(nodes, sql)
}

/** `A = 1 B = 'x'`, with commas or without. */
const readAssignments = (nodes: readonly Node[], sql: string): { name: string; value: string | null }[] => {
  const set: { name: string; value: string }[] = []
  for (let i = 0; i < nodes.length; ) {
    if (isSymbol(nodes[i], ',')) {
      i += 1
      continue
    }
    const name = nodes[i]
    const isNegative = isSymbol(nodes[i + 2], '-')
    const value = nodes[i + (isNegative ? 3 : 2)]
    if (!isName(name) || !isSymbol(nodes[i + 1], '=') || value === undefined || value.type === 'group' || value.type === 'symbol') {
      throw syntaxError(sql, nodes[i]?.at ?? 0, sql.slice(nodes[i]?.at, nodes[i]?.end))
    }
    set.push({ name: name.value.toUpperCase(), value: isNegative ? `-${value.value}` : value.value })
    i += isNegative ? 4 : 3
  }
  return set
}

const readUse = ({ sql, nodes }: Statement): Translation => {
  if (hasWords(nodes, 1, 'SECONDARY', 'ROLES')) {
    return { type: 'ANSWER', columns: [{ name: 'status', type: 'text' }], rows: [['Statement executed successfully.']] }
  }
  const word = nodes[1]
  const isObject = isWord(word, 'DATABASE', 'SCHEMA', 'WAREHOUSE', 'ROLE') && isName(nodes[2])
  const object = isObject ? ((word as { value: string }).value as 'DATABASE' | 'SCHEMA' | 'WAREHOUSE' | 'ROLE') : null
  const { parts, next } = readName(sql, nodes, isObject ? 2 : 1)
  if (next < nodes.length) throw syntaxError(sql, nodes[next]?.at ?? sql.length, sql.slice(nodes[next]?.at, nodes[next]?.end))
  // USE name: a database; USE a.b: a schema.
  return { type: 'USE', object: object ?? (parts.length > 1 ? 'SCHEMA' : 'DATABASE'), names: parts }
}

const readTransaction = (nodes: readonly Node[], sql: string): Translation | null => {
  const [first, second] = nodes
  const action =
    isWord(first, 'BEGIN') || hasWords(nodes, 0, 'START', 'TRANSACTION')
      ? 'BEGIN'
      : isWord(first, 'COMMIT')
        ? 'COMMIT'
        : isWord(first, 'ROLLBACK')
          ? 'ROLLBACK'
          : null
  if (action === null) return null
  // BEGIN NAME x is Snowflake's; ROLLBACK TO and ISOLATION LEVEL are PostgreSQL's.
  if (second !== undefined && !isWord(second, 'TRANSACTION', 'WORK', 'NAME'))
    throw syntaxError(sql, second.at, sql.slice(second.at, second.end))
  const third = nodes[2]
  if (third !== undefined && !isWord(third, 'NAME') && !isWord(second, 'NAME'))
    throw syntaxError(sql, third.at, sql.slice(third.at, third.end))
  return { type: 'TRANSACTION', action }
}

/** ALTER WAREHOUSE [IF EXISTS] [name] SUSPEND | RESUME [IF SUSPENDED] | SET … | ADD TABLES … */
const readAlterWarehouse = ({ sql, nodes }: Statement, session: SessionView): Translation => {
  const at = hasWords(nodes, 2, 'IF', 'EXISTS') ? 4 : 2
  const isUnnamed =
    isWord(nodes[at], 'SUSPEND', 'RESUME', 'SET') &&
    (session.warehouse ?? null) !== null &&
    !isWord(nodes[at + 1], 'SUSPEND', 'RESUME', 'SET')
  const { parts, next } = isUnnamed ? { parts: [session.warehouse as string], next: at } : readName(sql, nodes, at)
  const from = nodes[next]
  return { type: 'ALTER_WAREHOUSE', name: parts.at(-1) as string, action: from === undefined ? '' : sql.slice(from.at, nodes.at(-1)?.end) }
}
