import type { AnswerColumn } from '../sql/translation.ts'
import { type Encoder, encodeBinary, encodeBoolean, encodeDate, encodeReal, encodeTime, encodeTimestamp } from './encodeValue.ts'

/** A column as the driver reads it: type names are lower case, everything else makes every value a string there. */
export interface RowtypeColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly length: number | null
  readonly byteLength: number | null
  readonly precision: number | null
  readonly scale: number | null
  readonly database: string
  readonly schema: string
  readonly table: string
  readonly collation: null
}

const MAX_TEXT = 16_777_216
const INTEGER_PRECISION = 38
/** PostgreSQL's own: what a NUMERIC without one is shown with is read from its values. */
const NUMERIC_OID = 1700
const TYPES: ReadonlyMap<number, { readonly type: string; readonly encode: Encoder }> = new Map([
  [16, { type: 'boolean', encode: encodeBoolean }],
  [17, { type: 'binary', encode: encodeBinary }],
  [20, { type: 'fixed', encode: null }],
  [21, { type: 'fixed', encode: null }],
  [23, { type: 'fixed', encode: null }],
  [26, { type: 'fixed', encode: null }],
  [114, { type: 'variant', encode: null }],
  [700, { type: 'real', encode: encodeReal }],
  [701, { type: 'real', encode: encodeReal }],
  [1082, { type: 'date', encode: encodeDate }],
  [1083, { type: 'time', encode: encodeTime }],
  [1114, { type: 'timestamp_ntz', encode: encodeTimestamp }],
  [1184, { type: 'timestamp_ltz', encode: encodeTimestamp }],
  [NUMERIC_OID, { type: 'fixed', encode: null }],
  [3802, { type: 'variant', encode: null }],
])
const TEXT = { type: 'text', encode: null }
/** VARCHAR(n) and CHAR(n): their modifier is n + 4. */
const SIZED_TEXT_OIDS: ReadonlySet<number> = new Set([1042, 1043])

/** A column of Snowflake's own making, such as a count of rows. */
export const column = (name: string, type: string, scale: number | null = type === 'fixed' ? 0 : null): RowtypeColumn => ({
  name,
  type,
  nullable: true,
  length: type === 'text' ? MAX_TEXT : null,
  byteLength: type === 'text' ? MAX_TEXT : null,
  precision: type === 'fixed' ? INTEGER_PRECISION : null,
  scale: type.startsWith('time') ? 9 : scale,
  database: '',
  schema: '',
  table: '',
  collation: null,
})

export const answerColumn = ({ name, type }: AnswerColumn): RowtypeColumn => column(name, type)

/** A column of a PostgreSQL answer: `FieldDef` of pg. */
export interface PostgresField {
  readonly name: string
  readonly dataTypeID: number
  readonly dataTypeModifier: number
}

/** What is done to the values of a column on their way out. */
export const encoderOf = (field: PostgresField): Encoder => (TYPES.get(field.dataTypeID) ?? TEXT).encode

/** @param rows their text: a NUMERIC without a declared scale gets that of its longest value */
export const postgresColumn = (
  field: PostgresField,
  name: string,
  rows: readonly (readonly (string | null)[])[],
  at: number,
): RowtypeColumn => {
  const { type } = TYPES.get(field.dataTypeID) ?? TEXT
  if (field.dataTypeID === NUMERIC_OID) return numeric(name, field.dataTypeModifier, rows, at)
  const made = column(name, type)
  if (SIZED_TEXT_OIDS.has(field.dataTypeID) && field.dataTypeModifier > 4) {
    const length = field.dataTypeModifier - 4
    return { ...made, length, byteLength: length * 4 }
  }
  return made
}

const numeric = (name: string, modifier: number, rows: readonly (readonly (string | null)[])[], at: number): RowtypeColumn => {
  if (modifier >= 4) return { ...column(name, 'fixed', (modifier - 4) & 0x7ff), precision: ((modifier - 4) >> 16) & 0xffff }
  let scale = 0
  for (const row of rows) {
    const text = row[at]
    if (text === null || text === undefined) continue
    const point = text.indexOf('.')
    if (point >= 0 && text.length - point - 1 > scale) scale = text.length - point - 1
  }
  return column(name, 'fixed', scale)
}
