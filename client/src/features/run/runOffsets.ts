import type { RunTiming } from '../../api/documents/runFields.ts'
import { shortClockText } from '../../ui/words/durations.ts'
import { NOT_MEASURED } from '../../ui/words/numbers.ts'

/** Seconds from the agreed start to a moment of the server's clock; null before the start is agreed. */
export const offsetSeconds = (at: string, { startedAt }: Pick<RunTiming, 'startedAt'>): number | null =>
  startedAt === null ? null : (Date.parse(at) - Date.parse(startedAt)) / 1_000

/** 1:42 into the run; what was before the start is marked with a minus. */
export const offsetText = (at: string, timing: Pick<RunTiming, 'startedAt'>): string => {
  const seconds = offsetSeconds(at, timing)
  if (seconds === null) return NOT_MEASURED
  return seconds < 0 ? `−${shortClockText(-seconds)}` : shortClockText(seconds)
}
