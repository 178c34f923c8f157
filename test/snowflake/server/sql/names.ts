import { isName, isSymbol, type Node } from './nodes.ts'
import { syntaxError } from './tokens.ts'
import { postgresSchema, type SessionView, SnowflakeError, swapCase, type TableName } from './translation.ts'

/** Words that PostgreSQL reserves and Snowflake does not: quoted, they are names in PostgreSQL too. */
const RESERVED_BY_POSTGRES = new Set(
  'analyse analyze array asymmetric authorization binary both collate collation concurrently deferrable do end freeze initially isnull leading notnull only overlaps placing session_user symmetric trailing user variadic verbose window'.split(
    ' ',
  ),
)

/** A name as PostgreSQL has it, in quotes where it must be. */
export const quoteName = (postgresName: string): string =>
  /^[a-z_][a-z0-9_$]*$/.test(postgresName) && !RESERVED_BY_POSTGRES.has(postgresName)
    ? postgresName
    : `"${postgresName.replaceAll('"', '""')}"`

/** Snowflake's name in PostgreSQL's text. */
export const toPostgresName = (name: string): string => quoteName(swapCase(name))

export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A name of one part or more, and the index after it. `DB..T` stands for DB.PUBLIC.T. */
export const readName = (sql: string, nodes: readonly Node[], at: number): { parts: string[]; next: number } => {
  const first = nodes[at]
  if (!isName(first)) throw syntaxError(sql, first?.at ?? sql.length, first === undefined ? '<EOF>' : sql.slice(first.at, first.end))
  const parts = [first.value]
  let next = at + 1
  while (isSymbol(nodes[next], '.')) {
    const part = nodes[next + 1]
    if (isSymbol(part, '.')) {
      parts.push('PUBLIC')
      next += 1
    } else if (isName(part)) {
      parts.push(part.value)
      next += 2
    } else break
  }
  return { parts, next }
}

/** @throws when the session has no database or schema to complete the name with */
export const completeSchema = (session: SessionView, parts: readonly string[]): { database: string; schema: string } => {
  const schema = parts.at(-1) ?? session.schema
  const database = parts.at(-2) ?? session.database
  if (database === null)
    throw new SnowflakeError(
      '090105',
      '22000',
      "Cannot perform operation. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.",
    )
  if (schema === null)
    throw new SnowflakeError(
      '090106',
      '22000',
      "Cannot perform operation. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name.",
    )
  return { database, schema }
}

export const completeTable = (session: SessionView, parts: readonly string[]): TableName => {
  const { database, schema } = completeSchema(session, parts.slice(0, -1))
  return { schema: postgresSchema(database, schema), table: swapCase(parts.at(-1) as string) }
}

/** The table in PostgreSQL's text; always with its schema, so that nothing depends on the search path. */
export const tableText = (name: TableName): string => `"${name.schema.replaceAll('"', '""')}".${quoteName(name.table)}`

/** The table as Snowflake names it in its answers. */
export const shownTable = (name: TableName): string => swapCase(name.table)
