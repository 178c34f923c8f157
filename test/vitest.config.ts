import { defineConfig } from 'vitest/config'
import { SideBySide } from './kit/sideBySide.ts'

const patience = { testTimeout: 150_000, hookTimeout: 180_000, teardownTimeout: 60_000 }
// Only the CommonJS build of graphql may be loaded: Vite and the packages would otherwise each load their own.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] }

/** A control database's address in a real account, in which the role may create schemas: opt-in, because it costs money. See test/snowflake/README.md. */
const ACCOUNT_URL = process.env['SNOWFLAKE_TEST_URL']

/** What needs nothing of what is behind the protocol. */
const onAccount = (snowflakeAccountUrl: string) => ({
  resolve,
  test: {
    name: 'account',
    include: [
      'store/{connections,heartbeats,insertRun,lease,listRuns,pools,results,snapshots,templates,transitionRun,warehouse}.test.ts',
      'snowflake/account/*.test.ts',
    ],
    provide: { controlPlace: 'ACCOUNT' as const, snowflakeAccountUrl },
    ...patience,
  },
})

/** Real servers, processes and a browser share two cores: few files at once, and time enough. */
export default defineConfig({
  test: {
    // Once for all projects.
    globalSetup: ['kit/globalSetup.ts'],
    teardownTimeout: 60_000,
    maxWorkers: 3,
    sequence: { sequencer: SideBySide },
    reporters: ['default', 'json'],
    outputFile: { json: 'output/results.json' },
    projects: [
      {
        // Nothing there keeps state: the modules are loaded once for all files.
        resolve,
        test: { name: 'pure', include: ['pure/**/*.test.ts'], isolate: false, ...patience },
      },
      {
        resolve,
        test: {
          name: 'postgres',
          setupFiles: ['kit/refuseFound.ts'],
          include: ['{store,run,page,snowflake}/**/*.test.ts'],
          exclude: ['snowflake/account/**', '**/*.wire.test.ts'],
          provide: { controlPlace: 'POSTGRES', snowflakeAccountUrl: '' },
          ...patience,
        },
      },
      {
        // The same suites, with the control tables on the other engine.
        resolve,
        test: {
          name: 'snowflake',
          setupFiles: ['kit/refuseFound.ts'],
          include: ['{store,run}/**/*.test.ts'],
          exclude: ['**/*.postgres.test.ts'],
          provide: { controlPlace: 'WIRE_SERVER', snowflakeAccountUrl: '' },
          ...patience,
        },
      },
      ...(ACCOUNT_URL === undefined ? [] : [onAccount(ACCOUNT_URL)]),
    ],
  },
})
