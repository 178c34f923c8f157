import {
  accountUsageAdvice,
  type EnrichmentFinding,
  isForbidden,
  listLabelCounts,
  listRunStatements,
  readAggregateHistory,
  readExecutionSpan,
  renewEnrichmentClaim,
} from '@flakebench/store'
import { aggregateFigures } from '../decide/enrichment/aggregateFigures.ts'
import { labelledShapes } from '../decide/enrichment/labelledShapes.ts'
import { nextAggregateLook, WANTED_RATE } from '../decide/enrichment/nextLook.ts'
import { addLabelCounts } from './addLabelCounts.ts'
import { type Look, type LookAt, secondsSinceEnd, skipped } from './look.ts'
import { portionsOf } from './portionsOf.ts'
import { readStartThere, withRunSession } from './snowflakeSession.ts'

/** Its rows are minutes: the first and the last one reach beyond the run. */
const MARGIN_MS = 60_000

/** Looks at AGGREGATE_QUERY_HISTORY for the run's statements: those that were sent in the measurement, by their tag. */
export const lookAtAggregates: LookAt = async look => {
  const { deps, run, connection } = look
  const span = await readExecutionSpan(deps.db, run.id)
  if (span === null) return skipped('No single executions of the run are kept, so there is nothing to compare with.')
  const fromMs = run.measurementStartsAtMs === null ? span.fromMs : run.measurementStartsAtMs - (run.startAtMs ?? run.measurementStartsAtMs)
  const rows = await withRunSession(look, async session => {
    const startMs = await readStartThere(look, session)
    await renewEnrichmentClaim(deps.db, look.claim)
    const tag = `flakebench:run_id=${run.id}:`
    return await readAggregateHistory(session, tag, startMs + fromMs - MARGIN_MS, startMs + span.toMs + MARGIN_MS).catch(error => {
      if (isForbidden(error)) return null
      throw error
    })
  })
  if (rows === null) {
    const role = connection.type === 'SNOWFLAKE' ? connection.settings.role : null
    return skipped(
      `The connection's role may not read SNOWFLAKE.ACCOUNT_USAGE: have an account administrator run ${accountUsageAdvice(role)}, then ask again.`,
    )
  }
  const counts = []
  for (const portion of portionsOf({ fromMs, toMs: span.toMs }, 1)) counts.push(await listLabelCounts(deps.db, run.id, portion))
  const measured = rows.filter(({ tag }) => tag.endsWith(':phase=MEASUREMENT'))
  const { statements, matched, expected } = aggregateFigures(
    measured,
    labelledShapes(await listRunStatements(deps.db, run.id)),
    addLabelCounts(counts.flat()),
  )
  const content = matched === 0 ? null : { fromMs, toMs: span.toMs, statements, clusters: [], overhead: [] }
  look.progress(matched, expected)
  return judge(look, { matched, expected, content })
}

const judge = (look: Look, known: Pick<EnrichmentFinding, 'matched' | 'expected' | 'content'>): EnrichmentFinding => {
  const { matched, expected } = { matched: known.matched ?? 0, expected: known.expected ?? 0 }
  if (expected === 0) return skipped('Nothing was sent in the measurement.')
  if (matched >= expected * WANTED_RATE) return { ...known, status: 'COMPLETED', note: null, dueInSeconds: null }
  const percent = Math.floor((1_000 * matched) / expected) / 10
  const dueInSeconds = nextAggregateLook(secondsSinceEnd(look.run))
  if (dueInSeconds !== null) {
    const note = `AGGREGATE_QUERY_HISTORY shows ${percent} % of the executions so far; Snowflake is up to three hours late with it, and it is asked again.`
    return { ...known, status: 'PENDING', note, dueInSeconds }
  }
  const note =
    matched === 0
      ? "AGGREGATE_QUERY_HISTORY has none of the run's statements, three and a half hours after it: ask again later."
      : `AGGREGATE_QUERY_HISTORY has no more than ${percent} % of the executions; what is derived from it is of these.`
  return { ...known, status: matched === 0 ? 'FAILED' : 'COMPLETED', note, dueInSeconds: null }
}
