import type { RunRecord } from '@flakebench/contract'
import type { EnrichmentClaim, EnrichmentFinding, SavedConnection } from '@flakebench/store'
import type { Log } from '../log.ts'
import type { ConnectionKeeper } from '../warehouse/connectionSession.ts'

export interface EnrichmentDeps extends ConnectionKeeper {
  readonly log: Log
  /** Rows that QUERY_HISTORY is asked for at once. Default: 10,000, the most that Snowflake gives. */
  readonly historyLimit?: number
}

/** One look at one source of a run, claimed. */
export interface Look {
  readonly deps: EnrichmentDeps
  readonly claim: EnrichmentClaim
  readonly run: RunRecord
  readonly connection: SavedConnection
  /** Aborted: end soon, and leave the rest to a later look. */
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  /** Nobody waits for it: what finds nothing more now is the end. Otherwise it is tried again later. */
  readonly isPatient: boolean
}

/** What a look at a source comes to. @throws when the source cannot be asked */
export type LookAt = (look: Look) => Promise<EnrichmentFinding>

/** A finding of a source that cannot be had. */
export const skipped = (note: string): EnrichmentFinding => ({
  status: 'SKIPPED',
  note,
  matched: null,
  expected: null,
  content: null,
  dueInSeconds: null,
})

type Moments = Pick<RunRecord, 'nowMs' | 'endedAtMs' | 'stopRequestedAtMs' | 'phaseStartedAtMs' | 'phase' | 'measurementStartsAtMs'>

/** Whether a run's load went on into its measurement. It may have been agreed on and never reached. */
export const hasMeasured = (run: Moments): boolean => {
  const { nowMs, endedAtMs, stopRequestedAtMs, phaseStartedAtMs, phase, measurementStartsAtMs } = run
  const ends = [nowMs, endedAtMs, stopRequestedAtMs, phase === 'PROCESSING' ? phaseStartedAtMs : null]
  return measurementStartsAtMs !== null && measurementStartsAtMs < Math.min(...ends.filter(end => end !== null))
}

/** Since the load of a run ended, by the database's clock. */
export const secondsSinceEnd = ({ nowMs, endedAtMs, stopRequestedAtMs, phaseStartedAtMs, phase }: RunRecord): number => {
  const endMs = endedAtMs ?? (phase === 'PROCESSING' ? phaseStartedAtMs : stopRequestedAtMs) ?? nowMs
  return Math.max(0, (nowMs - endMs) / 1_000)
}
