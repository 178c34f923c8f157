import { SnowflakeFailure } from '../snowflake/failure.ts'
import { likePattern } from '../snowflake/names.ts'
import type { SnowflakeSession } from '../snowflake/session.ts'
import { asObjects } from '../snowflake/values.ts'
import { MOST_LISTED } from './catalog.ts'

export type ShownRow = Readonly<Record<string, unknown>>

/** Asks what of Snowflake's catalog costs no warehouse: SHOW and DESCRIBE. @throws SnowflakeFailure */
export type ShowSnowflake = (sql: string) => Promise<readonly ShownRow[]>

/** Whoever asks asks again by himself. */
const MOST_RETRIES = 1

/** @param leftMs until everything must be over */
export const showSnowflake =
  (session: SnowflakeSession, leftMs: () => number): ShowSnowflake =>
  async sql =>
    asObjects(await session.execute(sql, [], { deadlineMs: Math.max(1, leftMs()), mostRetries: MOST_RETRIES }))

/** Object does not exist or not authorized; the same, or not for this operation. */
const MISSING = ['002003', '002043']

/** Null where what is asked about is not there, or may not be seen. */
export const showIfThere = async (show: ShowSnowflake, sql: string): Promise<readonly ShownRow[] | null> => {
  try {
    return await show(sql)
  } catch (error) {
    if (error instanceof SnowflakeFailure && MISSING.includes(error.code)) return null
    throw error
  }
}

export const nameOf = (row: ShownRow): string => String(row['name'])
export const isYes = (value: unknown): boolean => ['Y', 'YES', 'TRUE'].includes(String(value).toUpperCase())

/** SHOW writes no comment as an empty one. */
export const commentOf = (row: ShownRow): string | null =>
  typeof row['comment'] === 'string' && row['comment'] !== '' ? row['comment'] : null

export const countOf = (value: unknown): number | null => (value == null || !Number.isFinite(Number(value)) ? null : Number(value))

/** Which names are shown. */
export interface ShownNames {
  /** A pattern, quoted; it may find more than what is meant. */
  readonly like: string
  readonly isMeant: (name: string) => boolean
}

/** Snowflake shows no more rows than this, whatever there is. Source: its reference of SHOW. */
export const isShownCut = (rows: readonly ShownRow[]): boolean => rows.length >= MOST_LISTED

/** Names that have a text in them, whatever the case. Null: all. */
export const namesWith = (search: string | null): ShownNames | null =>
  search === null ? null : { like: likePattern(`%${search}%`), isMeant: name => name.toLowerCase().includes(search.toLowerCase()) }
