import type { LoadMode } from '../enums.ts'
import { OPERATION_KINDS } from '../enums.ts'
import type { Plan, PlannedOperation } from '../plan.ts'
import { applyOverrides } from './applyOverrides.ts'
import type { Fleet } from './fleet.ts'
import { decideFleet, fleetProblems } from './fleet.ts'
import type { HostCapacity } from './limits.ts'
import { decideLimits } from './limits.ts'
import { fixedFindings, loadFindings } from './loadRules.ts'
import { modeFindings } from './modeRules.ts'
import { CANONICAL_FIELDS } from './operationRules.ts'
import { namedAsOverrides } from './overridePaths.ts'
import type { RunOverrideValues } from './overridesShape.ts'
import { overridesShape } from './overridesShape.ts'
import { inOrder } from './parameterRules.ts'
import type { Finding, Problem } from './problem.ts'
import { readShape } from './readShape.ts'
import { listFindings, sloFindings } from './targetRules.ts'
import type { Operations, Scaling, Template } from './template.ts'
import type { Sent } from './validateTemplate.ts'

/** What one run changes of its template; left out and null mean: as the template says. `name` names the run and is no part of its plan. */
export type RunOverrides = Sent<RunOverrideValues>

export type StoredTemplate = Template & { readonly id: string; readonly version: number }

export type Freezing = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * The plan of one run: the template with the overrides in it (see `applyOverrides`), judged by the template's own rules (paths `overrides.…`), the fleet and
 * the limits of its controller decided, the seed chosen.
 *
 * A plan agrees with itself: `workerCount`, `targetConnections` and `seed` are what is done; `load.targetConnections` (CONCURRENCY) and `advanced.seed`
 * repeat them; and where the number of workers or connections of CONCURRENCY was overridden, `scaling` says FIXED with these workers, each holding at least
 * `minConnections` (the smallest share; shares differ by one at most). In the other modes an override of the workers makes both bounds equal; how many
 * connections they hold is up to the controller.
 * @param template as `validateTemplate` returns it
 * @param freshSeed a new seed (whole, 0 to 2^31 − 1), for when neither overrides nor template name one
 * @param host the machine that starts the workers
 */
export const freezePlan = (template: StoredTemplate, overrides: RunOverrides, freshSeed: number, host: HostCapacity): Freezing => {
  const { value, problems, trust } = readShape(overridesShape, overrides, 'overrides')
  const { template: changed, asSent, bounds } = applyOverrides(template, value)
  const findings = [...fixedFindings(asSent), ...RULES.flatMap(rule => rule(changed))]
  const before = [...problems, ...trust([...namedAsOverrides(findings, value), ...otherModes(value, changed.load.mode)])]
  if (before.length > 0) return { ok: false, problems: before }
  const isSteered = changed.load.mode !== 'CONCURRENCY'
  const told = { workers: value.workers, targetConnections: isSteered ? null : value.targetConnections }
  const fleet = decideFleet(changed, told)
  const impossible = fleetProblems(fleet, { load: changed.load, scaling: bounds }, told)
  if (impossible.length > 0) return { ok: false, problems: impossible }
  const isFixed = told.targetConnections !== null || (!isSteered && told.workers !== null)
  const scaling = isFixed ? fixedAt(fleet, changed.scaling) : changed.scaling
  return { ok: true, plan: planOf({ ...template, ...changed, scaling }, fleet, value.seed ?? changed.advanced.seed ?? freshSeed, host) }
}

/** Those that speak of what an override can change. */
const RULES: readonly ((template: Template) => Finding[])[] = [loadFindings, modeFindings, listFindings, sloFindings]

/** Overrides that nothing would follow in this mode. */
const otherModes = (overrides: RunOverrideValues, mode: LoadMode): Finding[] => {
  const { targetConnections, targetQps, arrival, findMax } = overrides
  const given = [
    { field: 'targetConnections', isGiven: targetConnections !== null, modes: ['CONCURRENCY', 'QPS'] },
    { field: 'targetQps', isGiven: targetQps !== null, modes: ['QPS'] },
    { field: 'arrival', isGiven: arrival !== null, modes: ['QPS'] },
    ...Object.entries(findMax).map(([field, value]) => ({
      field: `findMax.${field}`,
      isGiven: value !== null,
      modes: ['FIND_MAX_CONCURRENCY'],
    })),
  ]
  return given
    .filter(({ isGiven, modes }) => isGiven && !modes.includes(mode))
    .map(({ field, modes }) => ({
      path: `overrides.${field}`,
      message: `overrides.${field} is for a run in ${modes.join(' or ')}, and this one is in ${mode}: leave it out, or set overrides.loadMode`,
      reads: ['overrides.loadMode', `overrides.${field}`],
    }))
}

const planOf = (template: StoredTemplate, fleet: Fleet, seed: number, host: HostCapacity): Plan => {
  const { target, load, scaling, guardrails, slos, sloAbort, advanced } = template
  return {
    templateId: template.id,
    templateName: template.name,
    templateVersion: template.version,
    target,
    operations: planOperations(template.operations),
    load: load.mode === 'CONCURRENCY' ? { ...load, targetConnections: fleet.targetConnections } : load,
    scaling,
    guardrails,
    slos,
    sloAbort,
    advanced: { ...advanced, seed },
    ...fleet,
    limits: decideLimits(template, fleet, host),
    sut: [],
    seed,
    poolSetId: null,
  }
}

const fixedAt = ({ workerCount, targetConnections }: Fleet, { boundsPatienceIntervals }: Scaling): Scaling => ({
  mode: 'FIXED',
  minWorkers: workerCount,
  maxWorkers: null,
  minConnections: Math.floor(targetConnections / workerCount),
  maxConnections: null,
  boundsPatienceIntervals,
})

/** Operations that are sent, in the order of `OPERATION_KINDS`; the parameters of a generic one in the order of its placeholders. */
export const planOperations = (operations: Operations): PlannedOperation[] => allOperations(operations).filter(({ weight }) => weight > 0)

/** As `planOperations`, with those that have no weight. */
export const allOperations = (operations: Operations): PlannedOperation[] =>
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
  ].sort((a, b) => OPERATION_KINDS.indexOf(a.kind) - OPERATION_KINDS.indexOf(b.kind))
