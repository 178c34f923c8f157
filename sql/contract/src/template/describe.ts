import type { CanonicalKind } from '../enums.ts'
import type { Plan, PlannedOperation } from '../plan.ts'
import type { Fleet } from './fleet.ts'
import { decideFleet } from './fleet.ts'
import { planOperations } from './freezePlan.ts'
import { countOf } from './problem.ts'
import type { Load, Target, Template } from './template.ts'

/**
 * A template in one sentence of plain words, with the workers it would have:
 * `32 connections on 2 workers for 5 min after 30 s warmup, 80 % point lookups, 20 % updates on public.orders`.
 */
export const describeTemplate = (template: Template): string =>
  describe(
    template.load,
    decideFleet(template, { workers: null, targetConnections: null }),
    planOperations(template.operations),
    template.target,
  )

/** A plan in one sentence of plain words, as `describeTemplate` does it. */
export const describePlan = (plan: Plan): string => describe(plan.load, plan, plan.operations, plan.target)

const describe = (load: Load, fleet: Fleet, operations: readonly PlannedOperation[], target: Target): string => {
  const warmup = load.warmupSeconds === 0 ? 'without warmup' : `after ${inWords(load.warmupSeconds)} warmup`
  const mix = operations.map(operation => `${operation.weight} % ${nameOf(operation)}`).join(', ')
  return `${describeLoad(load, fleet)} ${warmup}, ${mix} on ${placeOf(target)}`
}

/** `public.orders`; of Snowflake `BENCH.PUBLIC.ORDERS (hybrid table) through BENCH_WH`. */
const placeOf = ({ tableType, database, schema, table, warehouse }: Target): string => {
  if (tableType === 'POSTGRES') return `${schema}.${table}`
  const kind = tableType === 'VIEW' ? 'view' : `${tableType.toLowerCase()} table`
  return `${database === null ? '' : `${database}.`}${schema}.${table} (${kind})${warehouse === null ? '' : ` through ${warehouse}`}`
}

const describeLoad = (load: Load, { workerCount, targetConnections }: Fleet): string => {
  const workers = `on ${countOf(workerCount, 'worker')}`
  const { startConnections, connectionsIncrement, stepDurationSeconds } = load.findMax
  switch (load.mode) {
    case 'CONCURRENCY':
      return `${countOf(targetConnections, 'connection')} ${workers} for ${inWords(load.durationSeconds)}`
    case 'QPS':
      return `${load.targetQps} operations per second ${workers} for ${inWords(load.durationSeconds)}`
    case 'FIND_MAX_CONCURRENCY':
      return `The most connections that hold, from ${startConnections} up by ${connectionsIncrement} every ${inWords(stepDurationSeconds)} ${workers}`
  }
}

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
