import { inject } from 'vitest'

/** Addresses of the two servers that all tests of a run share, as their superuser, on database `postgres`. */
export interface SharedClusters {
  /** For control databases: see freshControlDatabase. */
  readonly controlAdminUrl: string
  /** For systems under test: see freshSutDatabase. Durable as PostgreSQL is by default. */
  readonly sutAdminUrl: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly sharedClusters: SharedClusters
  }
}

/** The servers that globalSetup.ts has started. */
export const sharedClusters = (): SharedClusters => inject('sharedClusters')

/** Databases of tests are named so; one that is left at the end of a run fails it. */
export const TEST_DATABASE_PREFIX = 'for_test_'
