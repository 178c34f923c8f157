import { quoteText } from './names.ts'
import { type SessionView, SnowflakeError, swapCase } from './translation.ts'
import type { Work } from './work.ts'

/** The schema of functions that answer as Snowflake's INFORMATION_SCHEMA does, each for one database. */
export const INFORMATION = 'flakebench_information'

const VIEWS = new Set([
  'TABLES',
  'VIEWS',
  'COLUMNS',
  'SCHEMATA',
  'DATABASES',
  'TABLE_CONSTRAINTS',
  'INDEXES',
  'INDEX_COLUMNS',
  'STAGES',
  'HYBRID_TABLES',
])

/** INFORMATION_SCHEMA.X or DB.INFORMATION_SCHEMA.X; plain X when the session's schema is INFORMATION_SCHEMA. */
export const isInformationSchema = (parts: readonly string[], session: SessionView): boolean =>
  parts.length > 1 ? parts.at(-2) === 'INFORMATION_SCHEMA' : session.schema === 'INFORMATION_SCHEMA'

export const informationSchemaText = (parts: readonly string[], work: Work): string => {
  const name = parts.at(-1) as string
  const database = parts.at(-3) ?? work.session.database
  if (database === null)
    throw new SnowflakeError('090105', '22000', 'Cannot perform SELECT. This session does not have a current database.')
  if (!VIEWS.has(name)) {
    throw new SnowflakeError(
      '002003',
      '42S02',
      `SQL compilation error:\nObject '${database}.INFORMATION_SCHEMA.${name}' does not exist or not authorized (or this test server does not have it).`,
    )
  }
  return `${INFORMATION}.${name.toLowerCase()}(${quoteText(swapCase(database))})`
}
