import { foldName, type Target } from '@flakebench/contract'

/** A table as Snowflake keeps its name. */
export interface SnowflakeTable {
  readonly database: string
  readonly schema: string
  readonly table: string
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const qualifiedName = ({ database, schema, table }: SnowflakeTable): string => [database, schema, table].map(quoteName).join('.')

/** A text in SQL: Snowflake reads backslashes as escapes. */
export const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/**
 * A pattern of SHOW … LIKE that this text matches, and little else does: nobody says whether it knows an escape, so `_` stands for a backslash, and what
 * it finds is to be compared. Cases are not told apart.
 */
export const likePattern = (text: string): string => quoteText(text.replaceAll('\\', '_'))

const PLAIN = /^[A-Z_][A-Z0-9_$]*$/

/** As sign-in and USE take it: what is not plain in quotes. */
export const asIdentifier = (name: string): string => (PLAIN.test(name) ? name : quoteName(name))

const spellings = (name: string): string[] => [...new Set([name, foldName(name)])]

/** Where the target's table may be: names as they stand first, then as Snowflake keeps names that were written without quotes. */
export const placesOf = ({ database, schema }: Pick<Target, 'database' | 'schema'>): { database: string; schema: string }[] =>
  spellings(database ?? '').flatMap(d => spellings(schema).map(s => ({ database: d, schema: s })))

/** Of those that are there, the one that is meant. */
export const meantName = (wanted: string, there: readonly string[]): string | null =>
  spellings(wanted).find(name => there.includes(name)) ?? null
