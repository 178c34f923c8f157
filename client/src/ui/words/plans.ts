import { spanText } from './durations.ts'
import { isOnSnowflake, type TableType } from './kinds.ts'
import { qpsText } from './numbers.ts'

interface LoadFacts {
  readonly mode: 'CONCURRENCY' | 'QPS' | 'FIND_MAX_CONCURRENCY'
  readonly targetConnections?: number | null
  readonly targetQps?: number | null
  readonly durationSeconds: number
  readonly warmupSeconds: number
}

const plural = (count: number, word: string): string => `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`

export const connectionsText = (count: number): string => plural(count, 'connection')
export const workersText = (count: number): string => plural(count, 'worker')
export const runsText = (count: number): string => plural(count, 'run')

/** What is kept up: 32 connections, 2.00 k/s on schedule, or the search for the most connections. */
export const loadGoalText = (load: LoadFacts): string => {
  if (load.mode === 'QPS') return load.targetQps == null ? 'on a schedule' : `${qpsText(load.targetQps)} on a schedule`
  if (load.mode === 'FIND_MAX_CONCURRENCY') return 'find max connections'
  return load.targetConnections == null ? 'connections as scaled' : connectionsText(load.targetConnections)
}

/** 5 min after 30 s warmup; a search ends by itself. */
export const loadTimeText = ({ mode, durationSeconds, warmupSeconds }: LoadFacts): string => {
  if (mode === 'FIND_MAX_CONCURRENCY')
    return warmupSeconds > 0 ? `until it is found, after ${spanText(warmupSeconds)} warmup` : 'until it is found'
  return warmupSeconds > 0
    ? `${spanText(durationSeconds)} after ${spanText(warmupSeconds)} warmup`
    : `${spanText(durationSeconds)}, no warmup`
}

/** 2 × 16 connections; in full where they do not divide evenly. */
export const spreadText = (workers: number, connections: number): string => {
  if (workers > 0 && connections % workers === 0) return `${workers.toLocaleString('en-US')} × ${connectionsText(connections / workers)}`
  return `${connectionsText(connections)} on ${workersText(workers)}`
}

export interface TargetFacts {
  readonly tableType: TableType
  readonly database?: string | null
  readonly schema: string
  readonly table: string
  readonly warehouse?: string | null
  readonly warehouseSize?: string | null
  readonly postgresInstanceSize?: string | null
}

/** Where the table is, with the dot before its name: "public."; on Snowflake the database too: "BENCH.PUBLIC.". */
export const placeText = ({ tableType, database, schema }: TargetFacts): string =>
  `${[isOnSnowflake(tableType) ? database : null, schema].filter(Boolean).join('.')}.`

export const targetText = (target: TargetFacts): string => `${placeText(target)}${target.table}`

/** What serves the table: "BENCH_WH · X-Small", or the size of the PostgreSQL instance; empty where that is not known. */
export const computeText = ({ tableType, warehouse, warehouseSize, postgresInstanceSize }: TargetFacts): string =>
  (isOnSnowflake(tableType) ? [warehouse, warehouseSize] : [postgresInstanceSize]).filter(Boolean).join(' · ')

/** Weights of the kinds, as in 80/20. */
export const mixText = (weights: readonly number[]): string => weights.map(weight => Number(weight.toFixed(1))).join('/')
