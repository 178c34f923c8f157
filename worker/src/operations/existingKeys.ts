import type { TableProfile } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import type { Random } from './random.ts'
import { type Stretch, sampledStretches } from './stretches.ts'
import type { MakeValue } from './values.ts'

/** Keys of rows that are there: alike likely, over the whole of the profile. Null when the table is empty. */
export const existingKeys = (profile: TableProfile, random: Random): MakeValue | null => {
  const keys = sampledKeysOf(profile)
  if (keys.length > 0) return () => keys[random.below(keys.length)] as BindValue
  const { keyRange } = profile
  if (keyRange === null || keyRange.max < keyRange.min) return null
  const { min, max } = keyRange
  return () => min + random.below(max - min + 1)
}

/** As the column has them: numbers where the keys are whole numbers. */
const sampledKeysOf = ({ keyRange, sampledKeys }: TableProfile): readonly (string | number)[] =>
  keyRange === null ? sampledKeys : sampledKeys.map(Number)

/**
 * Stretches of keys that hold about `size` rows, each lying wholly inside the profile's range: of a dense range as many numbers as hold that many
 * rows, otherwise by the sample (see `sampledStretches`). Null when the table is empty. @throws PlanProblem when their size cannot be judged
 */
export const keyStretches = (profile: TableProfile, size: number, random: Random, isCounted = false): (() => Stretch) | null => {
  const { keyRange, keyDensity, keyColumn, rowEstimate } = profile
  const sample = sampledKeysOf(profile)
  if (sample.length > 0) return sampledStretches({ sample, rows: rowEstimate, size, name: `the key ${keyColumn}`, random })
  if (keyRange === null || keyRange.max < keyRange.min) return null
  const { min, max } = keyRange
  const numbers = max - min + 1
  const span = spanOf(size, rowsANumber({ density: keyDensity, rows: rowEstimate, numbers, isCounted }))
  const starts = Math.max(numbers - span, 0) + 1
  return () => {
    const low = min + random.below(starts)
    return [low, Math.min(low + span - 1, max)]
  }
}

export interface CountedNumbers {
  /** The share of the numbers that are keys; null: not known. */
  readonly density: number | null
  /** Of the table; null: not known. */
  readonly rows: number | null
  /** From the smallest to the largest key. */
  readonly numbers: number
  /** Rows and numbers are counted, not estimated. */
  readonly isCounted: boolean
}

/** An estimate says that keys repeat only where it is far above the numbers: otherwise it is merely off. */
const CLEARLY_REPEATED = 1.5

/** Rows of the table for each number of the range: above 1 where keys repeat. */
export const rowsANumber = ({ density, rows, numbers, isCounted }: CountedNumbers): number => {
  const ratio = rows === null ? 0 : rows / numbers
  return ratio > (isCounted ? 1 : CLEARLY_REPEATED) ? ratio : Math.min(density ?? 1, 1)
}

/** How many numbers hold so many rows. */
export const spanOf = (size: number, rowsOfANumber: number): number => Math.max(Math.round(size / rowsOfANumber), 1)
