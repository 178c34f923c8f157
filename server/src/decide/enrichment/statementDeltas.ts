import type { StatementCounters, StatementFigures, StatementReading } from '@flakebench/contract'
import { countOf, type LabelledCount, type LabelledShape, nameOf } from './labelledShapes.ts'

/** What a server has counted between two readings, of a run's statements; `why`: it cannot be told. */
export type StatementDeltas =
  | { readonly why: string }
  | {
      readonly statements: readonly StatementFigures[]
      /** Calls that belong to executions, of those that can have left a trace; null: no executions are kept. */
      readonly matched: number | null
      readonly expected: number | null
      readonly note: string | null
    }

const RESET =
  'pg_stat_statements was reset during the run: its counters went back, so nothing can be told from them. Run again without a reset.'
const EVICTED =
  'pg_stat_statements was full and threw statements of the run out: raise pg_stat_statements.max on the server, and run again.'
/** Before PostgreSQL 14 a server does not say which of the two it was. */
const FORGOTTEN =
  'pg_stat_statements forgot what it had counted of the run: it was reset, or was full (raise pg_stat_statements.max on the server then). Run again.'
const NONE =
  'pg_stat_statements has counted none of the statements of the run: check that pg_stat_statements.track is not "none" on the server, and that no pooler signs in as another user.'

const UNCOUNTED =
  'No single executions of the run are kept to hold these calls against: what others have sent of the same, as the same user, is in these figures.'

/** Fewer than so many percent of a statement's executions counted: what the others took is not known, so nothing is told of it. */
const LEAST_PERCENT = 90
/** More calls than executions by this: somebody else sends the same. */
const MOST_PERCENT = 102

/**
 * Each statement is judged by itself: what the server forgot or did not see of one says nothing of the others.
 * @param before at the start of the stretch
 * @param after at its end
 * @param shapes named as the readings name them
 * @param counts of the executions that ended in between; null: none are kept
 */
export const statementDeltas = (
  before: StatementReading,
  after: StatementReading,
  shapes: readonly LabelledShape[],
  counts: readonly LabelledCount[] | null,
): StatementDeltas => {
  if (before.resetAt !== after.resetAt) return { why: RESET }
  const hasEvicted = after.evictions !== before.evictions
  const judged = shapes.map(shape => judge(shape, before, after, counts))
  const sumOf = (of: (one: Judged) => number): number => judged.reduce((sum, one) => sum + of(one), 0)
  const calls = sumOf(one => one.figures.calls)
  const expected = sumOf(one => one.expected ?? 0)
  const matched = sumOf(one => Math.min(one.figures.calls, one.expected ?? 0))
  const sent = judged.filter(one => one.expected !== 0)
  if (sent.length > 0 && sent.every(isUntold)) {
    if (hasEvicted) return { why: EVICTED }
    if (sent.some(({ untold }) => untold === 'BEGUN_AGAIN')) return { why: after.evictions === null ? FORGOTTEN : RESET }
    if (sent.every(({ figures }) => figures.calls === 0)) return { why: NONE }
  }
  const notes = [
    ...(matched * 100 < expected * LEAST_PERCENT ? [partNote(matched, expected)] : []),
    ...untoldNotes(sent, hasEvicted),
    ...(counts === null ? [UNCOUNTED] : []),
    ...(counts !== null && counts.length > 0 && calls * 100 > expected * MOST_PERCENT ? [sharedNote(calls, expected)] : []),
  ]
  const coverage = counts === null ? { matched: null, expected: null } : { matched, expected }
  return { statements: judged.map(({ figures }) => figures), ...coverage, note: notes.length === 0 ? null : notes.join(' ') }
}

/** BEGUN_AGAIN: the server forgot it in between, so its counters are no continuation. SHORT: too few of its calls were counted. */
type Untold = 'BEGUN_AGAIN' | 'SHORT' | null

interface Judged {
  readonly figures: StatementFigures
  /** Executions that can have left a trace; null: it is not known how many. */
  readonly expected: number | null
  readonly untold: Untold
}

/** Of one that was sent, or may have been. */
const isUntold = ({ figures, expected, untold }: Judged): boolean => untold !== null || (expected === null && figures.calls === 0)

const judge = (
  shape: LabelledShape,
  before: StatementReading,
  after: StatementReading,
  counts: readonly LabelledCount[] | null,
): Judged => {
  const old = before.statements.filter(one => one.shape === shape.shape)
  const now = after.statements.filter(one => one.shape === shape.shape)
  const pairs = now.map((one): Pair => [old.find(({ queryId }) => queryId === one.queryId) ?? null, one])
  const isGone = old.some(({ queryId }) => now.every(one => one.queryId !== queryId))
  const known = counts === null ? null : countOf(shape, counts)
  const expected = known === null ? null : known.executions - known.failed
  const sent = { label: nameOf(shape), executions: known?.executions ?? null, errors: known?.failed ?? null }
  if (isGone || pairs.some(hasBegunAgain)) return { figures: { ...sent, calls: 0, ...NOTHING }, expected, untold: 'BEGUN_AGAIN' }
  const calls = grown(pairs, one => one.calls) ?? 0
  if (calls * 100 < (expected ?? 0) * LEAST_PERCENT) return { figures: { ...sent, calls, ...NOTHING }, expected, untold: 'SHORT' }
  return { figures: { ...sent, calls, ...figuresOf(pairs, calls) }, expected, untold: null }
}

const partNote = (matched: number, expected: number): string =>
  `pg_stat_statements counted ${Math.floor((1_000 * matched) / expected) / 10} % of the executions only.`

const untoldNotes = (sent: readonly Judged[], hasEvicted: boolean): string[] => {
  const labelsOf = (untold: Untold): string => sent.flatMap(one => (one.untold === untold ? [one.figures.label] : [])).join(', ')
  const begunAgain = labelsOf('BEGUN_AGAIN')
  const short = labelsOf('SHORT')
  const advice = hasEvicted ? ' It was full: raise pg_stat_statements.max on the server.' : ''
  return [
    ...(begunAgain === ''
      ? []
      : [`Nothing is told of ${begunAgain}: the server forgot what it had counted of it during the run.${advice}`]),
    ...(short === '' ? [] : [`Nothing is told of ${short}: fewer than ${LEAST_PERCENT} % of its executions were counted.${advice}`]),
  ]
}

const sharedNote = (calls: number, expected: number): string =>
  `The server counted ${calls} calls of these statements where the run made ${expected}: others have sent the same as the same user, and are in these figures, or not all executions are kept.`

type Pair = readonly [before: StatementCounters | null, after: StatementCounters]
type Counter = (one: StatementCounters) => number | null

const COUNTERS: readonly Counter[] = [
  one => one.calls,
  one => one.rows,
  one => one.executionMs,
  one => one.blocksHit,
  one => one.blocksRead,
  one => one.ioReadMs,
  one => one.ioWriteMs,
  one => one.walBytes,
]

/** Counters only grow while the server knows a statement. Thrown out and met again, it may have passed some of them by the time it is read, but seldom all. */
const hasBegunAgain = ([before, after]: Pair): boolean =>
  before !== null && (before.since !== after.since || COUNTERS.some(of => (of(after) ?? 0) < (of(before) ?? 0) && of(after) !== null))

/** Null where it has no such counter. */
const grown = (pairs: readonly Pair[], of: Counter): number | null => {
  let sum: number | null = null
  for (const [before, after] of pairs) {
    const now = of(after)
    if (now !== null) sum = (sum ?? 0) + now - (before === null ? 0 : (of(before) ?? 0))
  }
  return sum
}

type Figures = Omit<StatementFigures, 'label' | 'calls' | 'executions' | 'errors'>

const NOTHING: Figures = {
  rows: null,
  totalMs: null,
  meanMs: null,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  maxMs: null,
  cacheHitPercent: null,
  blocksRead: null,
  ioReadMs: null,
  ioWriteMs: null,
  walBytes: null,
}

const figuresOf = (pairs: readonly Pair[], calls: number): Figures => {
  const totalMs = grown(pairs, one => one.executionMs) ?? 0
  const hit = grown(pairs, one => one.blocksHit) ?? 0
  const read = grown(pairs, one => one.blocksRead) ?? 0
  // The server keeps one highest since it knows the statement: it is of this stretch only if it began in it.
  const isNew = pairs.length > 0 && pairs.every(([before]) => before === null)
  return {
    ...NOTHING,
    rows: grown(pairs, one => one.rows),
    totalMs,
    meanMs: calls === 0 ? null : totalMs / calls,
    maxMs: isNew ? Math.max(...pairs.map(([, after]) => after.maxMs ?? 0)) : null,
    cacheHitPercent: hit + read === 0 ? null : (100 * hit) / (hit + read),
    blocksRead: read,
    ioReadMs: grown(pairs, one => one.ioReadMs),
    ioWriteMs: grown(pairs, one => one.ioWriteMs),
    walBytes: grown(pairs, one => one.walBytes),
  }
}
