import type { ProfiledColumn } from '@flakebench/contract'

/** Names that stand for another type. Source: Snowflake reference, summary of data types. */
const SAME_AS: Readonly<Record<string, string>> = {
  varchar: 'text',
  string: 'text',
  char: 'text',
  character: 'text',
  nchar: 'text',
  nvarchar: 'text',
  decimal: 'number',
  numeric: 'number',
  fixed: 'number',
  int: 'number',
  integer: 'number',
  bigint: 'number',
  smallint: 'number',
  tinyint: 'number',
  byteint: 'number',
  double: 'float',
  'double precision': 'float',
  real: 'float',
  float4: 'float',
  float8: 'float',
  datetime: 'timestamp_ntz',
  timestamp: 'timestamp_ntz',
  varbinary: 'binary',
}

const WHOLE_DIGITS = 38

/** What DESCRIBE TABLE says of a type, as `NUMBER(10,2)` or `VARCHAR(16)`; the type by the name that Snowflake itself uses, in lower case. */
export const readType = (described: string): Pick<ProfiledColumn, 'type' | 'maxLength' | 'numericPrecision' | 'numericScale'> => {
  const [, written = '', first, second] = /^\s*([^(]+?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\).*)?$/s.exec(described) ?? []
  const name = written.toLowerCase()
  const type = SAME_AS[name] ?? name
  return {
    type,
    maxLength: type === 'text' && first !== undefined ? Number(first) : null,
    numericPrecision: type === 'number' ? Number(first ?? WHOLE_DIGITS) : null,
    numericScale: type === 'number' ? Number(second ?? 0) : null,
  }
}
