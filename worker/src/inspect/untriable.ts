import { readSql, type SqlDialect } from '@flakebench/contract'

/** What PostgreSQL does at once, in a transaction or not. */
const AT_ONCE = new Set(['COPY', 'LOAD', 'CHECKPOINT'])
/** What Snowflake takes back, or what changes nothing: anything else may commit, or move files. */
const UNDONE = new Set([
  ...['SELECT', 'WITH', 'VALUES', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN'],
  ...['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'CALL'],
])

const IS_UNDONE: Readonly<Record<SqlDialect, (first: string) => boolean>> = {
  postgres: first => !AT_ONCE.has(first),
  snowflake: first => UNDONE.has(first),
}

/**
 * Why a statement is not executed only to look at it, in one sentence; null: it is. Procedures and functions may do more than a transaction takes back,
 * which cannot be seen from here. @param title as it stands in messages
 */
export const untriable = (sql: string, dialect: SqlDialect, title: string): string | null => {
  const first = readSql(sql, dialect).words[0]?.text ?? ''
  return IS_UNDONE[dialect](first)
    ? null
    : `The ${title} cannot be tried: it starts with ${first}, and what that does may not be undone. A run sends it as it stands`
}
