import type { ClientUsage, ControllerStep, Enrichment, FigureSummary, Result, WarehousePoll } from '@flakebench/contract'
import type { Trial } from './trial.ts'

/** A run with all that a comparison shows of it. */
export interface ComparedRun extends Trial {
  /** Null: it is not over, or nothing was measured. */
  readonly summary: FigureSummary | null
  readonly steps: readonly ControllerStep[]
  readonly enrichments: readonly Enrichment[]
  readonly usage: RunUsage
  /** The saved connection's; null: a run of the demo's own, or a connection that is gone. */
  readonly connectionName: string | null
}

/** What the measurement has used, of the warehouse and of the workers; null: never seen. */
export interface RunUsage {
  readonly warehouse: WarehouseUsage | null
  readonly client: ClientUsage | null
}

export interface WarehouseUsage {
  readonly meanClusters: number | null
  readonly mostClusters: number | null
  readonly meanRunning: number
  readonly mostRunning: number
  readonly meanQueued: number
  readonly mostQueued: number
}

/** Null also where the run ended before anything could be measured: that it did nothing then says nothing of the database. */
export const measuredResult = ({ result }: Pick<ComparedRun, 'result'>): Result | null =>
  result === null || result.measuredSeconds === 0 ? null : result

/** A change of `value` against `baseline`, in percent; null where there is nothing to compare with. */
export const deltaPercent = (value: number | null | undefined, baseline: number | null | undefined): number | null =>
  value == null || baseline == null || baseline === 0 ? null : 100 * (value / baseline - 1)

export type PollReading = Pick<WarehousePoll, 'startedClusters' | 'running' | 'queued' | 'elapsedSeconds'>
