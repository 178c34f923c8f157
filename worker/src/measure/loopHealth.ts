import { type ClientHealth, judgeClient } from '@flakebench/contract'

/** A stretch of the worker's time: how busy its event loop was, how much of its CPU it used, and by how much each firing of a regular timer came late. */
export interface LoopStretch {
  readonly spanMs: number
  readonly busyMs: number
  /** As long as it would have had to use all of the CPU that it may use, for what it used; all of the stretch when it was throttled. */
  readonly cpuMs: number
  readonly latenessMs: readonly number[]
}

export type LoopFigures = Pick<ClientHealth, 'eventLoopDelayP99Ms' | 'eventLoopDelayMaxMs' | 'limited'>

/** What is known of the event loop in the current interval. */
export interface LoopHealth {
  /** Too short to be judged so far: what comes next is added to it. */
  readonly pending: LoopStretch
  /** Null: nothing has been judged in this interval yet. */
  readonly worst: LoopFigures | null
  /** Of the stretch that was judged last. */
  readonly last: LoopFigures
}

/** In less time than this a few milliseconds make a percentile: it says nothing about a worker. */
const SHORTEST_MS = 250
const LATE_SHARE = 0.01

const NO_STRETCH: LoopStretch = { spanMs: 0, busyMs: 0, cpuMs: 0, latenessMs: [] }

export const FRESH_LOOP: LoopHealth = {
  pending: NO_STRETCH,
  worst: null,
  last: { eventLoopDelayP99Ms: 0, eventLoopDelayMaxMs: 0, limited: false },
}

/** Judges a stretch of a quarter of a second or more; a shorter one is joined with what follows. */
export const addStretch = (health: LoopHealth, stretch: LoopStretch): LoopHealth => {
  const whole = joined(health.pending, stretch)
  if (whole.spanMs < SHORTEST_MS) return { ...health, pending: whole }
  const last = figuresOf(whole)
  return { pending: NO_STRETCH, worst: health.worst === null ? last : worseOf(health.worst, last), last }
}

/** Ends an interval. One that was too short to be judged is as the stretch before it was. */
export const takeInterval = (health: LoopHealth): readonly [LoopFigures, LoopHealth] => [
  health.worst ?? health.last,
  { ...health, worst: null },
]

const joined = (one: LoopStretch, next: LoopStretch): LoopStretch => ({
  spanMs: one.spanMs + next.spanMs,
  busyMs: one.busyMs + next.busyMs,
  cpuMs: one.cpuMs + next.cpuMs,
  latenessMs: [...one.latenessMs, ...next.latenessMs],
})

const worseOf = (one: LoopFigures, other: LoopFigures): LoopFigures => ({
  eventLoopDelayP99Ms: Math.max(one.eventLoopDelayP99Ms, other.eventLoopDelayP99Ms),
  eventLoopDelayMaxMs: Math.max(one.eventLoopDelayMaxMs, other.eventLoopDelayMaxMs),
  limited: one.limited || other.limited,
})

const figuresOf = ({ spanMs, busyMs, cpuMs, latenessMs }: LoopStretch): LoopFigures => {
  const latest = [...latenessMs].sort((a, b) => b - a)
  const eventLoopDelayP99Ms = exceededFor(latest, spanMs * LATE_SHARE)
  return {
    eventLoopDelayP99Ms,
    eventLoopDelayMaxMs: latest[0] ?? 0,
    limited: judgeClient({
      eventLoopUtilizationPercent: (busyMs / spanMs) * 100,
      eventLoopDelayP99Ms,
      cpuUsedPercent: (cpuMs / spanMs) * 100,
    }),
  }
}

/**
 * The delay that was exceeded for `forMs` in all. What comes while the loop is late by `l` waits longer than `x` in `l − x` milliseconds of it, so `x`
 * solves `Σ max(l − x, 0) = forMs`. Counted by time and not by firings, because a loop that stalls fires less often: a stall would hide itself.
 */
const exceededFor = (latest: readonly number[], forMs: number): number => {
  let sumMs = 0
  let exceededMs = 0
  for (const [i, lateMs] of latest.entries()) {
    if (lateMs <= exceededMs) break
    sumMs += lateMs
    exceededMs = Math.max((sumMs - forMs) / (i + 1), 0)
  }
  return exceededMs
}
