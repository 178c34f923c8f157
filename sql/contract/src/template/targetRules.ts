import type { Finding } from './problem.ts'
import type { Template } from './template.ts'

/** What the kind of table demands of the target. */
export const targetFindings = ({ target }: Template): Finding[] => {
  const { tableType } = target
  const found: Finding[] = []
  const find = (field: string, message: string): void => {
    found.push({ path: `target.${field}`, message: `target.${field} ${message}`, reads: ['target.tableType', `target.${field}`] })
  }
  if (tableType === 'POSTGRES') {
    if (target.warehouse !== null) find('warehouse', `must be left out: a POSTGRES table has no warehouse; it is "${target.warehouse}"`)
  } else {
    if (target.warehouse === null) find('warehouse', `must be given: a ${tableType} table is queried through a warehouse`)
    if (target.database === null) find('database', `must be given for a ${tableType} table`)
    if (target.usePgbouncer) find('usePgbouncer', `must be false: PgBouncer serves POSTGRES tables only, this is a ${tableType} table`)
  }
  return found
}

const firstRepeated = (values: readonly string[]): { readonly index: number; readonly value: string } | null => {
  const index = values.findIndex((value, i) => values.indexOf(value) < i)
  return index < 0 ? null : { index, value: values[index] as string }
}

/** Entries of a list that must differ in one field: the first that repeats another is found. */
export const repeatedFinding = (list: string, field: string, values: readonly string[]): Finding[] => {
  const repeated = firstRepeated(values)
  if (repeated === null) return []
  const path = `${list}.${repeated.index}.${field}`
  const earlier = `${list}.${values.indexOf(repeated.value)}.${field}`
  return [{ path, message: `${path} must differ from that of the others; "${repeated.value}" is there twice`, reads: [path, earlier] }]
}

/** Lists whose entries must differ. */
export const listFindings = (template: Template): Finding[] => [
  ...repeatedFinding(
    'tags',
    'key',
    template.tags.map(tag => tag.key),
  ),
  ...repeatedFinding(
    'target.columns',
    'name',
    (template.target.columns ?? []).map(column => column.name),
  ),
  ...repeatedFinding(
    'slos',
    'kind',
    template.slos.map(slo => slo.kind),
  ),
]

/** A percentile further out is never smaller; and there is something to abort for. */
export const sloFindings = ({ slos, sloAbort }: Template): Finding[] => [
  ...slos.flatMap(({ p95Ms, p99Ms }, i) =>
    p95Ms !== null && p99Ms !== null && p99Ms < p95Ms
      ? [
          {
            path: `slos.${i}.p99Ms`,
            message: `slos.${i}.p99Ms must be at least slos.${i}.p95Ms (${p95Ms}); it is ${p99Ms}`,
            reads: [`slos.${i}.p95Ms`, `slos.${i}.p99Ms`],
          },
        ]
      : [],
  ),
  ...(sloAbort.enabled && slos.every(({ p95Ms, p99Ms, errorRatePercent }) => p95Ms === null && p99Ms === null && errorRatePercent === null)
    ? [
        {
          path: 'sloAbort.enabled',
          message: 'sloAbort.enabled must be false when slos bound nothing: give a bound, or leave it out',
          reads: ['sloAbort.enabled', 'slos'],
        },
      ]
    : []),
]
