import type { LogLevel, LogLine } from '../../api/documents/logDocuments.ts'
import type { Look } from '../../ui/words/statuses.ts'

export const LOG_LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR']

/** What the server notes for those who look into it is not shown at first. */
const SHOWN_AT_FIRST: readonly LogLevel[] = ['INFO', 'WARN', 'ERROR']

export const LEVEL_LOOKS: Readonly<Record<LogLevel, Look>> = {
  DEBUG: { word: 'Debug', icon: 'dots', tone: 'neutral' },
  INFO: { word: 'Info', icon: 'info', tone: 'neutral' },
  WARN: { word: 'Warn', icon: 'alert', tone: 'warn' },
  ERROR: { word: 'Error', icon: 'cross', tone: 'bad' },
}

/** Older ones leave the page; the server keeps all. */
export const MOST_LINES = 5_000

/** The lines with those that came, each once, in the order in which they were written: the server may tell an older one later. */
export const addLines = (known: readonly LogLine[], arrived: readonly LogLine[], most = MOST_LINES): readonly LogLine[] => {
  const ids = new Set(known.map(line => line.id))
  const fresh = arrived.filter(line => {
    if (ids.has(line.id)) return false
    ids.add(line.id)
    return true
  })
  if (fresh.length === 0) return known
  return [...known, ...fresh].sort((a, b) => (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0)).slice(-most)
}

/** Which levels the URL asks for; what it does not know it ignores. Null: nothing is asked. */
export const readLevels = (inUrl: string | null): readonly LogLevel[] => {
  if (inUrl === null) return SHOWN_AT_FIRST
  const named = inUrl.split(' ')
  return LOG_LEVELS.filter(level => named.includes(level.toLowerCase()))
}

/** What the URL has to say for the shown levels; null for those that are shown at first. */
export const levelsInUrl = (shown: readonly LogLevel[]): string | null =>
  shown.join() === SHOWN_AT_FIRST.join() ? null : shown.map(level => level.toLowerCase()).join(' ')

export const toggleLevel = (shown: readonly LogLevel[], toggled: LogLevel): readonly LogLevel[] =>
  LOG_LEVELS.filter(level => (level === toggled) !== shown.includes(level))

/** Which sources the URL asks for; null: all of them. */
export const readSources = (inUrl: string | null): readonly string[] | null =>
  inUrl === null || inUrl === '' ? null : inUrl.split(',').filter(source => source !== '')

/** The sources with one more or one less; all of them, or none, is no filter: null. */
export const toggleSource = (known: readonly string[], shown: readonly string[] | null, toggled: string): readonly string[] | null => {
  const now = shown ?? known
  const next = known.filter(source => (source === toggled) !== now.includes(source))
  return next.length === known.length || next.length === 0 ? null : next
}
