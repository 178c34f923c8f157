import { portableStatements } from '../setup/schemaFiles.ts'

/** What a column of a control table holds. */
export interface ColumnShape {
  readonly name: string
  readonly type: 'TEXT' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'FLAG' | 'MOMENT' | 'JSON'
  /** Characters of a text. */
  readonly most: number
  readonly isRequired: boolean
  /** What the schema says where nothing is given; null: nothing. */
  readonly fallback: string | null
}

/** The columns of a control table, from the schema's files. @throws Error for a table that is not there */
export const tableShape = (table: string): readonly ColumnShape[] => {
  shapes ??= readShapes()
  const shape = shapes.get(table)
  if (shape === undefined) throw new Error(`there is no control table ${table}`)
  return shape
}

let shapes: ReadonlyMap<string, readonly ColumnShape[]> | null = null

const readShapes = (): ReadonlyMap<string, readonly ColumnShape[]> => {
  const found = new Map<string, ColumnShape[]>()
  for (const statement of portableStatements()) {
    const [, made, definitions = ''] = /^CREATE (?:HYBRID )?TABLE IF NOT EXISTS (\w+) \(([\s\S]*)\)$/i.exec(statement) ?? []
    if (made !== undefined)
      found.set(
        made,
        definitions
          .replace(/\([^)]*,[^)]*\)/g, '')
          .split(',')
          .flatMap(columnOf),
      )
    const [, altered, added = ''] = /^ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS ([\s\S]*)$/i.exec(statement) ?? []
    if (altered !== undefined) found.get(altered)?.push(...columnOf(added))
  }
  return found
}

const COLUMN =
  /^\s*(\w+) (VARCHAR|INTEGER|BIGINT|DOUBLE PRECISION|BOOLEAN|TIMESTAMP_NTZ|VARIANT)(?:\((\d+)\))?(?: DEFAULT (\w+))?( NOT NULL)?\s*$/i

const TYPES: Readonly<Record<string, ColumnShape['type']>> = {
  VARCHAR: 'TEXT',
  INTEGER: 'INTEGER',
  BIGINT: 'BIGINT',
  'DOUBLE PRECISION': 'DOUBLE',
  BOOLEAN: 'FLAG',
  TIMESTAMP_NTZ: 'MOMENT',
  VARIANT: 'JSON',
}

/** None for what is a key or an index. */
const columnOf = (definition: string): ColumnShape[] => {
  const [, name, type, most, fallback, required] = COLUMN.exec(definition) ?? []
  if (name === undefined || type === undefined) return []
  return [
    {
      name,
      type: TYPES[type.toUpperCase()] as ColumnShape['type'],
      most: most === undefined ? LONGEST_TEXT : Number(most),
      isRequired: required !== undefined,
      fallback: fallback ?? null,
    },
  ]
}

/** Of a text without a bound of its own; Snowflake takes 16 MB. */
const LONGEST_TEXT = 1_000_000
