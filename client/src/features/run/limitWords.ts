import type { HistoryPoint, RunWorker } from '../../api/documents/runFields.ts'
import { msText, percentText } from '../../ui/words/numbers.ts'

/** The bounds past which a worker, and not the database, may be the limit. */
const BUSY_LOOP_PERCENT = 80
const LATE_P99_MS = 10
const FULL_CPU_PERCENT = 95

type LimitCause = 'late' | 'clock' | 'busy'

/** What made an interval client-limited, as far as its figures tell; null for one that was not. */
const limitCause = (point: Pick<HistoryPoint, 'clientLimited' | 'eventLoopDelayP99Ms' | 'arrivals'>): LimitCause | null => {
  if (!point.clientLimited) return null
  if ((point.eventLoopDelayP99Ms ?? 0) > LATE_P99_MS) return 'late'
  return (point.arrivals?.clockErrorP99Ms ?? 0) > LATE_P99_MS ? 'clock' : 'busy'
}

/** What limited one interval, with the figure. */
export const limitText = (point: Pick<HistoryPoint, 'clientLimited' | 'eventLoopDelayP99Ms' | 'arrivals'>): string => {
  const cause = limitCause(point)
  if (cause === 'late') return `event loop late by ${msText(point.eventLoopDelayP99Ms)} at p99`
  if (cause === 'clock') return `arrival clock late by ${msText(point.arrivals?.clockErrorP99Ms)} at p99`
  return cause === 'busy' ? 'a worker’s CPU or event loop was full' : ''
}

const CAUSE_WORDS: Readonly<Record<LimitCause, string>> = {
  late: 'a late event loop',
  clock: 'a late arrival clock',
  busy: 'a full CPU or event loop',
}

/** What limited the measurement, the most frequent first: "a late event loop, a full CPU or event loop". */
export const limitCausesText = (history: readonly HistoryPoint[]): string => {
  const seconds = new Map<LimitCause, number>()
  for (const point of history) {
    const cause = point.phase === 'MEASUREMENT' ? limitCause(point) : null
    if (cause !== null) seconds.set(cause, (seconds.get(cause) ?? 0) + point.intervalSeconds)
  }
  return [...seconds]
    .sort((a, b) => b[1] - a[1])
    .map(([cause]) => CAUSE_WORDS[cause])
    .join(', ')
}

/** What limits one worker now; empty where nothing does. */
export const workerLimitText = (worker: RunWorker): string =>
  [
    (worker.eventLoopDelayP99Ms ?? 0) > LATE_P99_MS ? `event loop late by ${msText(worker.eventLoopDelayP99Ms)}` : '',
    (worker.eventLoopUtilizationPercent ?? 0) > BUSY_LOOP_PERCENT
      ? `event loop ${percentText(worker.eventLoopUtilizationPercent)} busy`
      : '',
    (worker.cpuUsedPercent ?? 0) >= FULL_CPU_PERCENT ? `${percentText(worker.cpuUsedPercent)} of its CPU used` : '',
  ]
    .filter(part => part !== '')
    .join(', ')
