import type { Plan, ProfiledColumn, TableProfile } from '@flakebench/contract'
import { MOST_WORKERS } from '@flakebench/contract'
import { hashOf, type Random } from './random.ts'
import { type MakeValue, randomText, randomUuid } from './values.ts'

/** Whose new keys they are. */
export interface KeyOwner {
  readonly runId: string
  readonly workerGroupId: number
  /** Keys of one worker lie this far apart. */
  readonly stride: number
  readonly attempt: number
  /** Largest whole-number key when a later attempt of this worker began; null for the first attempt. */
  readonly currentMaxKey: number | null
}

/**
 * How far the new keys of one worker lie apart: as many as there can be workers in the run, so that each has a lane of its own. No more than that: the
 * gaps stay in the table, and lookups of the next run would meet them.
 */
export const keyStride = ({ load, advanced, workerCount }: Plan): number =>
  load.mode === 'CONCURRENCY' && advanced.deadWorkerPolicy !== 'REPLACE' ? workerCount : MOST_WORKERS

/** Far more than a process that is just ending can have in flight. */
const KEYS_LEFT_TO_EARLIER_ATTEMPT = 10_000
const KEY_TEXT = 20
const SHORTEST_KEY_TEXT = 10

/**
 * The first key of a worker's own lane: lanes begin above the profile's largest key, a worker's keys lie a stride apart, so no two workers meet.
 * A later attempt of the same worker has the same lane: it goes on beyond what the table holds by now, leaving room for what the earlier one may
 * still have in flight.
 */
export const firstNewKey = (profileMax: number, { workerGroupId, stride, currentMaxKey }: KeyOwner): number => {
  const laneStart = profileMax + 1 + workerGroupId
  if (currentMaxKey === null) return laneStart
  const taken = Math.max(Math.floor((currentMaxKey - laneStart) / stride) + 1, 0)
  return laneStart + (taken + KEYS_LEFT_TO_EARLIER_ATTEMPT) * stride
}

/** Whole numbers from 2^52 on have so many. */
const DIGITS_OF_UNSEEN_KEYS = 16
const UNSEEN_FROM = 2 ** 52
const BANDS = 2 ** 18
const BAND = 2 ** 34
const ATTEMPT = 2 ** 29

/**
 * New keys for a table whose largest key is not known, because to ask would be dear: far above what tables hold, each run in a band of its own (the
 * bands of two runs are the same once in 2^18), each worker in a lane of it, each attempt further on.
 */
const unseenKeys = ({ runId, workerGroupId, stride, attempt }: KeyOwner): MakeValue => {
  let next = UNSEEN_FROM + (hashOf(runId) % BANDS) * BAND + (attempt - 1) * ATTEMPT + workerGroupId
  return () => {
    const key = next
    next += stride
    return key
  }
}

/** Keys of rows that are not there yet; null for a type of which no new ones can be made. `random` must differ between the attempts of a worker. */
export const newKeys = (profile: TableProfile, column: ProfiledColumn, owner: KeyOwner, random: Random): MakeValue | null => {
  if (profile.keyRange !== null) {
    let next = firstNewKey(profile.keyRange.max, owner)
    return () => {
      const key = next
      next += owner.stride
      return key
    }
  }
  if (column.type === 'number' && column.numericScale === 0 && (column.numericPrecision ?? 0) >= DIGITS_OF_UNSEEN_KEYS)
    return unseenKeys(owner)
  if (column.type === 'uuid') return () => randomUuid(random)
  if (column.type !== 'text' && column.type !== 'character varying' && column.type !== 'character') return null
  const length = Math.min(column.maxLength ?? KEY_TEXT, KEY_TEXT)
  return length < SHORTEST_KEY_TEXT ? null : () => randomText(random, length)
}
