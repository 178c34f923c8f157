import { DENSE_KEYS, type JsonScalar } from '@flakebench/contract'
import { lookupKeys } from './bindValues.ts'
import { type CountedNumbers, keyStretches, rowsANumber, spanOf } from './existingKeys.ts'
import type { OperationContext } from './operation.ts'
import type { Random } from './random.ts'
import { type Stretch, sampledStretches } from './stretches.ts'
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

/** Stretches of about so many rows, from the value pool where there is one. Null when the table is empty. @throws PlanProblem when their size cannot be judged */
export const stretchesToScan = (context: OperationContext, purpose: string): (() => Stretch) | null => {
  const { profile, pools, rangeSize: size } = context
  const random = context.random(purpose)
  const rows = rowsOf(context)
  if (pools.keys.length === 0) return keyStretches({ ...profile, rowEstimate: rows }, size, random, isCounted(context))
  const counted = countedNumbers(context)
  return counted?.density != null && counted.density >= DENSE_KEYS
    ? countedStretches(pools.keys as readonly number[], profile.keyRange?.max ?? null, spanOf(size, rowsANumber(counted)), random)
    : sampledStretches({ sample: pools.keys, rows, size, name: `the key ${profile.keyColumn}`, random })
}

/** Rows of the table: as the engine knows, else as they were counted for the value pools. */
export const rowsOf = ({ profile, pools }: Pick<OperationContext, 'profile' | 'pools'>): number | null =>
  profile.rowEstimate ?? pools.tableRows

/** PostgreSQL has an estimate of the rows; and of the range only the pool may tell. */
const isCounted = ({ dialect, profile }: OperationContext): boolean => dialect === 'snowflake' && profile.keyRange !== null

/** Null where keys are no whole numbers. */
const countedNumbers = (context: OperationContext): CountedNumbers | null => {
  const { profile, pools } = context
  if (!pools.keys.every(key => Number.isSafeInteger(key))) return null
  // The pool reaches nearly to both ends of the table.
  const [first, last] = [profile.keyRange?.min ?? pools.keys[0], profile.keyRange?.max ?? pools.keys.at(-1)] as [number, number]
  const rows = rowsOf(context)
  const numbers = last - first + 1
  const density = profile.keyDensity ?? (rows === null ? null : Math.min(rows / numbers, 1))
  return { density, rows, numbers, isCounted: isCounted(context) }
}

/** Whole numbers are counted on; a stretch ends no later than the greatest key that is known. */
const countedStretches = (keys: readonly number[], greatest: number | null, span: number, random: Random): (() => Stretch) => {
  const first = keys[0] as number
  const last = greatest ?? (keys.at(-1) as number)
  const latestStart = Math.max(last - span + 1, first)
  const starts = walkShuffled(keys, random) as () => number
  return () => {
    const low = Math.min(starts(), latestStart)
    return [low, low + span - 1]
  }
}
