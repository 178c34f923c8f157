import type { ArrivalShare, WorkerTargets } from '@flakebench/contract'
import { partsOf } from './allocate.ts'

/**
 * The arrival shares after the targets of the serving workers have become these; the same object when nobody's part changes. Before there are any: parts
 * from the very start. Later ones hold from `marginMs` after now, time in which every worker hears of them; what was decided a moment ago is replaced
 * where all can still hear of that in time, and else holds until then, so that every worker always reads the same owner from its list.
 * @param nowMs from the agreed start
 */
export const decideShares = (
  current: readonly ArrivalShare[] | null,
  targets: WorkerTargets,
  nowMs: number,
  marginMs: number,
): readonly ArrivalShare[] => {
  const parts = partsOf(targets)
  if (current === null || current.length === 0) return [{ fromMs: 0, parts }]
  if (areEqual((current.at(-1) as ArrivalShare).parts, parts)) return current
  const fromMs = Math.max(0, Math.ceil(nowMs + marginMs))
  const kept = withoutOld(
    current.filter(share => share.fromMs < fromMs),
    nowMs - REMEMBERED_MS,
  )
  const before = kept.at(-1)
  return before !== undefined && areEqual(before.parts, parts) ? kept : [...kept, { fromMs, parts }]
}

/** No worker reads arrivals that are older: what has waited so long has been given up long ago. */
const REMEMBERED_MS = 60_000

/**
 * The list, which every worker reads again and again, does not grow with the run's length: of shares that were over before the moment there remain those
 * in which a worker appears for the first time. They say since when it has arrivals of its own.
 */
const withoutOld = (shares: readonly ArrivalShare[], beforeMs: number): readonly ArrivalShare[] => {
  const known = new Set<string>()
  return shares.filter(({ parts }, i) => {
    const before = known.size
    for (const workerId of Object.keys(parts)) known.add(workerId)
    return known.size > before || (shares[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY) > beforeMs
  })
}

const areEqual = (a: ArrivalShare['parts'], b: ArrivalShare['parts']): boolean => {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name])
}
