import {
  addEncoded,
  type ErrorGroup,
  type FigureSlice,
  type FigureSummary,
  type KindSnapshot,
  LatencyHistogram,
  type Plan,
  type PlannedOperation,
  type Result,
  type SliceFigures,
} from '@flakebench/contract'

export interface Measured {
  readonly plan: Plan
  readonly result: Result
  /** By worker id. */
  readonly workers: ReadonlyMap<string, Result>
  readonly warmupSeconds: number
  readonly errorGroups: readonly ErrorGroup[]
  readonly areErrorsWhole: boolean
}

/** All parts of a run's operations, in the order of the slices; kinds and labels as in the plan, those that never came included. */
export const summaryOf = (measured: Measured): FigureSummary => {
  const { result, workers, errorGroups, areErrorsWhole } = measured
  const { operations } = measured.plan
  const warmup = result.warmupByKind ?? []
  const measurement: Phase = { operations: operationsIn(result.byKind), seconds: result.measuredSeconds }
  const ofKinds = (slice: FigureSlice, name: string, fits: (one: KindSnapshot) => boolean, planned: number | null): SliceFigures =>
    sliceOf({ slice, name, planned }, result.byKind.filter(fits), measurement)
  const ofPlanned = (slice: FigureSlice, nameOf: (one: PlannedOperation) => string, fits: (one: KindSnapshot, name: string) => boolean) =>
    [...new Set(operations.map(nameOf))].map(name =>
      ofKinds(slice, name, one => fits(one, name), weightOf(operations.filter(one => nameOf(one) === name))),
    )
  const typeOf = ({ kind, label }: KindSnapshot): string | undefined =>
    operations.find(one => one.kind === kind && one.label === label)?.operationType
  return {
    slices: [
      ofKinds('ALL', '', () => true, null),
      ...ofPlanned(
        'KIND',
        one => one.kind,
        (one, name) => one.kind === name,
      ),
      ...ofPlanned(
        'LABEL',
        one => one.label,
        (one, name) => one.label === name,
      ),
      ...ofPlanned(
        'OPERATION_TYPE',
        one => one.operationType,
        (one, name) => typeOf(one) === name,
      ),
      ...(measured.warmupSeconds === 0
        ? []
        : [
            sliceOf({ slice: 'PHASE', name: 'WARMUP', planned: null }, warmup, {
              operations: operationsIn(warmup),
              seconds: measured.warmupSeconds,
            }),
          ]),
      ofKinds('PHASE', 'MEASUREMENT', () => true, null),
      ...[...workers]
        .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
        .map(([name, worker]) => sliceOf({ slice: 'WORKER', name, planned: null }, worker.byKind, measurement)),
    ],
    errorGroups: [...errorGroups].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)),
    areErrorsWhole,
  }
}

/** To which the operations of a part are compared. */
interface Phase {
  readonly operations: number
  readonly seconds: number
}

const sliceOf = (
  { slice, name, planned }: { readonly slice: FigureSlice; readonly name: string; readonly planned: number | null },
  parts: readonly KindSnapshot[],
  phase: Phase,
): SliceFigures => {
  const operations = operationsIn(parts)
  const errors = parts.reduce((sum, one) => sum + one.errors, 0)
  return {
    slice,
    name,
    operations,
    errors,
    errorRate: operations === 0 ? 0 : errors / operations,
    qps: phase.seconds === 0 ? 0 : (operations - errors) / phase.seconds,
    achievedPercent: phase.operations === 0 ? 0 : (100 * operations) / phase.operations,
    plannedPercent: planned,
    ...latenciesOf(parts),
  }
}

type Latencies = Pick<SliceFigures, 'p50Ms' | 'p90Ms' | 'p95Ms' | 'p99Ms' | 'p999Ms' | 'minMs' | 'maxMs' | 'meanMs'>

const NONE: Latencies = { p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null, p999Ms: null, minMs: null, maxMs: null, meanMs: null }

const latenciesOf = (parts: readonly KindSnapshot[]): Latencies => {
  const encoded = addEncoded(parts.map(one => one.latency))
  if (encoded === null) return NONE
  const all = LatencyHistogram.decode(encoded)
  const read: Latencies = {
    p50Ms: all.percentileMs(50),
    p90Ms: all.percentileMs(90),
    p95Ms: all.percentileMs(95),
    p99Ms: all.percentileMs(99),
    p999Ms: all.percentileMs(99.9),
    minMs: all.minMs(),
    maxMs: all.maxMs(),
    meanMs: all.meanMs(),
  }
  all.free()
  return read
}

const operationsIn = (parts: readonly KindSnapshot[]): number => parts.reduce((sum, one) => sum + one.operations, 0)

/** Weights have two decimals: their sum must not have more. */
const weightOf = (operations: readonly PlannedOperation[]): number =>
  Math.round(operations.reduce((sum, one) => sum + 100 * one.weight, 0)) / 100
