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
 * Stretches of keys that hold about `size` rows, each lying wholly inside the profile's range: of a dense range as many numbers as hold that many keys,
 * otherwise by the sample (see `sampledStretches`). Null when the table is empty. @throws PlanProblem when their size cannot be judged
 */
export const keyStretches = (profile: TableProfile, size: number, random: Random): (() => Stretch) | null => {
  const { keyRange, keyDensity, keyColumn } = profile
  const sample = sampledKeysOf(profile)
  if (sample.length > 0) return sampledStretches({ sample, rows: profile.rowEstimate, size, name: `the key ${keyColumn}`, random })
  if (keyRange === null || keyRange.max < keyRange.min) return null
  const { min, max } = keyRange
  const span = spanOf(size, keyDensity)
  const starts = Math.max(max - min + 1 - span, 0) + 1
  return () => {
    const low = min + random.below(starts)
    return [low, Math.min(low + span - 1, max)]
  }
}

/** How many numbers hold so many keys. */
export const spanOf = (size: number, density: number | null): number => Math.round(size / Math.min(density ?? 1, 1))
