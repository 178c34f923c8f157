/**
 * Of which a verdict is given. Not of MAX: it is one operation, and grows with the length of a run. Not of P999: too few operations lie beyond it in runs
 * of minutes. Not of OPERATIONS: it is qps × time.
 */
export const JUDGED_METRICS = ['QPS', 'P50', 'P95', 'P99', 'MEAN', 'ERROR_RATE'] as const
export type JudgedMetric = (typeof JUDGED_METRICS)[number]

/** Rises when the same run would come out otherwise: digests of another version are made anew. */
export const DIGEST_VERSION = 1

/** What a comparison needs of a run and takes reading much to know, made once the run is over. */
export interface RunDigest {
  readonly version: number
  readonly spread: RunSpread
  /** Null: there is no interval of the measurement. */
  readonly client: ClientUsage | null
  readonly held: HeldConnections | null
}

/** How far the figures of a run could have come out differently; it follows from the run's evidence alone. */
export interface RunSpread {
  readonly blocks: number
  readonly seconds: number
  readonly clientLimitedSeconds: number
  readonly operations: number
  readonly figures: Readonly<Partial<Record<JudgedMetric, JudgedFigure>>>
}

/** One metric of one run, with how far it could have come out differently. */
export interface JudgedFigure {
  /** In the metric's own unit: per second, milliseconds, fraction of 1. */
  readonly figure: number
  /** Variance of its logarithm; of the error rate, of the rate itself. */
  readonly variance: number
  readonly degrees: number
  /** Operations that it rests on: beyond it, for a percentile. */
  readonly samples: number
}

/** Of all workers together, over the intervals of the measurement; delays are of the worst. */
export interface ClientUsage {
  /** 100 = one core. */
  readonly meanCpuPercent: number
  readonly mostCpuPercent: number
  readonly mostMemoryBytes: number
  readonly meanDelayP99Ms: number
  readonly mostDelayP99Ms: number
}

/** The least and the greatest number of connections that the workers were to hold in the measurement. */
export interface HeldConnections {
  readonly least: number
  readonly most: number
}
