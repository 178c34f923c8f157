import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { needlessRules } from '../access/guardSchema.ts'
import { buildApiSchema, printSdl } from './schema.ts'

/** Fails when schema.graphql at the root is not what the server serves. */
const committed = readFileSync(fileURLToPath(new URL('../../../schema.graphql', import.meta.url)), 'utf8')
const schema = await buildApiSchema()
if (committed !== printSdl(schema)) {
  process.stderr.write('schema.graphql is not what the server serves: run "pnpm sdl" and commit it.\n')
  process.exit(1)
}
const needless = needlessRules(schema)
if (needless.length > 0) {
  process.stderr.write(`access/rules.ts has rules for fields that are not there: ${needless.join(', ')}\n`)
  process.exit(1)
}
