import type { TemplateAsSent } from './shape.ts'
import { USUAL_CONNECTIONS } from './shape.ts'
import type { GenericOperation, GenericParameter, Load, Scaling, Template } from './template.ts'

/**
 * The defaults that depend on other fields, and the same meaning in one form only: what a mode ignores is not kept, so that a template never shows a
 * figure that nothing follows.
 */
export const fillIn = (sent: TemplateAsSent): Template => {
  const scaling = fillInScaling(sent.scaling)
  const { target, operations } = sent
  return {
    ...sent,
    target: { ...target, schema: target.schema ?? (target.tableType === 'POSTGRES' ? 'public' : 'PUBLIC') },
    operations: { ...operations, generic: operations.generic.map(fillInGeneric) },
    load: fillInLoad(sent.load, scaling),
    scaling,
  }
}

/** BOUNDED where a maximum is given without a mode, otherwise AUTO. Bounds hold in BOUNDED only; FIXED keeps its two minima, which are exact numbers. */
const fillInScaling = (sent: TemplateAsSent['scaling']): Scaling => {
  const mode = sent.mode ?? (sent.maxWorkers === null && sent.maxConnections === null ? 'AUTO' : 'BOUNDED')
  const minWorkers = sent.minWorkers ?? 1
  const minConnections = sent.minConnections ?? 1
  switch (mode) {
    case 'AUTO':
      return {
        mode,
        minWorkers: 1,
        maxWorkers: null,
        minConnections: 1,
        maxConnections: null,
        boundsPatienceIntervals: sent.boundsPatienceIntervals,
      }
    case 'FIXED':
      return {
        mode,
        minWorkers,
        maxWorkers: null,
        minConnections,
        maxConnections: null,
        boundsPatienceIntervals: sent.boundsPatienceIntervals,
      }
    case 'BOUNDED':
      return { ...sent, mode, minWorkers, minConnections }
  }
}

const fillInLoad = (sent: TemplateAsSent['load'], scaling: Scaling): Load => ({
  ...sent,
  targetConnections: fillInConnections(sent, scaling),
  targetQps: sent.mode === 'QPS' ? sent.targetQps : null,
  // The schedule says when the next operation starts, not the end of the last one.
  thinkTimeMs: sent.mode === 'QPS' ? 0 : sent.thinkTimeMs,
  startingConnections: sent.startingConnections === 0 ? null : sent.startingConnections,
})

const fillInConnections = ({ mode, targetConnections }: TemplateAsSent['load'], scaling: Scaling): number | null => {
  switch (mode) {
    case 'CONCURRENCY':
      return scaling.mode === 'FIXED' ? scaling.minWorkers * scaling.minConnections : (targetConnections ?? USUAL_CONNECTIONS)
    case 'QPS':
      return targetConnections === -1 ? null : targetConnections
    case 'FIND_MAX_CONCURRENCY':
      return null
  }
}

const fillInGeneric = (sent: TemplateAsSent['operations']['generic'][number], index: number): GenericOperation => ({
  ...sent,
  id: sent.id ?? `GENERIC_SQL_${index + 1}`,
  parameters: sent.parameters.map(
    (parameter): GenericParameter => ({ ...parameter, strategy: parameter.strategy ?? (parameter.values === null ? 'LITERAL' : 'CHOICE') }),
  ),
})
