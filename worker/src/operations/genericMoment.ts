/** Date or timestamp as text, taken apart so that a shifted one is written the same way. */
export interface Moment {
  readonly text: string
  /** Of its own clock: a zone that follows is left as it stands. */
  readonly clockMs: number
  /** Between date and time of day; empty for a date alone. */
  readonly separator: string
  readonly zone: string
}

export const DAY_MS = 86_400_000
const DATE_LENGTH = 10
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(\s?(?:Z|[+-]\d\d(?::?\d\d)?))?)?$/

/** Null for a text that is no date and no timestamp. */
export const readMoment = (text: string): Moment | null => {
  const found = MOMENT.exec(text)
  if (found === null) return null
  const part = (group: number): number => Number(found[group] ?? 0)
  const fractionMs = Math.floor(Number(`0.${found[8] ?? '0'}`) * 1_000)
  const clockMs = Date.UTC(part(1), part(2) - 1, part(3), part(5), part(6), part(7), fractionMs)
  const isReal = new Date(clockMs).toISOString().startsWith(text.slice(0, DATE_LENGTH))
  return isReal ? { text, clockMs, separator: found[4] ?? '', zone: found[9] ?? '' } : null
}

/** The text of another moment, written like this one. */
export const writeMoment = ({ separator, zone }: Moment, clockMs: number): string => {
  const iso = new Date(clockMs).toISOString()
  return separator === '' ? iso.slice(0, DATE_LENGTH) : `${iso.slice(0, DATE_LENGTH)}${separator}${iso.slice(DATE_LENGTH + 1, -1)}${zone}`
}

/** So many days later. Whole days leave the time of day as it is written; a date alone takes whole days. */
export const shiftMoment = (moment: Moment, days: number): string => {
  const isWhole = Number.isInteger(days) || moment.separator === ''
  const shifted = moment.clockMs + (isWhole ? Math.round(days) : days) * DAY_MS
  return isWhole ? writeMoment({ ...moment, separator: '' }, shifted) + moment.text.slice(DATE_LENGTH) : writeMoment(moment, shifted)
}
