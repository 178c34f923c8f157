import type { Plan } from '../plan.ts'
import { completePlan } from './complete.ts'
import { type Field, list, requiredText, section, text, whole } from './fields.ts'
import { MOST_WORKERS } from './fleet.ts'
import { readShape } from './readShape.ts'
import { CONNECTIONS, foreignShape, NAME_LENGTH, SEED, WORKERS } from './shape.ts'

const required = (field: Field<number | null>): Field<number | null> =>
  field.refine(value => value !== null, 'must be given') as Field<number | null>

/** Of a plan, what no template has. */
const planShape = section({
  templateId: requiredText(26),
  templateName: requiredText(NAME_LENGTH),
  templateVersion: required(whole(null, { min: 0, max: 2 ** 31 - 1 })),
  workerCount: required(whole(null, WORKERS)),
  targetConnections: required(whole(null, CONNECTIONS)),
  seed: required(whole(null, SEED)),
  limits: section({
    minWorkers: required(whole(null, { min: 1, max: Math.max(MOST_WORKERS, WORKERS.max as number) })),
    maxWorkers: required(whole(null, { min: 1, max: Math.max(MOST_WORKERS, WORKERS.max as number) })),
    minConnections: required(whole(null, { ...CONNECTIONS, min: 0 })),
    maxConnections: required(whole(null, CONNECTIONS)),
  }),
  sut: list(text('', 4_000), 1_000),
  poolSetId: text(null, 26),
})

/**
 * What keeps the plan of a run that came from elsewhere from being one: its fields are judged as those of a template are when it is saved. Rules over
 * several fields are left out: an overridden plan need not follow them.
 * @returns words of their own, with the path of the field; null: nothing
 */
export const faultOfPlan = (kept: unknown): string | null => {
  let plan: Plan
  try {
    plan = completePlan(kept as Plan)
  } catch {
    return 'its plan is no plan of a run'
  }
  const { templateName, target, operations, load, scaling, guardrails, slos, sloAbort, advanced } = plan
  const { templateId, templateVersion, workerCount, targetConnections, seed, limits, sut, poolSetId } = plan
  if (!Array.isArray(operations) || operations.length === 0) return 'its plan is no plan of a run'
  if ([target, load, scaling, guardrails, slos, sloAbort, advanced, limits].some(part => typeof part !== 'object' || part === null))
    return 'its plan is no plan of a run'
  const { areSet: _, ...numbers } = limits
  const own = readShape(planShape, {
    templateId,
    templateName,
    templateVersion,
    workerCount,
    targetConnections,
    seed,
    limits: numbers,
    sut,
    poolSetId,
  })
  const generic = operations.map(({ label, operationType, weight, sql, parameters }) => ({ label, operationType, weight, sql, parameters }))
  const shared = readShape(foreignShape, {
    name: templateName,
    target,
    operations: { generic },
    load,
    scaling,
    guardrails,
    slos,
    sloAbort,
    advanced,
  })
  const [first] = [...own.problems, ...shared.problems]
  return first === undefined ? null : `its plan is no plan of a run: ${first.message}`
}
