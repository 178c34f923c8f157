import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { KindMetrics } from '../../api/documents/runFields.ts'
import { KIND_WORDS, operationColours, operationKey, operationWord } from '../../ui/words/kinds.ts'

type Planned = RunPlan['operations'][number]

interface KindRow {
  readonly key: string
  readonly kind: Planned['kind']
  readonly word: string
  /** The statement, for the tooltip; empty where it is the usual one. */
  readonly title: string
  readonly colour: string | undefined
  /** Of a generic statement; the others say by their name whether they write. */
  readonly operationType: Planned['operationType'] | null
  /** Null for what was measured without being planned. */
  readonly plannedPercent: number | null
  readonly metrics: KindMetrics | null
}

/** A row for each operation of the plan, generic ones by their label, and then for what was measured beside it. */
export const kindRows = (planned: readonly Planned[], measured: readonly KindMetrics[]): readonly KindRow[] => {
  const byKey = new Map<string, readonly Planned[]>()
  for (const operation of planned) byKey.set(operationKey(operation), [...(byKey.get(operationKey(operation)) ?? []), operation])
  for (const metrics of measured) if (!byKey.has(operationKey(metrics))) byKey.set(operationKey(metrics), [])
  const metricsOf = new Map(measured.map(metrics => [operationKey(metrics), metrics]))
  const rows = [...byKey].flatMap(([key, operations]) => {
    const metrics = metricsOf.get(key) ?? null
    const name = operations[0] ?? metrics
    return name === null ? [] : [{ key, operations, metrics, kind: name.kind, label: name.label }]
  })
  const colours = operationColours(rows)
  return rows.map(({ key, operations, metrics, kind, label }, at) => ({
    key,
    kind,
    word: kind === 'GENERIC_SQL' ? operationWord(kind, label) : KIND_WORDS[kind],
    title: operations.map(operation => operation.sql ?? operationWord(kind, label)).join('\n\n'),
    colour: colours[at],
    operationType: kind === 'GENERIC_SQL' ? (operations[0]?.operationType ?? null) : null,
    plannedPercent: operations.length === 0 ? null : operations.reduce((sum, operation) => sum + operation.weight, 0),
    metrics,
  }))
}
