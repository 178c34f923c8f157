import type { EnrichmentSource, EnrichmentStatus } from './enums.ts'

/** What the system under test has recorded of a run, from one source: a row of ENRICHMENTS. */
export interface Enrichment {
  readonly runId: string
  readonly source: EnrichmentSource
  readonly status: EnrichmentStatus
  /** Why it failed, was skipped or waits, in a sentence that says what to do where something can be done. */
  readonly note: string | null
  /** Executions that the source knows, of `expected`, which are those of which it can know; null before the first look. */
  readonly matched: number | null
  readonly expected: number | null
  readonly attempts: number
  /** When it is looked at next; null: not again. */
  readonly dueAtMs: number | null
  readonly content: EnrichmentContent | null
  readonly updatedAtMs: number
}

/** What is no single execution's own. Which lists are filled depends on the source. */
export interface EnrichmentContent {
  /** The stretch that it covers, milliseconds from the agreed start; the statistics of PostgreSQL are those between two readings. */
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly statements: readonly StatementFigures[]
  readonly clusters: readonly ClusterFigures[]
  readonly overhead: readonly OverheadPoint[]
}

/** One statement of the run, as the server has counted it. */
export interface StatementFigures {
  readonly label: string
  readonly calls: number
  /** Of this label, that the workers sent and that ended in the same stretch: of them the source knows `calls`. Null: none are kept to count. */
  readonly executions: number | null
  /** Of `executions`, as the workers counted them, for STATEMENT_STATISTICS, which knows nothing of failures; else as the source counted. */
  readonly errors: number | null
  readonly rows: number | null
  /** Null: not enough of the calls was counted to tell; the note says why. */
  readonly totalMs: number | null
  readonly meanMs: number | null
  /** Of AGGREGATE_QUERY_HISTORY: the mean of its minutes' own, weighted by their calls: near, not exact. Null: the source has none. */
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  /** Null: the source has none for this stretch alone. */
  readonly maxMs: number | null
  /** Of PostgreSQL: blocks found in its cache, of all that were asked for; null: none were. */
  readonly cacheHitPercent: number | null
  readonly blocksRead: number | null
  /** Null: `track_io_timing` is off. */
  readonly ioReadMs: number | null
  readonly ioWriteMs: number | null
  readonly walBytes: number | null
}

/** One cluster of a multi-cluster warehouse, by the matched executions of the measurement; percentiles are of the server's own execution time. */
export interface ClusterFigures {
  readonly clusterNumber: number
  readonly executions: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly maxMs: number | null
  readonly meanQueuedOverloadMs: number | null
  readonly meanQueuedProvisioningMs: number | null
  readonly byLabel: Readonly<Record<string, number>>
}

/** Response time minus the server's own total, of the matched executions that ended in one second. */
export interface OverheadPoint {
  readonly atMs: number
  readonly executions: number
  readonly medianMs: number
}
