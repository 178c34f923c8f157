import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildApiSchema, printSdl } from './schema.ts'

/** Fails when schema.graphql at the root is not what the server serves. */
const committed = readFileSync(fileURLToPath(new URL('../../../schema.graphql', import.meta.url)), 'utf8')
if (committed !== printSdl(await buildApiSchema())) {
  process.stderr.write('schema.graphql is not what the server serves: run "pnpm sdl" and commit it.\n')
  process.exit(1)
}
