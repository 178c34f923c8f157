import type { JsonScalar } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { lookupKeys } from './bindValues.ts'
import { type KeyStretch, keyStretches } from './keys.ts'
import type { OperationContext } from './operation.ts'
import type { Random } from './random.ts'
import type { MakeValue } from './values.ts'

/**
 * All values in an order of this stream's own, again and again: each is taken as often as the others, none again before all have been, and no two
 * streams walk in step.
 */
export const walkShuffled = (values: readonly JsonScalar[], random: Random): MakeValue => {
  const order = Uint32Array.from(values, (_, i) => i)
  for (let i = order.length - 1; i > 0; i--) {
    const other = random.below(i + 1)
    const kept = order[i] as number
    order[i] = order[other] as number
    order[other] = kept
  }
  let at = 0
  return () => {
    const value = values[order[at] as number] as JsonScalar
    at = at + 1 === order.length ? 0 : at + 1
    return value
  }
}

/** Keys of rows that are there: of the value pool where there is one, otherwise of the table's profile. @throws PlanProblem when there are none */
export const keysToFind = (context: OperationContext, purpose: string): MakeValue =>
  context.pools.keys.length > 0 ? walkShuffled(context.pools.keys, context.random(purpose)) : lookupKeys(context, purpose)

/** Stretches of about so many keys, from the value pool where there is one. Null when the table is empty. */
export const stretchesToScan = (context: OperationContext, purpose: string): (() => KeyStretch) | null => {
  const { profile, pools, rangeSize } = context
  const random = context.random(purpose)
  if (pools.keys.length === 0) return keyStretches(profile, rangeSize, random)
  return pools.keys.every(key => Number.isSafeInteger(key))
    ? countedStretches(pools.keys as readonly number[], profile.keyRange?.max ?? null, rangeSize, random)
    : neighbouringStretches(pools.keys, profile.rowEstimate, rangeSize, random)
}

/** Whole numbers are counted on; a stretch ends no later than the greatest key that is known. */
const countedStretches = (keys: readonly number[], greatest: number | null, size: number, random: Random): (() => KeyStretch) => {
  const first = keys[0] as number
  const last = greatest ?? (keys.at(-1) as number)
  const latestStart = Math.max(last - size + 1, first)
  const starts = walkShuffled(keys, random) as () => number
  return () => {
    const low = Math.min(starts(), latestStart)
    return [low, low + size - 1]
  }
}

/** The pool is in the table's order: as many of its neighbours as hold about `size` rows. */
const neighbouringStretches = (keys: readonly JsonScalar[], rows: number, size: number, random: Random): (() => KeyStretch) => {
  const rowsAKey = Math.max(rows / keys.length, 1)
  const steps = Math.min(Math.ceil(size / rowsAKey), keys.length - 1)
  return () => {
    const low = random.below(keys.length - steps)
    return [keys[low] as BindValue, keys[low + steps] as BindValue]
  }
}
