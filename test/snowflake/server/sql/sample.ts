import { isGroup, isWord, type Node } from './nodes.ts'
import { refuse } from './strictRules.ts'
import { syntaxError } from './tokens.ts'
import type { Work } from './work.ts'

export interface Sample {
  readonly method: 'BERNOULLI' | 'SYSTEM'
  readonly amount: string
  readonly isRows: boolean
  readonly seed: string | null
  readonly next: number
}

/** SAMPLE | TABLESAMPLE [BERNOULLI | ROW | SYSTEM | BLOCK] (p | n ROWS) [SEED | REPEATABLE (n)] */
export const readSample = (nodes: readonly Node[], at: number, work: Work): Sample | null => {
  if (!isWord(nodes[at], 'SAMPLE', 'TABLESAMPLE')) return null
  const hasMethod = isWord(nodes[at + 1], 'BERNOULLI', 'ROW', 'SYSTEM', 'BLOCK')
  const method = isWord(nodes[at + 1], 'SYSTEM', 'BLOCK') ? 'SYSTEM' : 'BERNOULLI'
  let next = at + (hasMethod ? 2 : 1)
  const size = nodes[next]
  if (!isGroup(size)) throw syntaxError(work.statement.sql, nodes[at]?.at ?? 0, 'SAMPLE')
  const amount = numberText(size.nodes[0], work)
  const isRows = isWord(size.nodes[1], 'ROWS')
  next += 1
  let seed: string | null = null
  const seedGroup = nodes[next + 1]
  if (isWord(nodes[next], 'SEED', 'REPEATABLE') && isGroup(seedGroup)) {
    seed = numberText(seedGroup.nodes[0], work)
    next += 2
  }
  if (isRows && (seed !== null || method === 'SYSTEM')) refuse(work, 'sample of rows', '')
  return { method, amount, isRows, seed, next }
}

const numberText = (node: Node | undefined, work: Work): string => {
  if (node?.type === 'number') return node.value
  if (node?.type === 'bind') {
    if (node.value === '') work.binds += 1
    return work.unbound ? '1' : `$${node.value === '' ? work.binds : node.value}`
  }
  throw syntaxError(work.statement.sql, node?.at ?? 0, 'SAMPLE')
}

/** PostgreSQL samples only tables, by percent; anything else is filtered or ordered by chance. */
export const sampledText = (table: string, alias: string, canBeSampled: boolean, sample: Sample, work: Work): string => {
  const name = alias === '' ? ' AS sampled' : alias
  if (sample.seed !== null && !canBeSampled) refuse(work, 'sample with seed', '')
  if (sample.isRows)
    return `(SELECT * FROM ${table}${alias} ORDER BY random() LIMIT ${sample.amount})${canBeSampled ? aliasOf(table, alias) : name}`
  if (!canBeSampled) return `(SELECT * FROM ${table}${name} WHERE random() * 100 < ${sample.amount})${name}`
  const repeatable = sample.seed === null ? '' : ` REPEATABLE (${sample.seed})`
  return `${table}${alias} TABLESAMPLE ${sample.method} (${sample.amount})${repeatable}`
}

/** A table keeps its name for columns that are qualified by it. */
const aliasOf = (table: string, alias: string): string => (alias === '' ? ` AS ${table.slice(table.lastIndexOf('.') + 1)}` : alias)
