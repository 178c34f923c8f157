import type { BindValue } from '../engines/engine.ts'

const NUMBER_TEXT = /^-?\d+(\.\d+)?$/
const MOST_DECIMALS = 15

export const isNumeric = (value: BindValue): boolean => typeof value === 'number' || (typeof value === 'string' && NUMBER_TEXT.test(value))

/** Digits after the point. */
export const decimalsOf = (value: number | string): number => {
  const text = String(value)
  const exponent = /e-(\d+)$/.exec(text)
  const point = text.indexOf('.')
  const written = point < 0 ? 0 : text.replace(/e.*$/, '').length - point - 1
  return Math.min(written + Number(exponent?.[1] ?? 0), MOST_DECIMALS)
}

/** The sum, without the noise of binary fractions; a whole number beyond 2^53 stays exact, as text. */
export const addNumbers = (value: number | string, offset: number, isInteger: boolean): number | string => {
  const shift = isInteger ? Math.round(offset) : offset
  if (typeof value === 'string' && Number.isInteger(shift) && !value.includes('.') && !Number.isSafeInteger(Number(value) + shift)) {
    return String(BigInt(value) + BigInt(shift))
  }
  const sum = Number(value) + shift
  const decimals = Math.max(decimalsOf(value), decimalsOf(shift))
  return decimals === 0 ? sum : Number(sum.toFixed(decimals))
}
