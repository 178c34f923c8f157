const two = (value: number): string => String(value).padStart(2, '0')

/** 00:01:42 */
export const clockText = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds))
  return `${two(Math.floor(whole / 3_600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

/** 1:42, or 1:01:42 from an hour on. */
export const shortClockText = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3_600)
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** 45 s, 5 min, 1 min 30 s, 1 h 5 min. */
export const spanText = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const hours = Math.floor(whole / 3_600)
  const minutes = Math.floor(whole / 60) % 60
  const parts = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : '', hours === 0 && whole % 60 > 0 ? `${whole % 60} s` : '']
  return parts.filter(part => part !== '').join(' ')
}

const STEPS = [
  { under: 60, by: 1, unit: 's' },
  { under: 3_600, by: 60, unit: 'min' },
  { under: 86_400, by: 3_600, unit: 'h' },
  { under: 86_400 * 14, by: 86_400, unit: 'd' },
] as const

/** 3 min ago; the date itself from two weeks on. */
export const agoText = (momentMs: number, nowMs: number): string => {
  const seconds = Math.floor((nowMs - momentMs) / 1_000)
  if (seconds < 5) return 'just now'
  const step = STEPS.find(each => seconds < each.under)
  if (step === undefined) return new Date(momentMs).toLocaleDateString('en-CA')
  return `${Math.floor(seconds / step.by)} ${step.unit} ago`
}

/** The moment itself, in the reader's time zone, with the zone. */
export const momentText = (momentMs: number): string =>
  new Date(momentMs).toLocaleString('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })

/** How old something is: 5 min old, 3 h old, 2 days old. */
export const oldText = (momentMs: number, nowMs: number): string => {
  const seconds = Math.max(0, Math.floor((nowMs - momentMs) / 1_000))
  if (seconds < 60) return 'less than a minute old'
  const days = Math.floor(seconds / 86_400)
  if (days > 0) return `${days.toLocaleString('en-US')} ${days === 1 ? 'day' : 'days'} old`
  const step = STEPS.find(each => seconds < each.under) ?? STEPS[0]
  return `${Math.floor(seconds / step.by)} ${step.unit} old`
}
