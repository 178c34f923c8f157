import { LatencyHistogram, type Plan, type Rollup, type Slo, type SloBound, type SloJudgement } from '@flakebench/contract'
import type { Finish } from './controllers/controller.ts'
import { addKinds, sum } from './kindSums.ts'
import { judgeSlos } from './slo.ts'

/** A bound that was broken for a moment was not broken for the whole of the grace: each of so many parts of it has to be over the bound. */
const PARTS = 3

/**
 * Whether the run is to end because a bound was broken over the last `graceSeconds`: by all that ended in them together, by enough to judge, and in each
 * third of them. Only the measurement counts, and it must have lasted so long. A search for the most connections has to break bounds to find them, and is
 * never ended so.
 * @param intervals settled, oldest first, without a gap
 */
export const decideSloAbort = (plan: Pick<Plan, 'slos' | 'sloAbort' | 'load'>, intervals: readonly Rollup[]): Finish | null => {
  if (!plan.sloAbort.enabled || plan.slos.length === 0 || plan.load.mode === 'FIND_MAX_CONCURRENCY') return null
  const grace = graceOf(plan.sloAbort.graceSeconds, intervals)
  if (grace === null) return null
  const broken = brokenAllAlong(plan.slos, grace)
  if (broken.size === 0) return null
  const judgements = judgeSlos(plan.slos, addKinds(grace.map(one => one.byKind)))
  const worst = judgements.find(one => one.verdict === 'FAIL' && broken.has(keyOf(one)))
  return worst === undefined
    ? null
    : { reason: 'SLO_ABORT', words: wordsFor(worst, ((grace.at(-1)?.endMs ?? 0) - (grace[0]?.startMs ?? 0)) / 1_000) }
}

/** The intervals of the grace; null: the measurement has not lasted so long. */
const graceOf = (graceSeconds: number, intervals: readonly Rollup[]): readonly Rollup[] | null => {
  const fromMs = (intervals.at(-1)?.endMs ?? 0) - graceSeconds * 1_000
  const first = intervals.findLastIndex(one => one.startMs <= fromMs)
  const grace = first < 0 ? [] : intervals.slice(first)
  return grace.length === 0 || grace.some(one => one.phase !== 'MEASUREMENT') ? null : grace
}

/** Keys of the bounds that each part of the grace is over. */
const brokenAllAlong = (slos: readonly Slo[], grace: readonly Rollup[]): ReadonlySet<string> => {
  const bounds = JSON.stringify(slos)
  const counts = grace.map(one => counted(slos, bounds, one))
  const parts = Math.min(PARTS, grace.length)
  const broken = new Set(counts[0]?.keys())
  for (let i = 0; i < parts; i++) {
    const part = counts.slice(Math.floor((i * grace.length) / parts), Math.floor(((i + 1) * grace.length) / parts))
    for (const key of broken) if (!isOver(part.flatMap(one => one.get(key) ?? []))) broken.delete(key)
  }
  return broken
}

/** Of one kind in one interval, what speaks of one bound. */
interface Count {
  readonly samples: number
  /** Longer than the bound, or failed. */
  readonly over: number
  /** So large a part of them may be. */
  readonly allowedRate: number
}

const isOver = (counts: readonly Count[]): boolean =>
  sum(counts.map(one => one.over)) > sum(counts.map(one => one.samples * one.allowedRate))

const keyOf = ({ kind, bound }: { readonly kind: Slo['kind']; readonly bound: SloBound }): string => `${kind} ${bound}`

/** An interval is counted once, though it is looked at for as long as the grace lasts. A rollup never changes: what comes late makes another. */
const KNOWN = new WeakMap<Rollup, { readonly bounds: string; readonly counts: ReadonlyMap<string, Count> }>()

const counted = (slos: readonly Slo[], bounds: string, interval: Rollup): ReadonlyMap<string, Count> => {
  const known = KNOWN.get(interval)
  if (known?.bounds === bounds) return known.counts
  const counts = new Map(slos.flatMap(slo => countsOf(slo, interval)))
  KNOWN.set(interval, { bounds, counts })
  return counts
}

const countsOf = ({ kind, p95Ms, p99Ms, errorRatePercent }: Slo, { byKind }: Rollup): [string, Count][] => {
  const ofKind = byKind.filter(one => one.kind === kind)
  const [all] = addKinds([ofKind.map(one => ({ ...one, label: kind }))])
  const latency = all?.latency == null ? null : LatencyHistogram.decode(all.latency)
  const slower = (limitMs: number, allowedRate: number): Count => ({
    samples: latency?.count ?? 0,
    over: latency === null ? 0 : countOver(latency, limitMs),
    allowedRate,
  })
  const failed = (percent: number): Count => ({ samples: all?.operations ?? 0, over: all?.errors ?? 0, allowedRate: percent / 100 })
  const counts: [string, Count][] = [
    ...(p95Ms === null ? [] : [[keyOf({ kind, bound: 'P95' }), slower(p95Ms, 0.05)] as [string, Count]]),
    ...(p99Ms === null ? [] : [[keyOf({ kind, bound: 'P99' }), slower(p99Ms, 0.01)] as [string, Count]]),
    ...(errorRatePercent === null ? [] : [[keyOf({ kind, bound: 'ERROR_RATE' }), failed(errorRatePercent)] as [string, Count]]),
  ]
  latency?.free()
  return counts
}

/** Found by halving, because a histogram is asked by rank. */
const countOver = (latency: LatencyHistogram, limitMs: number): number => {
  let within = 0
  let over = latency.count + 1
  while (over - within > 1) {
    const rank = Math.floor((within + over) / 2)
    if ((latency.percentileMs((100 * rank) / latency.count) as number) <= limitMs) within = rank
    else over = rank
  }
  return latency.count - within
}

const NAMES: Readonly<Record<SloBound, string>> = { P95: 'p95', P99: 'p99', ERROR_RATE: 'error rate' }
const KINDS: Readonly<Record<SloJudgement['kind'], string>> = {
  POINT_LOOKUP: 'point lookups',
  RANGE_SCAN: 'range scans',
  INSERT: 'inserts',
  UPDATE: 'updates',
  GENERIC_SQL: 'generic SQL',
}

const wordsFor = ({ kind, bound, limit, observed }: SloJudgement, seconds: number): string => {
  const unit = bound === 'ERROR_RATE' ? '%' : 'ms'
  const figure = Number((observed ?? 0).toPrecision(4))
  return `SLO: ${NAMES[bound]} of ${KINDS[kind]} was ${figure} ${unit} over the last ${Number(seconds.toFixed(1))} s, its bound is ${limit} ${unit}`
}
