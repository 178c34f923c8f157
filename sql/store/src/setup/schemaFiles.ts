import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** sql/schema, seen from sql/store/src/setup and from sql/store/dist/setup alike. */
const SCHEMA_FOLDER = fileURLToPath(new URL('../../../schema/', import.meta.url))

/** The statements of the numbered files of sql/schema, in order. */
export const portableStatements = (): string[] => filesOf(SCHEMA_FOLDER).flatMap(file => splitStatements(readFileSync(file, 'utf8')))

/** The blocks of sql/schema/postgres that come before the portable statements: what PostgreSQL lacks of the shared subset. */
export const postgresCompatStatements = (): string[] => postgresBlocks(/^0/)

/** The blocks of sql/schema/postgres that come after the portable statements: what only PostgreSQL has. */
export const postgresStatements = (): string[] => postgresBlocks(/^1/)

const postgresBlocks = (names: RegExp): string[] =>
  filesOf(join(SCHEMA_FOLDER, 'postgres'))
    .filter(file => names.test(basename(file)))
    .flatMap(file => readFileSync(file, 'utf8').split(/^--;$/m))
    .map(withoutComments)
    .filter(block => block !== '')

/** The statements of the numbered files of sql/schema/snowflake: what only Snowflake has. The others there are for an administrator. */
export const snowflakeStatements = (): string[] =>
  filesOf(join(SCHEMA_FOLDER, 'snowflake'))
    .filter(file => /^\d/.test(basename(file)))
    .flatMap(file => splitStatements(readFileSync(file, 'utf8')))

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.sql'))
    .sort()
    .map(name => join(folder, name))

const withoutComments = (sql: string): string =>
  sql
    .split('\n')
    .filter(line => !/^\s*--/.test(line))
    .join('\n')
    .trim()

const splitStatements = (sql: string): string[] =>
  withoutComments(sql)
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement !== '')

/**
 * A portable CREATE statement for PostgreSQL: without the word HYBRID, and with inline INDEX lines (which only hybrid tables know) as statements of
 * their own.
 */
export const forPostgres = (statement: string): string[] => {
  const plain = statement.replace(/^CREATE HYBRID TABLE/i, 'CREATE TABLE')
  const table = /^CREATE TABLE IF NOT EXISTS (\w+)/i.exec(plain)?.[1]
  if (table === undefined) return [plain]
  const indexes: string[] = []
  const body = plain.replace(/,\s*INDEX (\w+) (\([^)]*\))/gi, (_, name: string, columns: string) => {
    indexes.push(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} ${columns}`)
    return ''
  })
  return [body, ...indexes]
}

/** The columns of each control table, from the files. */
export const tableColumns = (): ReadonlyMap<string, readonly string[]> => {
  const tables = new Map<string, readonly string[]>()
  for (const statement of portableStatements()) {
    const [, made, definitions = ''] = /^CREATE (?:HYBRID )?TABLE IF NOT EXISTS (\w+) \(([\s\S]*)\)$/i.exec(statement) ?? []
    if (made !== undefined) tables.set(made, columnsOf(definitions))
    const [, altered, added] = /^ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+)/i.exec(statement) ?? []
    if (altered !== undefined && added !== undefined) tables.set(altered, [...(tables.get(altered) ?? []), added])
  }
  return tables
}

/** What is between commas that are in no brackets, but for what is no column. */
const columnsOf = (definitions: string): string[] =>
  definitions
    .replace(/\([^)]*\)/g, '')
    .split(',')
    .flatMap(definition => /^\s*(\w+)/.exec(definition)?.[1] ?? [])
    .filter(word => !/^(CONSTRAINT|INDEX|PRIMARY|UNIQUE)$/i.test(word))
