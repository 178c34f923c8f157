import type { EnrichmentSource, EnrichmentStatus, Plan } from '@flakebench/contract'
import { AGGREGATE_DUE_MINUTES } from './nextLook.ts'

/** A source of a run as it begins. */
export interface SourceToAsk {
  readonly source: EnrichmentSource
  readonly status: EnrichmentStatus
  readonly note: string | null
  readonly dueInSeconds: number | null
}

/** Whoever processes the run looks first; if he is lost, somebody else after this. */
const DUE_SECONDS = 120

const waiting = (source: EnrichmentSource, dueInSeconds: number, note: string | null = null): SourceToAsk => ({
  source,
  status: 'PENDING',
  note,
  dueInSeconds,
})
const skipped = (source: EnrichmentSource, note: string): SourceToAsk => ({ source, status: 'SKIPPED', note, dueInSeconds: null })

const HYBRID_NOTE =
  'Snowflake leaves short statements on hybrid tables out of QUERY_HISTORY; what it has of them, minute by minute, is in AGGREGATE_QUERY_HISTORY.'
const AGGREGATE_NOTE =
  'Snowflake shows these figures up to three hours late: they are asked for until three and a half hours after the run.'
const NOT_KEPT = "The run keeps no single executions to match: set the template's advanced.keepExecutions."

/** What can be asked of the system under test of a plan. */
export const sourcesOf = ({ target, advanced }: Pick<Plan, 'target' | 'advanced'>): SourceToAsk[] => {
  // Of statements, not of executions: none need be kept.
  if (target.tableType === 'POSTGRES') return [waiting('STATEMENT_STATISTICS', DUE_SECONDS)]
  if (target.tableType === 'HYBRID') {
    const aggregates = advanced.keepExecutions
      ? waiting('AGGREGATE_QUERY_HISTORY', AGGREGATE_DUE_MINUTES[0] * 60, AGGREGATE_NOTE)
      : skipped('AGGREGATE_QUERY_HISTORY', NOT_KEPT)
    return [skipped('QUERY_HISTORY', HYBRID_NOTE), aggregates]
  }
  return [advanced.keepExecutions ? waiting('QUERY_HISTORY', DUE_SECONDS) : skipped('QUERY_HISTORY', NOT_KEPT)]
}
