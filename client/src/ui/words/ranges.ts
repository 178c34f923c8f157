/** What lies this near to a round number is that number: a division left the rest. */
const NOISE = 1e-9
const DIGITS = 4

/** With four digits, a thousandth where that is finer; `round` says to which side. */
const rounded = (value: number, round: (value: number) => number): number => {
  if (value === 0) return 0
  const scale = 10 ** (DIGITS - 1 - Math.floor(Math.log10(Math.abs(value))))
  const near = Math.round(value * scale)
  const whole = Math.abs(near - value * scale) < NOISE * Math.abs(near) ? near : round(value * scale)
  return Number((whole / scale).toPrecision(DIGITS + 1))
}

/** A range in four digits that holds all of the given one. */
export const roundedOutwards = (from: number, to: number): readonly [number, number] => [rounded(from, Math.floor), rounded(to, Math.ceil)]

/** A number of at least nothing, or null for what is none. */
export const readAmount = (text: string | null | undefined): number | null => {
  const trimmed = text?.trim() ?? ''
  const value = trimmed === '' ? Number.NaN : Number(trimmed)
  return Number.isFinite(value) && value >= 0 ? value : null
}

/** From and to as they are meant: ends that were turned round are turned back. */
export const inOrder = (from: number | null, to: number | null): readonly [from: number | null, to: number | null] =>
  from !== null && to !== null && from > to ? [to, from] : [from, to]

/** Whether what was typed can be used: a number of at least nothing, or nothing at all. */
export const isAmount = (text: string): boolean => text.trim() === '' || readAmount(text) !== null

/** What was typed as a range: the range, or in words what is no number in it. */
export const readRange = (
  from: string,
  to: string,
): { readonly range: readonly [from: number | null, to: number | null] } | { readonly problem: string } => {
  const wrong = [from, to].filter(text => !isAmount(text)).map(text => `“${text.trim()}”`)
  if (wrong.length === 0) return { range: inOrder(readAmount(from), readAmount(to)) }
  return { problem: `Not used: ${wrong.join(' and ')} ${wrong.length === 1 ? 'is no number' : 'are no numbers'} from 0 up` }
}
