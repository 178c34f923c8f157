/** Figures as they stand in reasons and remarks: three digits are enough, whole ones from a hundred on. */
export const inWords = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3)

/** 0.853 is 85.3 %. Rounded down, so that what is short does not read as if it were not. */
export const percentWords = (rate: number): string => `${(Math.floor(rate * 1_000 + 1e-9) / 10).toFixed(1)} %`
