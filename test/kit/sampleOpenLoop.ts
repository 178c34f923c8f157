import { type ArrivalCounts, LATE_MS, MISSED_AFTER_MS, type Plan, type WorkerSnapshot } from '@flakebench/contract'
import { samplePlan } from './samplePlan.ts'
import { encodeLatencies, sampleKind, sampleSnapshot } from './sampleSnapshot.ts'
import type { Seeded } from './seeded.ts'

/** A plan of an open loop with so many arrivals a second, evenly. */
export const openLoopPlan = (targetQps: number, warmupSeconds: number, durationSeconds: number): Plan =>
  samplePlan({ load: { mode: 'QPS', targetQps, arrival: 'CONSTANT', warmupSeconds, durationSeconds } })

/** What became of one arrival; moments from the agreed start. */
export interface Fate {
  readonly intendedMs: number
  /** When it was sent or given up. */
  readonly atMs: number
  readonly isMissed: boolean
  readonly serviceMs: number
}

/** How a worker with so many connections serves its arrivals, in order, until the load ends. */
export const fatesOf = (intended: readonly number[], connections: number, serviceMs: () => number, endMs: number): Fate[] => {
  const freeAtMs = Array.from({ length: connections }, () => 0)
  return intended.map(intendedMs => {
    const soonest = freeAtMs.indexOf(Math.min(...freeAtMs))
    const atMs = Math.max(intendedMs, freeAtMs[soonest] as number)
    const givenUpMs = Math.min(intendedMs + MISSED_AFTER_MS, endMs)
    if (atMs >= givenUpMs) return { intendedMs, atMs: givenUpMs, isMissed: true, serviceMs: 0 }
    const took = serviceMs()
    freeAtMs[soonest] = atMs + took
    return { intendedMs, atMs, isMissed: false, serviceMs: took }
  })
}

/** The snapshots in which a worker tells of these, second by second, and of the rest when it is done. */
export const toldBy = (workerGroupId: number, plan: Plan, fates: readonly Fate[]): WorkerSnapshot[] => {
  const warmupMs = plan.load.warmupSeconds * 1_000
  const endMs = warmupMs + plan.load.durationSeconds * 1_000
  const seconds = Array.from({ length: endMs / 1_000 + 1 }, (_, i) => i)
  return seconds.map(intervalIndex => {
    const [startMs, untilMs] = [intervalIndex * 1_000, (intervalIndex + 1) * 1_000]
    const isIn = (atMs: number): boolean => atMs >= startMs && atMs < untilMs
    // Whatever was intended in the phase before is in no figure of this one, but for what is sent and what waits.
    const isOfPhase = ({ intendedMs }: Fate): boolean => intendedMs < warmupMs === startMs < warmupMs
    const sent = fates.filter(one => !one.isMissed && isIn(one.atMs))
    const isGivenUp = ({ isMissed, atMs }: Fate): boolean => isMissed && (isIn(atMs) || (atMs === endMs && untilMs === endMs))
    const arrivals: ArrivalCounts = {
      planned: fates.filter(one => isIn(one.intendedMs)).length,
      late: sent.filter(one => isOfPhase(one) && one.atMs - one.intendedMs > LATE_MS).length,
      missed: startMs >= endMs ? 0 : fates.filter(one => isOfPhase(one) && isGivenUp(one)).length,
      waiting: untilMs >= endMs ? 0 : fates.filter(one => one.intendedMs < untilMs && one.atMs >= untilMs).length,
      clockError: encodeLatencies(sent.filter(one => one.atMs === one.intendedMs).map(() => 0.25)),
    }
    const phase = startMs < warmupMs ? 'WARMUP' : startMs < endMs ? 'MEASUREMENT' : 'PROCESSING'
    const ended = fates.filter(one => !one.isMissed && isIn(one.atMs + one.serviceMs) && isOfPhase(one))
    const kind = sampleKind(ended.map(one => one.atMs - one.intendedMs + one.serviceMs))
    const byKind = phase === 'PROCESSING' ? [] : [{ ...kind, service: encodeLatencies(ended.map(one => one.serviceMs)) }]
    return sampleSnapshot({ workerGroupId, intervalIndex, phase, byKind, started: sent.length, arrivals })
  })
}

/** A run of an open loop at which the workers may be short of connections: what became of each arrival, and what the workers told, by worker. */
export const someOpenLoop = (
  random: Seeded,
  plan: Plan,
  workers: number,
): { readonly fates: Fate[][]; readonly told: WorkerSnapshot[][] } => {
  const endMs = (plan.load.warmupSeconds + plan.load.durationSeconds) * 1_000
  const rate = plan.load.targetQps ?? 1
  const intended = Array.from({ length: Math.ceil((endMs * rate) / 1_000) }, (_, n) => (n * 1_000) / rate)
  const meanMs = ((workers * 1_000) / rate) * (0.3 + 2 * random.fraction())
  const fates = Array.from({ length: workers }, (_, groupId) =>
    fatesOf(
      intended.filter((_, n) => n % workers === groupId),
      random.whole(1, 3),
      () => meanMs * (0.5 + random.fraction()),
      endMs,
    ),
  )
  return { fates, told: fates.map((own, groupId) => toldBy(groupId, plan, own)) }
}
