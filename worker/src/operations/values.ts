import { Buffer } from 'node:buffer'
import type { ProfiledColumn } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import type { Random } from './random.ts'

export type MakeValue = () => BindValue

const LONGEST_TEXT = 40
const BYTEA_BYTES = 24
const USUAL_SCALE = 2
const MOST_WHOLE_DIGITS = 6
const FIRST_DAY_MS = Date.UTC(2020, 0, 1)
const DAY_MS = 86_400_000
const DAYS = 2_000

type Maker = (column: ProfiledColumn, random: Random) => MakeValue

const wholeBelow =
  (n: number): Maker =>
  (_, random) =>
  () =>
    random.below(n)

/** Base 36, seven characters a step. */
export const randomText = (random: Random, length: number): string => {
  let text = ''
  while (text.length < length) text += random.word().toString(36).padStart(7, '0')
  return text.slice(0, length)
}

const text: Maker = ({ maxLength }, random) => {
  const length = Math.min(maxLength ?? LONGEST_TEXT, LONGEST_TEXT)
  return () => randomText(random, length)
}

/** As text, so that no digit is lost: at most six digits before the point, and never more than precision and scale allow. */
const numeric: Maker = ({ numericPrecision, numericScale }, random) => {
  const scale = Math.max(numericScale ?? (numericPrecision === null ? USUAL_SCALE : 0), 0)
  const precision = numericPrecision ?? MOST_WHOLE_DIGITS + scale
  const wholeDigits = Math.min(Math.max(precision - scale, 0), MOST_WHOLE_DIGITS)
  const decimals = Math.min(scale, precision)
  return () => {
    const whole = wholeDigits === 0 ? '0' : String(random.below(10 ** wholeDigits))
    if (scale === 0) return whole
    let fraction = ''
    while (fraction.length < decimals) fraction += String(random.below(1_000_000)).padStart(6, '0')
    return `${whole}.${fraction.slice(0, decimals).padStart(scale, '0')}`
  }
}

/** Snowflake's one type of numbers: whole ones as numbers, since they fit; the others as text. */
const number: Maker = (column, random) => {
  if ((column.numericScale ?? 0) > 0) return numeric(column, random)
  const digits = Math.min(column.numericPrecision ?? MOST_WHOLE_DIGITS, MOST_WHOLE_DIGITS)
  return () => random.below(10 ** digits)
}

const momentText = (random: Random): string => new Date(FIRST_DAY_MS + random.below(DAYS * DAY_MS)).toISOString()

/** A random UUID, version 4. */
export const randomUuid = (random: Random): string => {
  const hex = [0, 1, 2, 3].map(() => random.word().toString(16).padStart(8, '0')).join('')
  const variant = '89ab'[random.below(4)] as string
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const localMoment: Maker = (_, random) => () => momentText(random).slice(0, 23)
const moment: Maker = (_, random) => () => momentText(random)

const json: Maker = (_, random) => () => `{"n":${random.below(1_000_000)},"s":"${randomText(random, 14)}"}`

/** By the engines' own names of the types: PostgreSQL's, then those that only Snowflake has. */
const MAKERS: Readonly<Record<string, Maker>> = {
  smallint: wholeBelow(2 ** 15),
  integer: wholeBelow(1_000_000),
  bigint: wholeBelow(1_000_000_000),
  numeric,
  real: (_, random) => () => random.below(1_000_000) / 8,
  'double precision': (_, random) => () => random.below(1_000_000_000) / 64,
  boolean: (_, random) => () => random.below(2) === 1,
  character: text,
  'character varying': text,
  text,
  date: (_, random) => () => momentText(random).slice(0, 10),
  'timestamp without time zone': localMoment,
  'timestamp with time zone': moment,
  uuid: (_, random) => () => randomUuid(random),
  json,
  jsonb: json,
  bytea: (_, random) => () => Buffer.from(randomText(random, BYTEA_BYTES)),
  // Snowflake's; variant, object, array, binary and geography take no bound value in VALUES.
  number,
  float: (_, random) => () => random.below(1_000_000_000) / 64,
  time: (_, random) => () => momentText(random).slice(11, 23),
  timestamp_ntz: localMoment,
  timestamp_ltz: moment,
  timestamp_tz: moment,
}

export const isKnownType = (type: string): boolean => MAKERS[type] !== undefined

/** Values that fit the column; null for a type that is not known. */
export const valuesOf = (column: ProfiledColumn, random: Random): MakeValue | null => MAKERS[column.type]?.(column, random) ?? null
