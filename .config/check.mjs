// All that CI runs, one line each; goes on after a failure, and ends with `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const results = `${root}/test/output/results.json`

const checks = [
  ['Build: worker, server, store', ['pnpm', ['run', 'build:node']]],
  ['SDL: schema.graphql is what the server serves', ['node', ['server/dist/api/checkSdl.js']]],
  ['Types: console', ['pnpm', ['--filter', '@flakebench/client', 'types']]],
  ['Build: console', ['pnpm', ['--filter', '@flakebench/client', 'build']]],
  ['Types: tests', ['pnpm', ['exec', 'tsc', '--noEmit', '-p', 'test/tsconfig.json']]],
  ['Lint and format', ['pnpm', ['run', 'lint']]],
  ['Import rules', ['pnpm', ['run', 'deps']]],
]

let passed = 0
let failed = 0
let skipped = 0
for (const [name, [command, args]] of checks) {
  const started = Date.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  const ok = status === 0 && error === undefined
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (!ok) console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  if (ok) passed += 1
  else failed += 1
}

rmSync(results, { force: true })
const vitest = spawnSync('pnpm', ['--filter', '@flakebench/test', 'test'], { cwd: root, stdio: 'inherit' })
if (existsSync(results)) {
  const report = JSON.parse(readFileSync(results, 'utf8'))
  passed += report.numPassedTests
  failed += report.numFailedTests
  skipped += report.numPendingTests + report.numTodoTests
  // A file that could not even be read holds no failed test, but is a failure.
  failed += report.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.every(one => one.status !== 'failed'),
  ).length
} else failed += 1
// An error outside any test makes vitest fail while every test passed.
if (vitest.status !== 0 && failed === 0) failed += 1

console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed === 0 ? 0 : 1)
