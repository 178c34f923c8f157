import type { TableType } from '../enums.ts'
import type { SqlDialect, SqlReading } from './readSql.ts'
import { readSql } from './readSql.ts'

/** What a statement is there for: READ and WRITE leave the choice of statement open, INSERT and UPDATE do not. */
export type SqlUse = 'READ' | 'WRITE' | 'INSERT' | 'UPDATE'

const WRITING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'REPLACE', 'COPY', 'CALL', 'DO', 'PUT'])
const DEFINING = new Set([
  'CREATE',
  'ALTER',
  'DROP',
  'UNDROP',
  'TRUNCATE',
  'RENAME',
  'COMMENT',
  'GRANT',
  'REVOKE',
  'REINDEX',
  'CLUSTER',
  'VACUUM',
])
const SESSION = new Set(
  ['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE', 'LOCK', 'SET', 'UNSET', 'RESET', 'USE'].concat([
    'LISTEN',
    'UNLISTEN',
    'NOTIFY',
    'PREPARE',
    'EXECUTE',
    'DEALLOCATE',
    'DECLARE',
    'DISCARD',
    'CLOSE',
    'FETCH',
  ]),
)
const MAIN = new Set(['SELECT', 'VALUES', 'TABLE', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])

export const dialectOf = (tableType: TableType): SqlDialect => (tableType === 'POSTGRES' ? 'postgres' : 'snowflake')

/** What is wrong with a statement for its use, to be read after the name of its field; null if nothing is. */
export const sqlProblem = (sql: string, dialect: SqlDialect, use: SqlUse): string | null => {
  const reading = readSql(sql, dialect)
  const first = reading.words[0]?.text
  if (reading.unclosed !== null) return `opens ${reading.unclosed} that it does not close`
  if (first === undefined) return 'must hold a statement'
  if (reading.statements > 1) return `must be one statement; it holds ${reading.statements}`
  if (DEFINING.has(first)) return `must not define, change or clear objects; it starts with ${first}`
  if (SESSION.has(first)) return `must not steer transactions or the session; it starts with ${first}`
  if (reading.style === 'MIXED') return 'must mark its values with either ? or $1, $2, …; it uses both'
  if (use === 'INSERT' || use === 'UPDATE') return first === use ? null : `must start with ${use}; it starts with ${first}`
  if (use === 'READ') {
    const verb = WRITING.has(first) ? first : writingPart(reading)
    if (verb !== null) return verb === first ? `must only read; it starts with ${verb}` : `must only read; it holds ${verb}`
    if (reading.words.some(({ text, isName }) => text === 'INTO' && !isName)) return 'must only read; INTO makes a table of what it reads'
  }
  return null
}

const READING = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC'])

/** Whether a statement changes nothing, as far as its words show: what functions do that it calls is not seen. */
export const isPlainRead = (sql: string, dialect: SqlDialect): boolean =>
  READING.has(readSql(sql, dialect).words[0]?.text ?? '') && sqlProblem(sql, dialect, 'READ') === null

/** The writing verb behind a WITH or EXPLAIN (which executes when it analyses): of one of its parts, or of the statement itself. */
const writingPart = ({ words }: SqlReading): string | null => {
  if (words[0]?.text !== 'WITH' && words[0]?.text !== 'EXPLAIN') return null
  const main = words.find(word => word.depth === 0 && MAIN.has(word.text))
  const verb = [main, ...words.filter(word => word.opens)].find(word => word !== undefined && WRITING.has(word.text))
  return verb?.text ?? null
}
