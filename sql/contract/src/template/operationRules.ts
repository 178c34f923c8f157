import type { CanonicalKind, TableType } from '../enums.ts'
import { parameterFindings } from './parameterRules.ts'
import type { Finding } from './problem.ts'
import { readSql } from './readSql.ts'
import type { SqlUse } from './sqlRules.ts'
import { dialectOf, sqlProblem } from './sqlRules.ts'
import { repeatedFinding } from './targetRules.ts'
import type { Operations, Template } from './template.ts'

/** Where the operation of each canonical kind stands in a template, and what its statement may do. In the order of `OPERATION_KINDS`. */
export const CANONICAL_FIELDS = [
  { kind: 'POINT_LOOKUP', field: 'pointLookup', type: 'READ', use: 'READ' },
  { kind: 'RANGE_SCAN', field: 'rangeScan', type: 'READ', use: 'READ' },
  { kind: 'INSERT', field: 'insert', type: 'WRITE', use: 'INSERT' },
  { kind: 'UPDATE', field: 'update', type: 'WRITE', use: 'UPDATE' },
] as const satisfies readonly { kind: CanonicalKind; field: keyof Operations; type: 'READ' | 'WRITE'; use: SqlUse }[]

/** Their rows are not ours to change. */
const READ_ONLY_TYPES: readonly TableType[] = ['VIEW', 'INTERACTIVE', 'DYNAMIC']

/** What writing to a table of this type is refused with; null: it may be written to. */
export const readOnlyReason = (tableType: TableType): string | null =>
  READ_ONLY_TYPES.includes(tableType) ? `${tableType === 'INTERACTIVE' ? 'an' : 'a'} ${tableType} target is only read` : null

interface Weighed {
  /** Path of the operation. */
  readonly path: string
  readonly type: 'READ' | 'WRITE'
  readonly weight: number
}

const weighed = ({ operations }: Template): Weighed[] => [
  ...CANONICAL_FIELDS.map(({ field, type }) => ({ path: `operations.${field}`, type, weight: operations[field].weight })),
  ...operations.generic.map(({ operationType, weight }, i) => ({ path: `operations.generic.${i}`, type: operationType, weight })),
]

const WHOLE = 10_000
const hundredths = (weight: number): number => Math.round(weight * 100)
const inPercent = (weight: number): string => (weight / 100).toFixed(2)

/** The weights sum to 100.00, exactly: counted in hundredths, because a third is no share of a mix that is to be exact. */
export const weightFindings = (template: Template): Finding[] => {
  const all = weighed(template)
  const sum = all.reduce((total, { weight }) => total + hundredths(weight), 0)
  if (sum === WHOLE) return []
  const [first, ...others] = all as [Weighed, ...Weighed[]]
  const heaviest = others.reduce((most, one) => (one.weight > most.weight ? one : most), first)
  const fitting = hundredths(heaviest.weight) + WHOLE - sum
  const off = inPercent(Math.abs(WHOLE - sum))
  let hint = `set ${heaviest.path}.weight to ${inPercent(fitting)}`
  if (sum === 0) hint = 'give each operation that is to be sent its share'
  else if (fitting <= 0) hint = `lower them by ${off} in all`
  const reads = ['operations.generic.length', ...all.map(({ path }) => `${path}.weight`)]
  return [{ path: 'operations', message: `The weights must sum to 100.00; they sum to ${inPercent(sum)}: ${hint}`, reads }]
}

/** Nothing is written to what cannot be written. */
export const readOnlyFindings = (template: Template): Finding[] => {
  const reason = readOnlyReason(template.target.tableType)
  if (reason === null) return []
  return weighed(template)
    .filter(({ type, weight }) => type === 'WRITE' && weight > 0)
    .map(({ path, weight }) => ({
      path: `${path}.weight`,
      message: `${path}.weight must be 0: ${reason}; it is ${weight}`,
      reads: ['target.tableType', `${path}.weight`, ...(path.startsWith('operations.generic') ? [`${path}.operationType`] : [])],
    }))
}

/** The statements that replace the engine's own. */
export const canonicalFindings = ({ target, operations }: Template): Finding[] =>
  CANONICAL_FIELDS.flatMap(({ field, use }) => {
    const { sql } = operations[field]
    const problem = sql === null ? null : sqlProblem(sql, dialectOf(target.tableType), use)
    const path = `operations.${field}.sql`
    return problem === null ? [] : [{ path, message: `${path} ${problem}`, reads: [path, 'target.tableType'] }]
  })

/** Generic operations: told apart by id and label, a statement where there is a weight, a value for each placeholder. */
export const genericFindings = ({ target, operations }: Template): Finding[] => {
  const list = 'operations.generic'
  const ids = operations.generic.map(({ id }) => id)
  const labels = operations.generic.map(({ id, label }) => label ?? id)
  const repeatedIds = repeatedFinding(list, 'id', ids)
  const found: Finding[] = repeatedIds.length > 0 ? repeatedIds : repeatedFinding(list, 'label', labels)
  operations.generic.forEach(({ sql, weight, operationType, parameters }, i) => {
    const path = `${list}.${i}`
    if (sql === '') {
      const message = `${path}.sql must be given where ${path}.weight is above 0`
      if (weight > 0) found.push({ path: `${path}.sql`, message, reads: [`${path}.sql`, `${path}.weight`] })
      return
    }
    const problem = sqlProblem(sql, dialectOf(target.tableType), operationType)
    const reads = [`${path}.sql`, `${path}.operationType`, 'target.tableType']
    if (problem !== null) found.push({ path: `${path}.sql`, message: `${path}.sql ${problem}`, reads })
    const { parameterCount, style } = readSql(sql, dialectOf(target.tableType))
    if (style !== 'MIXED' && parameterCount !== parameters.length) {
      const [field, one] = [`${path}.parameters`, parameterCount === 1]
      const values = one ? 'the one value' : `each of the ${parameterCount} values`
      const needed =
        parameterCount === 0 ? `must be empty: ${path}.sql marks no values` : `must hold an entry for ${values} that ${path}.sql marks`
      found.push({
        path: field,
        message: `${field} ${needed}; there ${parameters.length === 1 ? 'is 1' : `are ${parameters.length}`}`,
        reads: [...reads, `${field}.length`],
      })
    }
    found.push(...parameterFindings(`${path}.parameters`, parameters))
  })
  return found
}
