import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'

/** Addresses of the two servers that all tests of a run share, as their superuser, on database `postgres`. */
export interface SharedClusters {
  /** For control databases: see freshControlDatabase. */
  readonly controlAdminUrl: string
  /** The file that it writes its log to: statements that fail, and all of databases that want it so. */
  readonly controlLog: string
  /** A database there that holds the control tables as Snowflake's protocol left them: copied for each test that wants one. */
  readonly wireTemplate: string
  /** For systems under test: see freshSutDatabase. Durable as PostgreSQL is by default. */
  readonly sutAdminUrl: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly sharedClusters: SharedClusters
    /** Where the control tables of this project's tests are. */
    readonly controlPlace: 'POSTGRES' | 'WIRE_SERVER' | 'ACCOUNT'
    /** Empty: there is none. */
    readonly snowflakeAccountUrl: string
  }
}

/** The servers that globalSetup.ts has started. */
export const sharedClusters = (): SharedClusters => inject('sharedClusters')

/** Databases of tests are named so; one that is left at the end of a run fails it. */
export const TEST_DATABASE_PREFIX = 'for_test_'

export const newDatabaseName = (): string => `${TEST_DATABASE_PREFIX}${randomBytes(6).toString('hex')}`

/** Another database of the same server. */
export const withDatabase = (adminUrl: string, name: string): string => {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}
