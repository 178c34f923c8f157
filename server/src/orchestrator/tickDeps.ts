import type { ControlPace } from '@flakebench/contract'
import type { SqlClient } from '@flakebench/store'
import type { RunEnrichment } from '../enrichment/runEnrichment.ts'
import type { Log } from '../log.ts'
import type { LoadExecutions } from './processing/loaderProcess.ts'
import type { Spawner } from './spawners/spawner.ts'

/** What driving a run works with. */
export interface TickDeps {
  readonly db: SqlClient
  readonly spawner: Spawner
  /** That of the control database's engine. */
  readonly pace: ControlPace
  /** A monotonic clock, in milliseconds. */
  readonly monotonicMs: () => number
  /** Something about the run has changed, its state or only its figures: whoever shows it may read it again. */
  readonly publish: (runId: string, isState: boolean) => void
  readonly loadExecutions: LoadExecutions
  readonly enrichment: Pick<RunEnrichment, 'duringLoad' | 'loadEnded' | 'afterLoad'>
  readonly log: Log
}
