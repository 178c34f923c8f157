import type { EnrichmentSource } from '@flakebench/contract'
import {
  type EnrichmentClaim,
  type EnrichmentFinding,
  putFinding,
  readConnection,
  readRun,
  renewEnrichmentClaim,
  SnowflakeFailure,
} from '@flakebench/store'
import { nextRetry } from '../decide/enrichment/nextLook.ts'
import { explainSnowflake, isSignInRefused } from '../warehouse/explainSnowflake.ts'
import { type EnrichmentDeps, type Look, type LookAt, secondsSinceEnd, skipped } from './look.ts'
import { lookAtAggregates } from './lookAtAggregates.ts'
import { lookAtHistory } from './lookAtHistory.ts'
import { lookAtStatements } from './lookAtStatements.ts'

const LOOKS: Readonly<Record<EnrichmentSource, LookAt>> = {
  QUERY_HISTORY: lookAtHistory,
  AGGREGATE_QUERY_HISTORY: lookAtAggregates,
  STATEMENT_STATISTICS: lookAtStatements,
}

/** What has been begun is given so long to end by itself once the time is up. */
const GRACE_MS = 3_000
/** Well below ENRICHMENT_CLAIM_SECONDS: what takes long is still ours. */
const RENEW_MS = 25_000

/**
 * Looks at a claimed source and keeps what it comes to. Whatever goes wrong with the system under test is a finding, too: tried again ever later, a few
 * times. Ends soon after `signal`. @throws only when the control database fails
 */
export const lookAtSource = async (
  deps: EnrichmentDeps,
  claim: EnrichmentClaim,
  { signal, progress, isPatient }: Pick<Look, 'signal' | 'progress' | 'isPatient'>,
): Promise<void> => {
  const { runId, source } = claim
  // What cannot be renewed now is next time; and what is another's by now changes nothing.
  const renewal = setInterval(() => void renewEnrichmentClaim(deps.db, claim).catch(() => undefined), RENEW_MS)
  const finding = await orTimeUp(find(deps, claim, { signal, progress, isPatient }), claim, signal).finally(() => clearInterval(renewal))
  if (await putFinding(deps.db, claim, finding)) {
    if (finding.status === 'FAILED')
      deps.log.warn('what the system under test recorded is missing', { run: runId, source, because: finding.note })
    return
  }
  deps.log.warn('a look at the system under test was overtaken', { run: runId, source })
}

const find = async (
  deps: EnrichmentDeps,
  claim: EnrichmentClaim,
  look: Pick<Look, 'signal' | 'progress' | 'isPatient'>,
): Promise<EnrichmentFinding> => {
  const run = await readRun(deps.db, claim.runId)
  const connectionId = run?.plan.target.connectionId ?? null
  const connection = connectionId === null ? null : await readConnection(deps.db, connectionId)
  if (run === null || connection === null) return skipped('The saved connection of the run is gone.')
  if ((connection.type === 'POSTGRES') !== (claim.source === 'STATEMENT_STATISTICS'))
    return skipped(`The saved connection "${connection.name}" leads to another kind of database by now.`)
  try {
    return await LOOKS[claim.source]({ deps, claim, run, connection, ...look })
  } catch (error) {
    return troubleOf(error, claim, secondsSinceEnd(run))
  }
}

const NOTHING = { matched: null, expected: null, content: null }

const troubleOf = (error: unknown, { source, failures }: EnrichmentClaim, sinceEndSeconds: number): EnrichmentFinding => {
  const because = error instanceof SnowflakeFailure ? explainSnowflake(error) : String((error as Error | null)?.message || error)
  // Asked again and again with a wrong password, the user would be locked out.
  const dueInSeconds = isSignInRefused(error) ? null : nextRetry(source, failures + 1, sinceEndSeconds)
  return dueInSeconds === null
    ? { ...NOTHING, status: 'FAILED', note: `The system under test could not be asked: ${because}`, dueInSeconds }
    : {
        ...NOTHING,
        status: 'PENDING',
        note: `The system under test could not be asked, and will be again: ${because}`,
        dueInSeconds,
        isTrouble: true,
      }
}

const LONGEST_RETRY_SECONDS = 1_800

const slowFinding = ({ source, failures }: EnrichmentClaim, isTrouble: boolean): EnrichmentFinding => ({
  ...NOTHING,
  status: 'PENDING',
  note: 'The system under test is slow to answer; it is asked again.',
  dueInSeconds: isTrouble ? (nextRetry(source, failures + 1, 0) ?? LONGEST_RETRY_SECONDS) : 60,
  isTrouble,
})

/** Time that is up is trouble; a server that is stopped is none. */
const orTimeUp = async (work: Promise<EnrichmentFinding>, claim: EnrichmentClaim, signal: AbortSignal): Promise<EnrichmentFinding> => {
  let timer: NodeJS.Timeout | undefined
  let begin: (() => void) | undefined
  const timeUp = new Promise<EnrichmentFinding>(resolve => {
    const late = (): void => resolve(slowFinding(claim, (signal.reason as Error | undefined)?.name === 'TimeoutError'))
    begin = () => {
      timer = setTimeout(late, GRACE_MS)
    }
    if (signal.aborted) begin()
    else signal.addEventListener('abort', begin, { once: true })
  })
  try {
    return await Promise.race([work, timeUp])
  } finally {
    clearTimeout(timer)
    if (begin !== undefined) signal.removeEventListener('abort', begin)
  }
}
