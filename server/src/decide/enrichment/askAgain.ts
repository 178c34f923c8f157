import type { Enrichment, EnrichmentSource, ExecutionsState, Plan } from '@flakebench/contract'
import { type SourceToAsk, sourcesOf } from './sourcesOf.ts'

/** What is known of a run that is over. */
export interface AskedAgain {
  readonly plan: Pick<Plan, 'target' | 'advanced'>
  /** It ran elsewhere. */
  readonly isImported: boolean
  /** Null: nothing is known of its executions. */
  readonly executions: ExecutionsState | null
  readonly secondsSinceEnd: number
  readonly known: readonly Pick<Enrichment, 'source' | 'status' | 'note'>[]
}

/** The sources to ask, those that were never put down first; `why`: none can be asked, in words that say what to do. */
export type AskAgain = { readonly why: string } | { readonly missing: readonly SourceToAsk[]; readonly again: readonly EnrichmentSource[] }

/** QUERY_HISTORY goes back so far. */
export const HISTORY_DAYS = 7

const IMPORTED =
  'The run was imported: what its system under test recorded came with it, and can be asked for only by the installation where it ran'
const REMOVED =
  "The run's single executions are no longer kept, so nothing can be matched with them; what was recorded before stays as it is. FLAKEBENCH_KEEP_EXECUTIONS_DAYS says for how long they are"
const OLD = `Snowflake's QUERY_HISTORY goes back ${HISTORY_DAYS} days, and the run is older: what was recorded before stays as it is`

/** Which sources of a run that is over may be asked again: never one that could only lose what it has told. */
export const decideAskAgain = ({ plan, isImported, executions, secondsSinceEnd, known }: AskedAgain): AskAgain => {
  if (isImported) return { why: IMPORTED }
  if (executions === 'REMOVED') return { why: REMOVED }
  const missing: SourceToAsk[] = []
  const again: EnrichmentSource[] = []
  const whys: string[] = []
  for (const asked of sourcesOf(plan)) {
    const before = known.find(({ source }) => source === asked.source)
    const isLate = asked.source === 'QUERY_HISTORY' && secondsSinceEnd > HISTORY_DAYS * 86_400
    // Of readings that were never made nothing can be told later either.
    const isLost = asked.source === 'STATEMENT_STATISTICS' && before?.status === 'SKIPPED'
    if (asked.status !== 'PENDING') {
      if (before === undefined) missing.push(asked)
      whys.push(asked.note ?? '')
    } else if (isLate) whys.push(OLD)
    else if (isLost) whys.push(before?.note ?? '')
    else if (before === undefined) missing.push({ ...asked, dueInSeconds: 0 })
    else again.push(asked.source)
  }
  const isAny = again.length > 0 || missing.some(({ status }) => status === 'PENDING')
  return isAny ? { missing, again } : { why: whys.find(why => why !== '') ?? 'There is nothing to ask for' }
}
