import { postgresSchema } from '../sql/translation.ts'

/** Where `prepareDatabase` puts what stands in for Snowflake's types and functions. */
const COMPAT_SEARCH_PATH = 'flakebench_compat, public'

/** For PostgreSQL: the session's schema before what every session needs. */
export const searchPath = (database: string | null, schema: string | null): string =>
  database === null || schema === null
    ? COMPAT_SEARCH_PATH
    : `"${postgresSchema(database, schema).replaceAll('"', '""')}", ${COMPAT_SEARCH_PATH}`
