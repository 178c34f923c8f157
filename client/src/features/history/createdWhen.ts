import type { RunListFilter } from '../../api/documents/runListDocuments.ts'

export const WHENS = ['today', 'week', 'month', 'custom'] as const
export type When = (typeof WHENS)[number]

/** When a run was made; days of the reader's calendar, both included, only with the custom range. */
interface CreatedWhen {
  readonly when: When | null
  readonly fromDay: string | null
  readonly toDay: string | null
}

export const WHEN_WORDS: Readonly<Record<When, string>> = {
  today: 'Today',
  week: 'Last 7 days',
  month: 'Last 30 days',
  custom: 'From … to',
}

const DAYS_BACK: Readonly<Record<Exclude<When, 'custom'>, number>> = { today: 0, week: 6, month: 29 }
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** When a day of the reader's calendar begins, or one so many days later; daylight saving and all. */
const startOf = (day: string, laterDays = 0): Date | null => {
  const [, year, month, date] = (DAY.exec(day) ?? []).map(Number)
  if (year === undefined || month === undefined || date === undefined) return null
  const start = new Date(year, month - 1, date)
  return start.getMonth() === month - 1 && start.getDate() === date ? new Date(year, month - 1, date + laterDays) : null
}

/** A day as it is written, 2026-03-01; null for what is none. */
export const readDay = (text: string): string | null => (startOf(text) === null ? null : text)

/** What the server is asked for, from whole days of the reader's calendar. */
export const timesOf = ({ when, fromDay, toDay }: CreatedWhen, nowMs: number): Pick<RunListFilter, 'createdFrom' | 'createdTo'> => {
  if (when === null) return {}
  if (when !== 'custom') {
    const now = new Date(nowMs)
    return { createdFrom: new Date(now.getFullYear(), now.getMonth(), now.getDate() - DAYS_BACK[when]).toISOString() }
  }
  const [from, to] = [fromDay === null ? null : startOf(fromDay), toDay === null ? null : startOf(toDay, 1)]
  return {
    ...(from === null ? {} : { createdFrom: from.toISOString() }),
    ...(to === null ? {} : { createdTo: to.toISOString() }),
  }
}

/** What its chip says. */
export const whenText = ({ when, fromDay, toDay }: CreatedWhen): string => {
  if (when === null) return ''
  if (when !== 'custom' || (fromDay ?? toDay) === null) return WHEN_WORDS[when]
  if (fromDay === null) return `until ${toDay}`
  return toDay === null ? `since ${fromDay}` : `${fromDay} – ${toDay}`
}
