import type { ErrorGroup } from './execution.ts'
import type { Rollup } from './rollup.ts'
import type { RunDigest } from './runDigest.ts'
import type { LoadPhase } from './schedule.ts'

/**
 * Figures that are made once, when a run is over: rows of RUN_FIGURES by name. All follow from the tables, and can be made again from them.
 * SERIES, HEAT_MAP and HISTORY are of warmup and measurement, DIGEST of the measurement.
 */
export interface RunFigures {
  readonly SUMMARY: FigureSummary
  readonly SERIES: RunSeries
  readonly HEAT_MAP: HeatMap
  readonly DIGEST: RunDigest
  /** Neighbours added until about so many points are left (see `HISTORY_POINTS`). */
  readonly HISTORY_300: MergedHistory
  readonly HISTORY_900: MergedHistory
}
export type FigureName = keyof RunFigures
export const FIGURE_NAMES = [
  'SUMMARY',
  'SERIES',
  'HEAT_MAP',
  'DIGEST',
  'HISTORY_300',
  'HISTORY_900',
] as const satisfies readonly FigureName[]

/** How many points each history that is kept has at most, but for one at the edge of a phase. */
export const HISTORY_POINTS = { HISTORY_300: 300, HISTORY_900: 900 } as const

/** Intervals, or stretches of them added; without their histograms, as what is read from those is beside them. */
export interface MergedHistory {
  readonly intervals: readonly Rollup[]
}

export const FIGURE_SLICES = ['ALL', 'KIND', 'LABEL', 'OPERATION_TYPE', 'PHASE', 'WORKER'] as const
/** By what operations are told apart. PHASE has the warmup beside the measurement; all others are of the measurement. */
export type FigureSlice = (typeof FIGURE_SLICES)[number]

/** The figures of one part of the operations. Latencies are response times of successful operations, from added histograms. */
export interface SliceFigures {
  readonly slice: FigureSlice
  /** Of the part: a kind, a label, READ or WRITE, a phase, a worker id; empty for ALL. */
  readonly name: string
  readonly operations: number
  readonly errors: number
  readonly errorRate: number
  /** Successful, over the seconds of the part's phase. */
  readonly qps: number
  /** Of all operations of the phase. */
  readonly achievedPercent: number
  /** By the plan's weights; null where it has none. */
  readonly plannedPercent: number | null
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
  readonly minMs: number | null
  readonly maxMs: number | null
  readonly meanMs: number | null
}

export interface FigureSummary {
  readonly slices: readonly SliceFigures[]
  readonly errorGroups: readonly ErrorGroup[]
  /** Whether single executions back the groups; false: they were not kept or not all loaded, and categories alone are exact. */
  readonly areErrorsWhole: boolean
}

/** All intervals of a run, a column a figure, each as long as `startMs`; percentiles are of that interval. Null: nothing was measured. */
export interface RunSeries {
  readonly startMs: readonly number[]
  readonly endMs: readonly number[]
  readonly phase: readonly LoadPhase[]
  readonly qps: readonly number[]
  readonly operations: readonly number[]
  readonly errors: readonly number[]
  readonly p50Ms: readonly (number | null)[]
  readonly p95Ms: readonly (number | null)[]
  readonly p99Ms: readonly (number | null)[]
  readonly maxMs: readonly (number | null)[]
  readonly activeConnections: readonly number[]
  readonly targetConnections: readonly number[]
  readonly workersReported: readonly number[]
  readonly workersExpected: readonly number[]
  readonly clientLimited: readonly boolean[]
  readonly cpuPercent: readonly (number | null)[]
  readonly eventLoopDelayP99Ms: readonly (number | null)[]
}

/** Successful operations by time and response time. */
export interface HeatMap {
  /** Edges of the columns, milliseconds from the agreed start: one more than columns. */
  readonly columnEdgesMs: readonly number[]
  /** Edges of the bands: one more than bands, evenly spaced on a logarithmic scale. */
  readonly bandEdgesMs: readonly number[]
  /** counts[column][band]. */
  readonly counts: readonly (readonly number[])[]
}

/**
 * What a comparison rests on: the measurement cut into blocks of equal length, each with its counts and a histogram of its response times in shared
 * bands, so that blocks can be drawn with replacement and added.
 */
export interface Evidence {
  readonly blockSeconds: number
  /** Ascending, shared by all blocks and by all runs: the upper edges of bands of 1 %, from the smallest that is used to the largest. */
  readonly bandsMs: readonly number[]
  readonly blocks: readonly EvidenceBlock[]
}

export interface EvidenceBlock {
  readonly seconds: number
  readonly operations: number
  readonly errors: number
  readonly clientLimitedSeconds: number
  /** Pairs of band index and count, flattened. */
  readonly counts: readonly number[]
}
