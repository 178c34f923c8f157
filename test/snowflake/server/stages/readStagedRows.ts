import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { SnowflakeError } from '../sql/translation.ts'
import { csvFormat, readCsv } from './readCsv.ts'
import type { StagedFile } from './stageFolder.ts'

/** A column that a COPY fills. */
export interface TargetColumn {
  /** As PostgreSQL has it. */
  readonly name: string
  readonly type: string
}

/** Values for the target's columns, in their order. */
export type StagedRows = readonly (readonly (string | null)[])[]

const unzip = promisify(gunzip)

/** @throws SnowflakeError a file that does not read as its format */
export const readStagedRows = async (
  file: StagedFile,
  format: Readonly<Record<string, string>>,
  columns: readonly TargetColumn[],
  selected: readonly number[] | null,
): Promise<StagedRows> => {
  const bytes = await readFile(file.location)
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  const text = (isZipped ? await unzip(bytes) : bytes).toString('utf8')
  return (format['TYPE'] ?? 'CSV').toUpperCase() === 'JSON'
    ? readJson(text, format, columns, file)
    : readFields(text, format, columns, selected)
}

const readFields = (
  text: string,
  format: Readonly<Record<string, string>>,
  columns: readonly TargetColumn[],
  selected: readonly number[] | null,
): StagedRows => {
  const rows = readCsv(text, csvFormat(format))
  // A query takes what it names: a column that a line does not have is NULL.
  if (selected !== null) return rows.map(row => columns.map((_, at) => row[selected[at] as number] ?? null))
  const mayDiffer = (format['ERROR_ON_COLUMN_COUNT_MISMATCH'] ?? 'TRUE').toUpperCase() === 'FALSE'
  const wrong = mayDiffer ? undefined : rows.find(row => row.length !== columns.length)
  if (wrong !== undefined) {
    throw new SnowflakeError(
      '100080',
      '22000',
      `Number of columns in file (${wrong.length}) does not match that of the corresponding table (${columns.length}), use file format option error_on_column_count_mismatch=false to ignore this error`,
    )
  }
  return rows.map(row => columns.map((_, at) => row[at] ?? null))
}

/** One value a line, or with STRIP_OUTER_ARRAY one array: into columns by their names, or whole into the only column. */
const readJson = (
  text: string,
  format: Readonly<Record<string, string>>,
  columns: readonly TargetColumn[],
  file: StagedFile,
): StagedRows => {
  const values = parseValues(text, (format['STRIP_OUTER_ARRAY'] ?? 'FALSE').toUpperCase() === 'TRUE', file)
  if ((format['MATCH_BY_COLUMN_NAME'] ?? 'NONE').toUpperCase() === 'NONE') {
    if (columns.length !== 1)
      throw new SnowflakeError(
        '002019',
        '0A000',
        'SQL compilation error:\nJSON file format can produce one and only one column of variant, object, or array type.',
      )
    return values.map(value => [JSON.stringify(value)])
  }
  return values.map(value => {
    const byName = new Map(Object.entries(value as Readonly<Record<string, unknown>>).map(([name, cell]) => [name.toUpperCase(), cell]))
    return columns.map(({ name }) => asText(byName.get(name.toUpperCase())))
  })
}

const asText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const parseValues = (text: string, isArray: boolean, file: StagedFile): readonly unknown[] => {
  try {
    if (isArray) return JSON.parse(text) as readonly unknown[]
    return text
      .split('\n')
      .filter(line => line.trim() !== '')
      .map(line => JSON.parse(line) as unknown)
  } catch (error) {
    throw new SnowflakeError('100069', '22P02', `Error parsing JSON in file ${file.name}: ${(error as Error).message}`)
  }
}
