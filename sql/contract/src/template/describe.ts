import type { Arrival, CanonicalKind } from '../enums.ts'
import type { Plan, PlannedOperation } from '../plan.ts'
import type { Fleet } from './fleet.ts'
import { decideFleet } from './fleet.ts'
import { planOperations } from './freezePlan.ts'
import { countOf } from './problem.ts'
import { resolutionOf } from './resolution.ts'
import type { Load, Scaling, Target, Template } from './template.ts'

/**
 * A template in one sentence of plain words, with the workers it would have:
 * `32 connections on 2 workers for 5 min after 30 s warmup, 80 % point lookups, 20 % updates on public.orders`.
 */
export const describeTemplate = (template: Template): string => {
  const fleet = decideFleet(template, { workers: null, targetConnections: null })
  const { minWorkers, maxWorkers } = template.scaling
  const least = template.scaling.mode === 'BOUNDED' ? minWorkers : fleet.workerCount
  return describe(template, { ...fleet, least, most: maxWorkers }, planOperations(template.operations))
}

/** A plan in one sentence of plain words, as `describeTemplate` does it. */
export const describePlan = (plan: Plan): string =>
  describe(
    plan,
    {
      workerCount: plan.workerCount,
      targetConnections: plan.targetConnections,
      least: plan.limits.minWorkers,
      most: plan.limits.maxWorkers,
    },
    plan.operations,
  )

type Described = Pick<Template, 'load' | 'scaling' | 'target'>

/** With the workers that a controller may come to; null: nobody has said. */
interface DescribedFleet extends Fleet {
  readonly least: number
  readonly most: number | null
}

const describe = ({ load, scaling, target }: Described, fleet: DescribedFleet, operations: readonly PlannedOperation[]): string => {
  const warmup = load.warmupSeconds === 0 ? 'without warmup' : `after ${inWords(load.warmupSeconds)} warmup`
  const mix = operations.map(operation => `${operation.weight} % ${nameOf(operation)}`).join(', ')
  return `${describeLoad(load, scaling, fleet)} ${warmup}, ${mix} on ${placeOf(target)}`
}

/** `public.orders`; of Snowflake `BENCH.PUBLIC.ORDERS (hybrid table) through BENCH_WH`. */
const placeOf = ({ tableType, database, schema, table, warehouse }: Target): string => {
  if (tableType === 'POSTGRES') return `${schema}.${table}`
  const kind = tableType === 'VIEW' ? 'view' : `${tableType.toLowerCase()} table`
  return `${database === null ? '' : `${database}.`}${schema}.${table} (${kind})${warehouse === null ? '' : ` through ${warehouse}`}`
}

const describeLoad = (load: Load, scaling: Scaling, fleet: DescribedFleet): string => {
  const { startConnections, connectionsIncrement, stepDurationSeconds } = load.findMax
  switch (load.mode) {
    case 'CONCURRENCY':
      return `${countOf(fleet.targetConnections, 'connection')} on ${countOf(fleet.workerCount, 'worker')} for ${inWords(load.durationSeconds)}`
    case 'QPS': {
      const rate = `${(load.targetQps ?? 0).toLocaleString('en-US', { maximumFractionDigits: 6 })} operations per second`
      return `${rate} (${ARRIVAL_NAMES[load.arrival]}) on ${steeredWorkers(scaling, fleet)} for ${inWords(load.durationSeconds)}`
    }
    case 'FIND_MAX_CONCURRENCY': {
      const steps = `from ${startConnections} up by ${connectionsIncrement} every ${inWords(stepDurationSeconds)}`
      const precision = resolutionOf(load.findMax)
      return `The most connections that hold, to within ${precision}, ${steps} on ${steeredWorkers(scaling, fleet)}`
    }
  }
}

/** Of a run whose controller may start more. */
const steeredWorkers = ({ mode, minWorkers, minConnections }: Scaling, { least, most }: DescribedFleet): string => {
  if (mode === 'FIXED') return `${countOf(minWorkers, 'worker')} with ${countOf(minConnections, 'connection')} each`
  if (most === null) return `${countOf(least, 'worker')} or more`
  return least === most ? countOf(most, 'worker') : `${least} to ${countOf(most, 'worker')}`
}

const ARRIVAL_NAMES: Readonly<Record<Arrival, string>> = { CONSTANT: 'constant', POISSON: 'Poisson' }

const NAMES: Readonly<Record<CanonicalKind, string>> = {
  POINT_LOOKUP: 'point lookups',
  RANGE_SCAN: 'range scans',
  INSERT: 'inserts',
  UPDATE: 'updates',
}

const nameOf = ({ kind, label }: PlannedOperation): string => (kind === 'GENERIC_SQL' ? `“${label}”` : NAMES[kind])

/** `45 s`, `5 min`, `1 min 30 s`, `2 h 15 min`. */
const inWords = (seconds: number): string => {
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  return parts.flatMap(([n, unit]) => (n > 0 ? [`${n} ${unit}`] : [])).join(' ')
}
