import { SnowflakeError, swapCase } from '../sql/translation.ts'

/** The fields of a PostgreSQL error that a refusal is made of. */
export interface PostgresFailure {
  readonly code?: string
  readonly message: string
  readonly detail?: string
  readonly schema?: string
  readonly table?: string
  readonly column?: string
  readonly constraint?: string
}

interface Twin {
  readonly code: string
  readonly sqlState: string
  readonly text: (failure: PostgresFailure) => string
}

const twin = (code: string, sqlState: string, text: string | ((failure: PostgresFailure) => string)): Twin => ({
  code,
  sqlState,
  text: typeof text === 'string' ? () => text : text,
})
const compilation = (text: string): string => `SQL compilation error:\n${text}`
const plain = (failure: PostgresFailure): string => failure.message
const quoted = (failure: PostgresFailure): string => (/"([^"]+)"/.exec(failure.message)?.[1] ?? failure.message).toUpperCase()
const primaryKey = (failure: PostgresFailure): string =>
  failure.constraint?.endsWith('_pkey') === true
    ? `A primary key already exists. (${failure.constraint})`
    : `Duplicate key value violates unique constraint ${failure.constraint ?? ''}`

/**
 * What Snowflake says where PostgreSQL says this. Codes marked "guess" were never seen on an account: rely on the class of the SQLSTATE there.
 * Source: Snowflake's documentation and public issue threads.
 */
const TWINS: Readonly<Record<string, Twin>> = {
  '23505': twin('200001', '22000', primaryKey),
  // guess: the code
  '23503': twin('200003', '23001', failure => `Foreign key constraint ${failure.constraint ?? ''} is violated.`),
  '23502': twin('100072', '22000', failure => `NULL result in a non-nullable column ${failure.column?.toUpperCase() ?? ''}`.trimEnd()),
  '42601': twin('001003', '42000', failure => compilation(failure.message)),
  '42703': twin('000904', '42000', failure => compilation(`error line 1 at position 0\ninvalid identifier '${quoted(failure)}'`)),
  '42702': twin('000904', '42000', failure => compilation(`ambiguous column name '${quoted(failure)}'`)),
  '42P01': twin('002003', '42S02', failure => compilation(`Object '${quoted(failure)}' does not exist or not authorized.`)),
  '3F000': twin('002003', '02000', failure => compilation(`Schema '${quoted(failure)}' does not exist or not authorized.`)),
  '3D000': twin('002043', '02000', compilation('Object does not exist, or operation cannot be performed.')),
  '42P07': twin('002002', '42710', failure => compilation(`Object '${quoted(failure)}' already exists.`)),
  '42P06': twin('002002', '42710', failure => compilation(`Object '${quoted(failure)}' already exists.`)),
  '42710': twin('002002', '42710', failure => compilation(`Object '${quoted(failure)}' already exists.`)),
  '42701': twin('001417', '42000', failure => compilation(`column '${quoted(failure)}' already exists`)),
  '42501': twin('003001', '42501', () => 'SQL access control error:\nInsufficient privileges to operate on this object'),
  '42883': twin('002140', '42601', failure => compilation(`Unknown function: ${failure.message}`)),
  '42803': twin('000979', '42601', failure => compilation(`${failure.message} (not a valid group by expression)`)),
  '42804': twin('002023', '22000', failure => compilation(`Expression type does not match column data type: ${failure.message}`)),
  '42P10': twin('001003', '42000', failure => compilation(failure.message)),
  // A cancellation whose reason is not known here: someone ended the statement in PostgreSQL itself.
  '57014': twin('000604', '57014', 'SQL execution canceled'),
  '55P03': twin(
    '000625',
    '57014',
    failure => `Statement has locked table ${quoted(failure)} in another transaction and this lock has not yet been released.`,
  ),
  // guess: the code
  '40P01': twin('200005', '40001', 'Your statement was aborted because of a deadlock.'),
  '40001': twin('200005', '40001', plain),
  '22P02': twin('100038', '22018', failure => `Value is not recognized: ${failure.message}`),
  '22003': twin('100132', '22003', failure => `Number out of representable range: ${failure.message}`),
  '22012': twin('100051', '22012', 'Division by zero'),
  '22001': twin('100078', '22000', failure => `String is too long and would be truncated: ${failure.message}`),
  '22007': twin('100035', '22007', failure => `Timestamp is not recognized: ${failure.message}`),
  '22008': twin('100035', '22007', failure => `Timestamp is not recognized: ${failure.message}`),
  '22023': twin('100069', '22P02', failure => `Invalid argument: ${failure.message}`),
  '21000': twin('090150', '22000', failure =>
    failure.message.includes('MERGE') ? 'Duplicate row detected during DML action' : 'Single-row subquery returns more than one row.',
  ),
  // guess: the code
  '25P02': twin('000629', '25000', 'The transaction was aborted by an error; roll it back.'),
  // guess: the code
  '2BP01': twin('002037', '42000', failure => compilation(failure.message)),
}

/** By the first two characters, for what is not in `TWINS`. */
const CLASSES: Readonly<Record<string, Twin>> = {
  '22': twin('100038', '22018', plain),
  '23': twin('200001', '22000', plain),
  '42': twin('001003', '42000', failure => compilation(failure.message)),
}
const INTERNAL = twin('000603', 'XX000', failure => `SQL execution internal error: ${failure.message}`)

/** Two sessions that create the same thing at once, IF NOT EXISTS or not, meet in PostgreSQL's own tables, or in the record of kinds. */
const isCatalog = ({ schema }: PostgresFailure): boolean => schema === 'pg_catalog' || schema === 'flakebench_wire'
const keyOf = ({ detail = '' }: PostgresFailure): string => swapCase(/\)=\(([^,)]*)/.exec(detail)?.[1] ?? '')

/** Anything that was thrown while a statement ran, in Snowflake's words. */
export const toSnowflakeError = (error: unknown): SnowflakeError => {
  if (error instanceof SnowflakeError) return error
  if (isConnectionLoss(error)) return sessionGone()
  const failure: PostgresFailure = error instanceof Error ? error : { message: String(error) }
  const state = failure.code ?? ''
  if (state === '23505' && isCatalog(failure))
    return new SnowflakeError('002002', '42710', compilation(`Object '${keyOf(failure)}' already exists.`))
  const found = TWINS[state] ?? CLASSES[state.slice(0, 2)] ?? INTERNAL
  return new SnowflakeError(found.code, found.sqlState, found.text(failure))
}

/** Of a session that was ended while its statement waited or ran. */
export const sessionGone = (): SnowflakeError =>
  new SnowflakeError('390111', '08003', 'Session no longer exists. New login required to access the service.')

/** PostgreSQL has closed the connection, or it broke: the session is over. */
const isConnectionLoss = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string')
    return code === '57P01' || code === '57P02' || code === '57P03' || code.startsWith('08') || code.startsWith('ECONN') || code === 'EPIPE'
  return (
    error instanceof Error && /^(Connection terminated|Client has encountered a connection error|Client was closed)/.test(error.message)
  )
}
