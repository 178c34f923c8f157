import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildApiSchema, printSdl } from './schema.ts'

/** Writes schema.graphql at the root: run after a change of the API (`pnpm sdl`); a check compares the two. */
writeFileSync(fileURLToPath(new URL('../../../schema.graphql', import.meta.url)), printSdl(await buildApiSchema()))
