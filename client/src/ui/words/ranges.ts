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
