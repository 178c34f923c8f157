import { isGroup, isWord, type Node, sourceOf } from './nodes.ts'
import { SnowflakeError } from './translation.ts'

export const COMPAT = 'flakebench_compat'

export interface TypeText {
  readonly postgres: string
  /** Snowflake's family: which rules hold for it. */
  readonly family:
    | 'NUMBER'
    | 'FLOAT'
    | 'TEXT'
    | 'BOOLEAN'
    | 'DATE'
    | 'TIME'
    | 'TIMESTAMP_NTZ'
    | 'TIMESTAMP_LTZ'
    | 'TIMESTAMP_TZ'
    | 'VARIANT'
    | 'BINARY'
  readonly next: number
}

type Maker = (sizes: readonly string[]) => string

const timestamp =
  (base: string): Maker =>
  sizes => {
    const [digits] = sizes
    return digits === undefined ? base : `${base}(${Math.min(6, Number(digits))})`
  }

/** `numeric` may round; whole numbers without a precision are 8 bytes here and 38 digits there. */
const number: Maker = sizes => `numeric(${sizes[0] ?? '38'},${sizes[1] ?? '0'})`
const text: Maker = sizes => (sizes[0] === undefined ? 'text' : `varchar(${Math.min(10_485_760, Number(sizes[0]))})`)
const fixed =
  (name: string): Maker =>
  () =>
    name

const TYPES: Readonly<Record<string, readonly [TypeText['family'], Maker]>> = {
  NUMBER: ['NUMBER', number],
  DECIMAL: ['NUMBER', number],
  DEC: ['NUMBER', number],
  NUMERIC: ['NUMBER', number],
  INT: ['NUMBER', fixed('bigint')],
  INTEGER: ['NUMBER', fixed('bigint')],
  BIGINT: ['NUMBER', fixed('bigint')],
  SMALLINT: ['NUMBER', fixed('bigint')],
  TINYINT: ['NUMBER', fixed('bigint')],
  BYTEINT: ['NUMBER', fixed('bigint')],
  FLOAT: ['FLOAT', fixed('double precision')],
  FLOAT4: ['FLOAT', fixed('double precision')],
  FLOAT8: ['FLOAT', fixed('double precision')],
  DOUBLE: ['FLOAT', fixed('double precision')],
  REAL: ['FLOAT', fixed('double precision')],
  VARCHAR: ['TEXT', text],
  STRING: ['TEXT', text],
  TEXT: ['TEXT', text],
  NVARCHAR: ['TEXT', text],
  CHAR: ['TEXT', sizes => `varchar(${sizes[0] ?? '1'})`],
  CHARACTER: ['TEXT', sizes => `varchar(${sizes[0] ?? '1'})`],
  BOOLEAN: ['BOOLEAN', fixed('boolean')],
  DATE: ['DATE', fixed('date')],
  TIME: ['TIME', timestamp('time')],
  DATETIME: ['TIMESTAMP_NTZ', timestamp('timestamp')],
  TIMESTAMP: ['TIMESTAMP_NTZ', timestamp('timestamp')],
  TIMESTAMP_NTZ: ['TIMESTAMP_NTZ', timestamp('timestamp')],
  TIMESTAMPNTZ: ['TIMESTAMP_NTZ', timestamp('timestamp')],
  TIMESTAMP_LTZ: ['TIMESTAMP_LTZ', timestamp('timestamptz')],
  TIMESTAMPLTZ: ['TIMESTAMP_LTZ', timestamp('timestamptz')],
  TIMESTAMP_TZ: ['TIMESTAMP_TZ', fixed(`${COMPAT}.timestamp_tz`)],
  VARIANT: ['VARIANT', fixed('jsonb')],
  OBJECT: ['VARIANT', fixed(`${COMPAT}.object`)],
  ARRAY: ['VARIANT', fixed(`${COMPAT}.array"`)],
  BINARY: ['BINARY', fixed('bytea')],
  VARBINARY: ['BINARY', fixed('bytea')],
}

/** The type that stands at `at`. @throws for a type that Snowflake does not have */
export const readType = (sql: string, nodes: readonly Node[], at: number): TypeText => {
  const node = nodes[at]
  const name = node?.type === 'word' ? node.value : sourceOf(sql, node === undefined ? [] : [node])
  const known = TYPES[name]
  if (known === undefined) throw new SnowflakeError('002040', '42601', `SQL compilation error:\nUnsupported data type '${name}'.`)
  const [family, maker] = known
  let next = at + 1
  if ((name === 'DOUBLE' && isWord(nodes[next], 'PRECISION')) || (name === 'CHAR' && isWord(nodes[next], 'VARYING'))) next += 1
  const group = nodes[next]
  let sizes: string[] = []
  if (isGroup(group)) {
    sizes = group.nodes.flatMap(size => (size.type === 'number' ? [size.value] : []))
    next += 1
  }
  return { postgres: maker(sizes), family, next }
}
