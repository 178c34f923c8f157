import type { graphql } from '../api/graphql.ts'
import type { OperationKind } from '../ui/words/kinds.ts'

type Input = ReturnType<typeof graphql.scalar<'TemplateInput'>>
type LoadInput = Input['load']
type ScalingInput = NonNullable<Input['scaling']>
type GuardrailInput = NonNullable<Input['guardrails']>
type SloInput = NonNullable<Input['slos']>[number]

export type LoadMode = NonNullable<LoadInput['mode']>
export type ScalingMode = NonNullable<ScalingInput['mode']>

/** The fields of each section that follow its mode; all of them are shown, and nothing else of the section is sent. */
export const loadFieldsOf = (mode: LoadMode, scaling: ScalingMode): readonly (keyof LoadInput)[] => {
  switch (mode) {
    case 'CONCURRENCY':
      return [...(scaling === 'FIXED' ? [] : (['targetConnections'] as const)), 'durationSeconds', 'warmupSeconds', 'thinkTimeMs']
    case 'QPS':
      return [
        'targetQps',
        'arrival',
        'durationSeconds',
        'warmupSeconds',
        // FIXED says the connections itself.
        ...(scaling === 'FIXED' ? [] : (['startingConnections', 'maxConnectionIncrease', 'targetConnections'] as const)),
      ]
    case 'FIND_MAX_CONCURRENCY':
      return ['findMax', 'warmupSeconds', 'thinkTimeMs']
  }
}

export const scalingFieldsOf = (scaling: ScalingMode, mode: LoadMode): readonly (keyof ScalingInput)[] => {
  switch (scaling) {
    case 'AUTO':
      return []
    case 'FIXED':
      return ['minWorkers', 'minConnections']
    case 'BOUNDED':
      return [
        'minWorkers',
        'maxWorkers',
        'minConnections',
        'maxConnections',
        ...(mode === 'QPS' ? (['boundsPatienceIntervals'] as const) : []),
      ]
  }
}

export const guardrailFieldsOf = ({ enabled, mode }: GuardrailInput): readonly (keyof GuardrailInput)[] => {
  if (enabled !== true) return []
  const bounds = ['mode', 'maxCpuPercent', 'maxMemoryPercent'] as const
  return mode === 'HARD' ? bounds : [...bounds, 'patienceIntervals', 'backOffPercent', 'failThreshold']
}

const CANONICAL = { pointLookup: 'POINT_LOOKUP', rangeScan: 'RANGE_SCAN', insert: 'INSERT', update: 'UPDATE' } as const

/** The kinds that the mix sends. */
export const weightedKinds = ({ operations }: Pick<Input, 'operations'>): readonly OperationKind[] => [
  ...(Object.keys(CANONICAL) as (keyof typeof CANONICAL)[])
    .filter(field => (operations[field]?.weight ?? 0) > 0)
    .map(field => CANONICAL[field]),
  ...((operations.generic ?? []).some(each => (each.weight ?? 0) > 0) ? (['GENERIC_SQL'] as const) : []),
]

const isBound = (value: number | null | undefined): boolean => value !== null && value !== undefined && value !== -1
const boundsSomething = ({ p95Ms, p99Ms, errorRatePercent }: SloInput): boolean => [p95Ms, p99Ms, errorRatePercent].some(isBound)

/** The SLOs that are sent, in their order: those that bound something of a kind that the mix sends. */
export const appliedSlos = (input: Pick<Input, 'operations' | 'slos'>): readonly SloInput[] => {
  const kinds = weightedKinds(input)
  return (input.slos ?? []).filter(slo => kinds.includes(slo.kind) && boundsSomething(slo))
}

const fieldsOf = <Section extends object>(section: Section, fields: readonly (keyof Section)[]): Partial<Section> =>
  Object.fromEntries(fields.filter(field => section[field] !== undefined).map(field => [field, section[field]])) as Partial<Section>

/**
 * What of a template is sent: the fields that follow its modes. What was typed for another mode stays in the form, where it can cause no problem that
 * nobody sees.
 */
export const appliedInput = (input: Input): Input => {
  const mode = input.load.mode ?? 'CONCURRENCY'
  const scaling = input.scaling ?? {}
  const guardrails = input.guardrails ?? {}
  // Without a mode the server chooses one by the bounds: all of them are needed.
  const scalingMode = scaling.mode ?? null
  const slos = appliedSlos(input)
  return {
    ...input,
    load: { mode, ...fieldsOf(input.load, loadFieldsOf(mode, scalingMode ?? 'BOUNDED')) },
    scaling: scalingMode === null ? scaling : { mode: scalingMode, ...fieldsOf(scaling, scalingFieldsOf(scalingMode, mode)) },
    guardrails: { enabled: guardrails.enabled === true, ...fieldsOf(guardrails, guardrailFieldsOf(guardrails)) },
    slos: [...slos],
    sloAbort:
      input.sloAbort?.enabled === true && slos.length > 0
        ? { enabled: true, graceSeconds: input.sloAbort.graceSeconds ?? null }
        : { enabled: false },
  }
}
