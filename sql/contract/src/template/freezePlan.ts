import { OPERATION_KINDS } from '../enums.ts'
import type { Plan, PlannedOperation } from '../plan.ts'
import type { Fleet } from './fleet.ts'
import { decideFleet, fleetProblems } from './fleet.ts'
import { loadFindings } from './loadRules.ts'
import { CANONICAL_FIELDS } from './operationRules.ts'
import { inOrder } from './parameterRules.ts'
import type { Problem } from './problem.ts'
import { readShape } from './readShape.ts'
import type { RunOverrideValues } from './shape.ts'
import { overridesShape } from './shape.ts'
import type { Operations, Scaling, Template } from './template.ts'

/** What one run changes of its template; left out and null mean: as the template says. `name` names the run and is no part of its plan. */
export type RunOverrides = { readonly [K in keyof RunOverrideValues]?: RunOverrideValues[K] | undefined }

export type StoredTemplate = Template & { readonly id: string; readonly version: number }

export type Freezing = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * The plan of one run: the template with the overrides in it, judged by the template's own rules (paths `overrides.…`), the fleet decided, the seed chosen.
 *
 * A plan agrees with itself: `workerCount`, `targetConnections` and `seed` are what is done; `load.targetConnections` (CONCURRENCY) and `advanced.seed`
 * repeat them; and where the number of workers or connections was overridden, `scaling` says FIXED with these workers, each holding at least
 * `minConnections` (the smallest share; shares differ by one at most).
 * @param template as `validateTemplate` returns it
 * @param freshSeed a new seed (whole, 0 to 2^31 − 1), for when neither overrides nor template name one
 */
export const freezePlan = (template: StoredTemplate, overrides: RunOverrides, freshSeed: number): Freezing => {
  const { value, problems, trust } = readShape(overridesShape, overrides, 'overrides')
  const changed = withOverrides(template, value)
  const unfit = trust(
    loadFindings(changed).map(({ path, message, reads }) => ({
      path: toOverride(path, value),
      message: toOverride(message, value),
      reads: reads.map(toOverrideField),
    })),
  )
  const notThisMode: Problem[] =
    value.targetConnections !== null && template.load.mode !== 'CONCURRENCY'
      ? [
          {
            path: 'overrides.targetConnections',
            message: `overrides.targetConnections is for load.mode CONCURRENCY; it is ${template.load.mode}`,
          },
        ]
      : []
  const before = [...problems, ...unfit, ...notThisMode]
  if (before.length > 0) return { ok: false, problems: before }
  const fleet = decideFleet(changed, value)
  const impossible = fleetProblems(fleet, changed, value)
  return impossible.length > 0 ? { ok: false, problems: impossible } : { ok: true, plan: planOf(changed, fleet, value, freshSeed) }
}

const withOverrides = (
  template: StoredTemplate,
  { durationSeconds, warmupSeconds, targetConnections }: RunOverrideValues,
): StoredTemplate => ({
  ...template,
  load: {
    ...template.load,
    durationSeconds: durationSeconds ?? template.load.durationSeconds,
    warmupSeconds: warmupSeconds ?? template.load.warmupSeconds,
    targetConnections: targetConnections ?? template.load.targetConnections,
  },
})

const TARGET = 'load.targetConnections'
const toOverrideField = (field: string): string => (field === TARGET ? 'overrides.targetConnections' : field)
/** Names the override where that is what was judged. */
const toOverride = (text: string, { targetConnections }: RunOverrideValues): string =>
  targetConnections === null ? text : text.replaceAll(TARGET, toOverrideField(TARGET))

const planOf = (template: StoredTemplate, fleet: Fleet, overrides: RunOverrideValues, freshSeed: number): Plan => {
  const { target, load, guardrails, slos, sloAbort, advanced } = template
  const seed = overrides.seed ?? advanced.seed ?? freshSeed
  return {
    templateId: template.id,
    templateName: template.name,
    templateVersion: template.version,
    target,
    operations: planOperations(template.operations),
    load: load.mode === 'CONCURRENCY' ? { ...load, targetConnections: fleet.targetConnections } : load,
    scaling: overrides.workers === null && overrides.targetConnections === null ? template.scaling : fixedAt(fleet),
    guardrails,
    slos,
    sloAbort,
    advanced: { ...advanced, seed },
    ...fleet,
    limits: {
      minWorkers: fleet.workerCount,
      maxWorkers: fleet.workerCount,
      minConnections: 1,
      maxConnections: fleet.targetConnections,
      areSet: true,
    },
    sut: [],
    seed,
    poolSetId: null,
  }
}

const fixedAt = ({ workerCount, targetConnections }: Fleet): Scaling => ({
  mode: 'FIXED',
  minWorkers: workerCount,
  maxWorkers: null,
  minConnections: Math.floor(targetConnections / workerCount),
  maxConnections: null,
  boundsPatienceIntervals: 3,
})

/** Operations that are sent, in the order of `OPERATION_KINDS`; the parameters of a generic one in the order of its placeholders. */
export const planOperations = (operations: Operations): PlannedOperation[] =>
  [
    ...CANONICAL_FIELDS.map(
      ({ kind, field, type }): PlannedOperation => ({ kind, label: kind, operationType: type, ...operations[field], parameters: [] }),
    ),
    ...operations.generic.map(
      ({ id, label, operationType, weight, sql, parameters }): PlannedOperation => ({
        kind: 'GENERIC_SQL',
        label: label ?? id,
        operationType,
        weight,
        sql,
        parameters: inOrder(parameters).map((parameter, i) => ({ ...parameter, position: i + 1 })),
      }),
    ),
  ]
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => OPERATION_KINDS.indexOf(a.kind) - OPERATION_KINDS.indexOf(b.kind))
