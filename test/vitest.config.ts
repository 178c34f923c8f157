import { defineConfig } from 'vitest/config'

/** Real servers, processes and a browser share two cores: few files at once, and time enough. */
export default defineConfig({
  // Only the CommonJS build of graphql may be loaded: Vite and the packages would otherwise each load their own.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{pure,store,run,page,snowflake}/**/*.test.ts'],
    globalSetup: ['kit/globalSetup.ts'],
    provide: { controlPlace: 'POSTGRES', snowflakeAccountUrl: '' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', 'json'],
    outputFile: { json: 'output/results.json' },
  },
})
