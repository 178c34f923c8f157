import { setTimeout as delay } from 'node:timers/promises'
import type { EnrichmentContent } from '@flakebench/contract'
import {
  clearHistoryRows,
  type EnrichmentFinding,
  HISTORY_LIMIT,
  type HistoryRow,
  listClusterCounts,
  listMatchSlots,
  listOverhead,
  type MatchSlot,
  mergeHistoryRows,
  readExecutionSpan,
  readQueryHistory,
  renewEnrichmentClaim,
  SLOT_MS,
  type SnowflakeSession,
  type Stretch,
  stageHistoryRows,
} from '@flakebench/store'
import { HISTORY_DAYS } from '../decide/enrichment/askAgain.ts'
import { clusterFigures } from '../decide/enrichment/clusterFigures.ts'
import { clipWindows, decideWindows, halveWindow, type Window } from '../decide/enrichment/historyWindows.ts'
import { judgeLooks, pauseBeforeLook } from '../decide/enrichment/nextLook.ts'
import { type Look, type LookAt, secondsSinceEnd, skipped } from './look.ts'
import { portionsOf } from './portionsOf.ts'
import { readStartThere, withRunSession } from './snowflakeSession.ts'

/** Of the rows that are given at once: others use the account, too. */
const FILLED = 0.7
const MARGIN_MS = 15_000
/** One UPDATE gives so many executions their times at most: on PostgreSQL each takes its time, Snowflake writes the table anew for any number. */
const ROWS_A_MERGE = { postgres: 20_000, snowflake: 100_000 } as const
/** Staged between two looks at whose the claim is. */
const ROWS_A_CLAIM = 5_000
/** A look takes a while, and clocks differ. */
const EDGE_MS = 600_000
const LATER_SECONDS = 120
const GIVE_UP_AFTER_SECONDS = 6 * 3_600

/** Looks at QUERY_HISTORY until 90 % of the run's executions have their match or nothing more comes. */
export const lookAtHistory: LookAt = async look => {
  const { deps, run } = look
  const span = await readExecutionSpan(deps.db, run.id)
  if (span === null) return skipped('No single executions of the run are kept, so there is nothing to match.')
  if (secondsSinceEnd(run) > HISTORY_DAYS * 86_400)
    return skipped(`Snowflake's QUERY_HISTORY goes back ${HISTORY_DAYS} days, and the run is older.`)
  const judged = await withRunSession(look, session => lookAgain(look, session, span))
  return await findingOf(look, span, judged)
}

interface Judged {
  readonly matched: number
  readonly expected: number
  readonly verdict: ReturnType<typeof judgeLooks>
}

const lookAgain = async (look: Look, session: SnowflakeSession, span: Stretch): Promise<Judged> => {
  const startMs = await readStartThere(look, session)
  const rules = { slotMs: SLOT_MS, most: (look.deps.historyLimit ?? HISTORY_LIMIT) * FILLED, marginMs: MARGIN_MS }
  let slots = await listSlots(look, span)
  const looks = [matchedOf(slots)]
  const expected = slots.reduce((sum, { executions }) => sum + executions, 0)
  for (let n = 0; ; n++) {
    const verdict = judgeLooks(looks, expected)
    // Asked at least once, so that who asks again gets what has come since.
    if (n > 0 && (verdict !== 'AGAIN' || look.signal.aborted)) return { matched: looks.at(-1) as number, expected, verdict }
    await delay(pauseBeforeLook(n) * 1_000, undefined, { signal: look.signal }).catch(() => undefined)
    await fetchAll(look, session, startMs, clipWindows(decideWindows(slots, rules), earliestOf(look)))
    slots = await listSlots(look, span)
    looks.push(matchedOf(slots))
    look.progress(looks.at(-1) as number, expected)
  }
}

/** What QUERY_HISTORY still has, from the agreed start. */
const earliestOf = ({ run }: Look): number => run.nowMs - (run.startAtMs ?? run.nowMs) - HISTORY_DAYS * 86_400_000 + EDGE_MS

const matchedOf = (slots: readonly MatchSlot[]): number => slots.reduce((sum, { matched }) => sum + matched, 0)

const listSlots = async ({ deps, run }: Look, span: Stretch): Promise<MatchSlot[]> => {
  const all: MatchSlot[] = []
  for (const portion of portionsOf(span, SLOT_MS)) all.push(...(await listMatchSlots(deps.db, run.id, portion)))
  return all
}

/** Stages what the windows hold, and merges it in portions. Windows are from the agreed start. */
const fetchAll = async (look: Look, session: SnowflakeSession, startMs: number, windows: readonly Window[]): Promise<void> => {
  const { deps, run, signal } = look
  const tag = `flakebench:run_id=${run.id}:`
  const left = [...windows].reverse()
  let staged: HistoryRow[] = []
  // A server that was stopped in the middle may have left some.
  await clearHistoryRows(deps.db, look.claim)
  const merge = async (): Promise<void> => {
    const rows = [...new Map(staged.map(row => [row.queryId, row])).values()]
    staged = []
    if (rows.length === 0) return
    for (let from = 0; from < rows.length; from += ROWS_A_CLAIM) {
      await keepClaim(look)
      await stageHistoryRows(deps.db, look.claim, rows.slice(from, from + ROWS_A_CLAIM))
    }
    await keepClaim(look)
    await mergeHistoryRows(deps.db, look.claim)
    await clearHistoryRows(deps.db, look.claim)
  }
  for (let window = left.pop(); window !== undefined && !signal.aborted; window = left.pop()) {
    await keepClaim(look)
    const there = { fromMs: startMs + window.fromMs, toMs: startMs + window.toMs }
    const page = await readQueryHistory(session, tag, there, deps.historyLimit)
    const halves = page.isCut ? halveWindow(window) : []
    if (halves.length > 0) {
      left.push(...halves.reverse())
      continue
    }
    staged.push(...page.rows)
    if (staged.length >= ROWS_A_MERGE[deps.db.engine]) await merge()
  }
  await merge()
}

const keepClaim = async ({ deps, claim }: Look): Promise<void> => {
  if (!(await renewEnrichmentClaim(deps.db, claim))) throw new Error('another server has taken this over')
}

const findingOf = async (look: Look, span: Stretch, { matched, expected, verdict }: Judged): Promise<EnrichmentFinding> => {
  const content = matched === 0 ? null : await contentOf(look, span)
  const known = { matched, expected, content }
  if (expected === 0) return skipped('None of the executions reached Snowflake.')
  if (verdict === 'ENOUGH') return { ...known, status: 'COMPLETED', note: null, dueInSeconds: null }
  const percent = Math.floor((1_000 * matched) / expected) / 10
  const isOver = (verdict === 'STALLED' && look.isPatient) || secondsSinceEnd(look.run) > GIVE_UP_AFTER_SECONDS
  if (!isOver) {
    const note = `Snowflake shows ${percent} % of the executions so far; it is asked again.`
    return { ...known, status: 'PENDING', note, dueInSeconds: look.signal.aborted ? 5 : LATER_SECONDS }
  }
  const note =
    matched === 0
      ? "Snowflake's QUERY_HISTORY has none of the run's statements: check that the connection's role may MONITOR the warehouse, and that the table holds no hybrid table's rows."
      : `Snowflake's QUERY_HISTORY has no more than ${percent} % of the executions; what is derived from it is of these.`
  return { ...known, status: matched === 0 ? 'FAILED' : 'COMPLETED', note, dueInSeconds: null }
}

const contentOf = async ({ deps, run }: Look, span: Stretch): Promise<EnrichmentContent> => {
  const counts = []
  const overhead = []
  // Portions end with whole seconds, so that no second is in two of them.
  for (const portion of portionsOf(span, 1_000)) {
    counts.push(...(await listClusterCounts(deps.db, run.id, portion)))
    overhead.push(...(await listOverhead(deps.db, run.id, portion)))
  }
  return { fromMs: span.fromMs, toMs: span.toMs, statements: [], clusters: clusterFigures(counts), overhead }
}
