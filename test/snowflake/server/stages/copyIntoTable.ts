import { cancellable, settingsOf } from '../execution/runOnPostgres.ts'
import type { Service } from '../execution/service.ts'
import type { Statement } from '../execution/statement.ts'
import { inTransaction } from '../execution/transactions.ts'
import type { Backend } from '../sessions/backend.ts'
import { SnowflakeError, STATEMENT_TYPE, type TableName, type Translation } from '../sql/translation.ts'
import type { Answer, Row } from '../wire/answer.ts'
import { toSnowflakeError } from '../wire/errorCodes.ts'
import { column } from '../wire/rowtype.ts'
import { namedStage } from './namedStage.ts'
import { readStagedRows, type StagedRows, type TargetColumn } from './readStagedRows.ts'
import type { StagedFile } from './stageFolder.ts'

type Copy = Extract<Translation, { type: 'COPY' }>

/** What became of one file. */
interface Loaded {
  readonly file: StagedFile
  readonly parsed: number
  readonly loaded: number
  readonly errors: readonly { readonly message: string; readonly line: number }[]
}

const COLUMNS = [
  column('file', 'text'),
  column('status', 'text'),
  column('rows_parsed', 'fixed'),
  column('rows_loaded', 'fixed'),
  column('error_limit', 'fixed'),
  column('errors_seen', 'fixed'),
  column('first_error', 'text'),
  column('first_error_line', 'fixed'),
  column('first_error_character', 'fixed'),
  column('first_error_column_name', 'text'),
]
const NOTHING = [column('status', 'text')]

/** COPY INTO: all files or, without ON_ERROR, none. What was loaded once is left out, unless FORCE is set. */
export const copyIntoTable = async (service: Service, statement: Statement, copy: Copy): Promise<Answer> => {
  const files = await service.stages.list(await namedStage(service, statement.session, copy.stage), copy.path)
  const table = `${quote(copy.table.schema)}.${quote(copy.table.table)}`
  const before = service.stages.loaded.get(table) ?? new Set()
  const isForced = copy.format['FORCE']?.toUpperCase() === 'TRUE'
  const wanted = files.filter(file => isForced || !before.has(stamp(file)))
  if (wanted.length === 0)
    return { columns: NOTHING, rows: [['Copy executed with 0 files processed.']], statementTypeId: STATEMENT_TYPE.COPY }
  const loaded = await cancellable(service, statement, async () => {
    const { backend } = statement.session
    await backend.apply(settingsOf(service, statement, [copy.table]))
    return await inTransaction(service, statement, true, async () => {
      const columns = await targetColumns(backend, copy.table, copy.columns)
      if (copy.selected !== null && copy.selected.length !== columns.length)
        throw new SnowflakeError('001007', '22023', 'SQL compilation error:\nInsert value list does not match column list')
      const done: Loaded[] = []
      for (const file of wanted) done.push(await loadFile(statement, copy, table, file, columns))
      return done
    })
  })
  service.stages.loaded.set(table, new Set([...before, ...loaded.filter(one => one.errors.length === 0).map(one => stamp(one.file))]))
  if (copy.purge) for (const { file } of loaded) await service.stages.remove(file)
  return {
    columns: COLUMNS,
    rows: loaded.map(describe),
    statementTypeId: STATEMENT_TYPE.COPY,
    rowsProduced: loaded.reduce((sum, one) => sum + one.loaded, 0),
  }
}

const stamp = (file: StagedFile): string => `${file.name}\0${file.size}\0${file.modifiedAt.getTime()}`
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

const describe = ({ file, parsed, loaded, errors }: Loaded): Row => {
  const first = errors[0]
  const status = first === undefined ? 'LOADED' : loaded === 0 ? 'LOAD_FAILED' : 'PARTIALLY_LOADED'
  return [
    file.name,
    status,
    String(parsed),
    String(loaded),
    String(first === undefined ? 1 : parsed),
    String(errors.length),
    first?.message ?? null,
    first === undefined ? null : String(first.line),
    null,
    null,
  ]
}

const TARGET_COLUMNS = `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`

const targetColumns = async (
  backend: Backend,
  { schema, table }: TableName,
  names: readonly string[] | null,
): Promise<readonly TargetColumn[]> => {
  const { rows } = await backend.query(TARGET_COLUMNS, [`${quote(schema)}.${quote(table)}`])
  const all = rows.map(([name, type]) => ({ name: name ?? '', type: type ?? '' }))
  if (all.length === 0)
    throw new SnowflakeError('002003', '42S02', `SQL compilation error:\nTable '${table.toUpperCase()}' does not exist or not authorized.`)
  return (names ?? all.map(one => one.name)).map(name => {
    const found = all.find(one => one.name === name)
    if (found === undefined)
      throw new SnowflakeError('000904', '42000', `SQL compilation error:\ninvalid identifier '${name.toUpperCase()}'`)
    return found
  })
}

const BATCH_ROWS = 5000

const loadFile = async (
  statement: Statement,
  copy: Copy,
  table: string,
  file: StagedFile,
  columns: readonly TargetColumn[],
): Promise<Loaded> => {
  const { backend } = statement.session
  const rows = await readStagedRows(file, copy.format, columns, copy.selected)
  const onError = copy.onError.toUpperCase()
  const insert = insertText(table, columns)
  if (onError !== 'ABORT_STATEMENT') await backend.run('SAVEPOINT file')
  try {
    for (let from = 0; from < rows.length; from += BATCH_ROWS) {
      statement.cancellation.check()
      await insertRows(backend, insert, rows.slice(from, from + BATCH_ROWS), columns)
    }
    return { file, parsed: rows.length, loaded: rows.length, errors: [] }
  } catch (error) {
    if (onError === 'ABORT_STATEMENT' || statement.cancellation.reason !== null) throw error
    await backend.run('ROLLBACK TO SAVEPOINT file')
    backend.forgetSettings()
    if (onError === 'CONTINUE') return await loadRowByRow(statement, insert, file, rows, columns)
    return { file, parsed: rows.length, loaded: 0, errors: [{ message: toSnowflakeError(error).message, line: 1 }] }
  }
}

const loadRowByRow = async (
  statement: Statement,
  insert: string,
  file: StagedFile,
  rows: StagedRows,
  columns: readonly TargetColumn[],
): Promise<Loaded> => {
  const { backend } = statement.session
  const errors: { message: string; line: number }[] = []
  for (const [at, row] of rows.entries()) {
    statement.cancellation.check()
    await backend.run('SAVEPOINT line')
    try {
      await insertRows(backend, insert, [row], columns)
      await backend.run('RELEASE SAVEPOINT line')
    } catch (error) {
      await backend.run('ROLLBACK TO SAVEPOINT line')
      errors.push({ message: toSnowflakeError(error).message, line: at + 1 })
    }
  }
  return { file, parsed: rows.length, loaded: rows.length - errors.length, errors }
}

const insertText = (table: string, columns: readonly TargetColumn[]): string => {
  const cells = columns.map((_, at) => `c${at}`)
  const arrays = columns.map((_, at) => `$${at + 1}::text[]`)
  const casts = columns.map(({ type }, at) => `file.c${at}::${type}`)
  return `INSERT INTO ${table} (${columns.map(({ name }) => quote(name)).join(', ')}) SELECT ${casts.join(', ')} FROM unnest(${arrays.join(', ')}) AS file(${cells.join(', ')})`
}

const insertRows = async (backend: Backend, insert: string, rows: StagedRows, columns: readonly TargetColumn[]): Promise<void> => {
  await backend.query(
    insert,
    columns.map((_, at) => rows.map(row => row[at] ?? null)),
  )
}
