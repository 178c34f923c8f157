import type { RunPhase } from './enums.ts'

/**
 * The agreed moments of a run. All workers begin to send at `startAtMs` (database clock, milliseconds since 1970); everything after is an offset from
 * it on each machine's own monotonic clock.
 */
export interface RunSchedule {
  readonly startAtMs: number
  readonly warmupMs: number
  /** Null: open-ended, the measurement lasts until STOP. */
  readonly measurementMs: number | null
  readonly intervalMs: number
}

/** One interval of the schedule: intervals begin anew with the measurement, so that none spans two phases. */
export interface Interval {
  readonly index: number
  readonly phase: LoadPhase
  readonly startMs: number
  readonly endMs: number
}

/** The phases in which load is sent. */
export type LoadPhase = Extract<RunPhase, 'WARMUP' | 'MEASUREMENT'>

/** Offset from the agreed start at which the measurement ends; infinite when it is open. */
export const measurementEndMs = (schedule: RunSchedule): number =>
  schedule.measurementMs === null ? Number.POSITIVE_INFINITY : schedule.warmupMs + schedule.measurementMs

/** The interval that contains the offset `atMs` (from the agreed start, ≥ 0); null once the measurement is over. */
export const intervalContaining = (schedule: RunSchedule, atMs: number): Interval | null => {
  const { warmupMs, intervalMs } = schedule
  const endOfAll = measurementEndMs(schedule)
  if (atMs >= endOfAll) return null
  const inWarmup = atMs < warmupMs
  const base = inWarmup ? 0 : warmupMs
  const limit = inWarmup ? warmupMs : endOfAll
  const within = Math.floor((Math.max(atMs, 0) - base) / intervalMs)
  const startMs = base + within * intervalMs
  return {
    index: within + (inWarmup ? 0 : Math.ceil(warmupMs / intervalMs)),
    phase: inWarmup ? 'WARMUP' : 'MEASUREMENT',
    startMs,
    endMs: Math.min(startMs + intervalMs, limit),
  }
}

/** Splits `total` over `n` workers: shares sum to `total`, differ by one at most, and the remainder goes to the lowest group ids. */
export const shareEvenly = (total: number, n: number): number[] =>
  Array.from({ length: n }, (_, groupId) => Math.floor(total / n) + (groupId < total % n ? 1 : 0))
