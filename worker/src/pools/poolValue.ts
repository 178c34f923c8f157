import { type JsonScalar, RANGE_DAYS } from '@flakebench/contract'
import { DAY_MS, readMoment, writeMoment } from '../operations/genericMoment.ts'
import type { Random } from '../operations/random.ts'

const NUMERIC = /^(smallint|integer|bigint|int|numeric|decimal|number|fixed|real|float|double)/i
const BOOLEAN = /^bool/i
/** So many digits survive as a binary fraction. */
const EXACT_DIGITS = 15

/** A value as pools keep it, of its column's own kind: a number where none of its digits is lost, otherwise the text. */
export const poolValueOf = (text: string, type: string): JsonScalar => {
  if (BOOLEAN.test(type)) return /^t/i.test(text)
  if (!NUMERIC.test(type)) return text
  const value = Number(text)
  const digits = text.replace(/[^\d]/g, '').length
  return Number.isSafeInteger(value) || (Number.isFinite(value) && digits <= EXACT_DIGITS) ? value : text
}

/** Moments to scan from: anywhere in the last days before the latest, never before the earliest. Empty for what is no moment. */
export const momentsWithin = (span: { readonly min: string; readonly max: string }, count: number, random: Random): string[] => {
  const [earliest, latest] = [readMoment(span.min), readMoment(span.max)]
  if (earliest === null || latest === null) return []
  const firstMs = Math.max(earliest.clockMs, latest.clockMs - RANGE_DAYS * DAY_MS)
  const stepMs = latest.separator === '' ? DAY_MS : 1
  const steps = Math.floor((latest.clockMs - firstMs) / stepMs) + 1
  return Array.from({ length: count }, () => writeMoment(latest, latest.clockMs - random.below(steps) * stepMs))
}
