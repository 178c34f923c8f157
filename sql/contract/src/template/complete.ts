import type { Plan } from '../plan.ts'
import { fillIn } from './fillIn.ts'
import { ANY_HOST, decideLimits } from './limits.ts'
import { readShape } from './readShape.ts'
import { keptShape } from './shape.ts'
import type { Advanced, Template } from './template.ts'

/** A template as it was kept, perhaps by an earlier version: what there was not yet has its default. Rules that came since are judged when it is run. */
export const completeTemplate = (kept: object): Template => fillIn(readShape(keptShape, kept).value)

/** Settings that came after the limits. */
const LATER: Partial<Advanced> = { keepExecutions: true }

/** A plan as it was kept, perhaps by an earlier version, whose runs had no controllers. */
export const completePlan = (kept: Plan): Plan => {
  if ((kept as Partial<Plan>).limits !== undefined) {
    const isWhole = (kept.advanced as Partial<Advanced>).keepExecutions !== undefined
    return isWhole ? kept : { ...kept, advanced: { ...LATER, ...kept.advanced } }
  }
  const { load, scaling, guardrails, advanced } = fillIn(
    readShape(keptShape, { load: kept.load, scaling: kept.scaling, guardrails: kept.guardrails, advanced: kept.advanced }).value,
  )
  return {
    ...kept,
    // Shares of an overridden fleet may differ by one: its sum is no product.
    load: { ...load, targetConnections: kept.load.targetConnections },
    scaling,
    guardrails,
    advanced,
    sloAbort: { enabled: false, graceSeconds: 30 },
    limits: decideLimits({ target: kept.target, load, scaling }, kept, ANY_HOST),
    sut: [],
  }
}
