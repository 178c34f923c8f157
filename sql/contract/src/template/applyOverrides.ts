import { fillIn } from './fillIn.ts'
import type { RunOverrideValues } from './overridesShape.ts'
import type { TemplateAsSent } from './shape.ts'
import type { Load, Scaling, Template } from './template.ts'

export interface Changed {
  readonly template: Template
  /** As it would have been sent: before the defaults that depend on other fields. */
  readonly asSent: TemplateAsSent
  /** The bounds before `workers` set both of them; it must lie within. */
  readonly bounds: Scaling
}

/**
 * The template as the overrides would have it. Sections merge field by field, SLOs are replaced. What belongs to another mode is not kept: in a load mode
 * of its own the run's `targetConnections` are its own, too, and in a scaling mode of its own its workers and connections; a bound for AUTO makes it
 * BOUNDED. `workers` sets both bounds of a run with a controller.
 */
export const applyOverrides = (template: Template, overrides: RunOverrideValues): Changed => {
  const own: TemplateAsSent = {
    ...template,
    load: changeLoad(template.load, overrides),
    scaling: changeScaling(template.scaling, overrides.scaling),
    guardrails: merge(template.guardrails, overrides.guardrails),
    slos: overrides.slos ?? template.slos,
    sloAbort: merge(template.sloAbort, overrides.sloAbort),
    advanced: {
      ...template.advanced,
      deadWorkerPolicy: overrides.deadWorkerPolicy ?? template.advanced.deadWorkerPolicy,
      shareSut: overrides.shareSut ?? template.advanced.shareSut,
      keepExecutions: overrides.keepExecutions ?? template.advanced.keepExecutions,
    },
  }
  const filled = fillIn(own)
  const { workers } = overrides
  const isSteered = filled.load.mode !== 'CONCURRENCY'
  const scaling = workers === null || !isSteered ? filled.scaling : atWorkers(filled.scaling, workers, filled.load.mode)
  return { template: { ...filled, scaling }, asSent: own, bounds: filled.scaling }
}

/** The fields of `over` that are not null in place of those of `base`. */
const merge = <T extends object>(base: T, over: { readonly [K in keyof T]: T[K] | null }): T => ({
  ...base,
  ...(Object.fromEntries(Object.entries(over).filter(([, value]) => value !== null)) as Partial<T>),
})

const changeLoad = (load: Load, overrides: RunOverrideValues): Load => {
  const mode = overrides.loadMode ?? load.mode
  return {
    ...load,
    mode,
    targetConnections: overrides.targetConnections ?? (mode === load.mode ? load.targetConnections : null),
    durationSeconds: overrides.durationSeconds ?? load.durationSeconds,
    warmupSeconds: overrides.warmupSeconds ?? load.warmupSeconds,
    targetQps: overrides.targetQps ?? load.targetQps,
    arrival: overrides.arrival ?? load.arrival,
    findMax: merge(load.findMax, overrides.findMax),
  }
}

const changeScaling = (own: Scaling, over: RunOverrideValues['scaling']): TemplateAsSent['scaling'] => {
  const bounds = [over.minWorkers, over.maxWorkers, over.minConnections, over.maxConnections]
  const isBound = bounds.some(bound => bound !== null && bound !== NO_LIMIT)
  const mode = over.mode ?? (own.mode === 'AUTO' && isBound ? 'BOUNDED' : own.mode)
  const base = mode === own.mode ? own : { minWorkers: null, maxWorkers: null, minConnections: null, maxConnections: null }
  return {
    mode,
    minWorkers: over.minWorkers ?? base.minWorkers,
    maxWorkers: over.maxWorkers === NO_LIMIT ? null : (over.maxWorkers ?? base.maxWorkers),
    minConnections: over.minConnections ?? base.minConnections,
    maxConnections: over.maxConnections === NO_LIMIT ? null : (over.maxConnections ?? base.maxConnections),
    boundsPatienceIntervals: over.boundsPatienceIntervals ?? own.boundsPatienceIntervals,
  }
}

const NO_LIMIT = -1

const atWorkers = (scaling: Scaling, workers: number, mode: Load['mode']): Scaling => {
  if (scaling.mode !== 'FIXED') return { ...scaling, mode: 'BOUNDED', minWorkers: workers, maxWorkers: workers }
  if (mode === 'QPS') return { ...scaling, minWorkers: workers }
  return { ...scaling, mode: 'BOUNDED', minWorkers: workers, maxWorkers: workers, minConnections: 1, maxConnections: null }
}
