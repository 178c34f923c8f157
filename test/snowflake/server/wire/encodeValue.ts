/** Turns PostgreSQL's text of a value into the text that Snowflake sends; null: it goes out as it is. */
export type Encoder = ((text: string) => string) | null

const DAY_MS = 86_400_000

/** `1` and `0`. */
export const encodeBoolean = (text: string): string => (text === 't' ? '1' : '0')

/** Days since 1970-01-01. */
export const encodeDate = (text: string): string => String(Date.parse(`${text}T00:00:00Z`) / DAY_MS)

/** Seconds since midnight, nine digits after the point. */
export const encodeTime = (text: string): string => {
  const seconds = Number(text.slice(0, 2)) * 3600 + Number(text.slice(3, 5)) * 60 + Number(text.slice(6, 8))
  return `${seconds}.${text.slice(9).padEnd(9, '0')}`
}

/** `\xdead` as `DEAD`. */
export const encodeBinary = (text: string): string => text.slice(2).toUpperCase()

/** What a floating-point number that is none is called. */
export const encodeReal = (text: string): string => (text === 'Infinity' ? 'inf' : text === '-Infinity' ? '-inf' : text)

/**
 * `2026-11-21 16:50:27.123456+00` as seconds since 1970 in UTC, nine digits after the point. A moment without an offset is taken as one in UTC, as
 * TIMESTAMP_NTZ is.
 */
export const encodeTimestamp = (text: string): string => {
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`) / 1000
  if (Number.isNaN(seconds)) return text
  let end = text.length
  let offsetSeconds = 0
  for (let at = 19; at < text.length; at++) {
    const sign = text[at]
    if (sign !== '+' && sign !== '-') continue
    const [hours = 0, minutes = 0, rest = 0] = text
      .slice(at + 1)
      .split(':')
      .map(Number)
    offsetSeconds = (sign === '+' ? 1 : -1) * (hours * 3600 + minutes * 60 + rest)
    end = at
    break
  }
  const fraction = text.slice(20, end).padEnd(9, '0')
  const whole = seconds - offsetSeconds
  if (whole >= 0 || fraction === '000000000') return `${whole}.${fraction}`
  // Before 1970 the fraction counts away from zero: -1.25 is a quarter of a second before -1.
  const below = String(1_000_000_000 - Number(fraction)).padStart(9, '0')
  return whole + 1 === 0 ? `-0.${below}` : `${whole + 1}.${below}`
}
