/** A Snowflake warehouse as SHOW WAREHOUSES has it; null where this warehouse has no such thing. */
export interface WarehouseState {
  readonly name: string
  readonly state: string
  readonly type: string
  readonly size: string | null
  readonly minClusters: number | null
  readonly maxClusters: number | null
  readonly startedClusters: number | null
  /** Statements under way, and waiting. */
  readonly running: number
  readonly queued: number
  readonly scalingPolicy: string | null
  readonly autoSuspendSeconds: number | null
  readonly autoResume: boolean | null
  readonly queryAcceleration: boolean | null
  readonly queryAccelerationMaxScaleFactor: number | null
  readonly resourceConstraint: string | null
  readonly generation: string | null
  readonly isInteractive: boolean
}

/** One look at the benchmark's warehouse: a row of WAREHOUSE_POLL_SNAPSHOTS. */
export interface WarehousePoll extends WarehouseState {
  readonly runId: string
  /** 0, 1, 2 … */
  readonly sequence: number
  readonly recordedAtMs: number
  /** From the agreed start; negative before. */
  readonly elapsedSeconds: number
}
