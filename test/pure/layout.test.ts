import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as rules from '../kit/layoutRules.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Everything that is in the repository or about to be. */
const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter(path => path !== '' && existsSync(join(ROOT, path)))

const sources = paths
  .filter(path => /\.(ts|mts|vue|mjs|cjs|js|sql|css|html|json|yaml|md|graphql)$|^\.ci\//.test(path))
  .map(path => [path, readFileSync(join(ROOT, path), 'utf8')] as const)

const inAll = (rule: rules.FileRule): string[] => sources.flatMap(([path, text]) => rule(path, text))

describe('the repository', () => {
  it('is found by this test', () => {
    expect(paths).toContain('test/pure/layout.test.ts')
    expect(sources.length).toBeGreaterThan(150)
  })
  it('holds at its root what the design names, and nothing else', () => {
    expect(rules.checkRoot(paths)).toEqual([])
  })
  it('has no file over 300 lines', () => {
    expect(inAll(rules.checkLength)).toEqual([])
  })
  it('has no file or folder with a name that says nothing', () => {
    expect(paths.flatMap(path => rules.checkName(path, ''))).toEqual([])
  })
  it('has SQL only where SQL belongs', () => {
    expect(inAll(rules.checkSql)).toEqual([])
  })
  it('reads the environment only in config.ts', () => {
    expect(inAll(rules.checkEnvironment)).toEqual([])
  })
  it('has no clock, timer, randomness or I/O in the pure folders', () => {
    expect(inAll(rules.checkPurity)).toEqual([])
  })
  it('mocks nothing, and leaves no test out', () => {
    expect(inAll(rules.checkTests)).toEqual([])
  })
  it('is finished', () => {
    expect(inAll(rules.checkFinished)).toEqual([])
  })
})

interface Case {
  readonly rule: rules.FileRule
  readonly path: string
  readonly text: string
}
const planted = (rule: rules.FileRule, ...cases: readonly (readonly [path: string, text: string])[]): Case[] =>
  cases.map(([path, text]) => ({ rule, path, text }))
const lines = (n: number): string => 'x\n'.repeat(n)
const unfinished = ['TO', 'DO'].join('')

describe('the rules', () => {
  it('find what is missing at the root and what is too much', () => {
    const good = [
      'README.md',
      'client/x',
      'package.json',
      'pnpm-lock.yaml',
      'pnpm-workspace.yaml',
      'schema.graphql',
      'server/x',
      'sql/x',
      'test/x',
    ]
    expect(rules.checkRoot([...good, 'worker/x', '.ci/run', '.gitignore'])).toEqual([])
    expect(rules.checkRoot([...good, 'docs/x', 'Dockerfile'])).toEqual([
      'worker is missing at the root',
      'docs does not belong at the root',
      'Dockerfile does not belong at the root',
    ])
  })

  it.each([
    ...planted(rules.checkLength, ['a/x.ts', lines(301)], ['a/x.vue', lines(301)], ['a/x.sql', `${lines(300)}x`], ['a/x.css', lines(999)]),
    ...planted(
      rules.checkName,
      ['server/src/utils/x.ts', ''],
      ['a/helpers.ts', ''],
      ['common/a.ts', ''],
      ['a/Manager.vue', ''],
      ['a/runManager.ts', ''],
    ),
    ...planted(
      rules.checkSql,
      ['server/src/api/x.ts', "const a = 'SELECT 1 AS n'"],
      ['server/src/api/x.ts', 'const a = `\n  SELECT $' + '{columns} FROM t`'],
      ['server/src/demo/x.ts', "run('INSERT INTO t SELECT 1')"],
      ['worker/src/load/x.ts', "run('UPDATE orders SET a = 1')"],
      ['worker/src/load/x.ts', "run('DELETE FROM orders')"],
      ['sql/contract/src/x.ts', "run('CREATE HYBRID TABLE t (a int)')"],
      ['sql/contract/src/x.ts', "run('CREATE TABLE IF NOT EXISTS t (a int)')"],
      ['client/src/x.vue', '<script setup lang="ts">\nconst a = \'select a from t\'\n</script>'],
      ['server/src/x.ts', "run('GRANT SELECT ON t TO r')"],
    ),
    ...planted(
      rules.checkEnvironment,
      ['server/src/main.ts', "const a = process.env['A']"],
      ['server/src/main.ts', "const a = process['env'].A"],
      ['worker/src/x.ts', "import { env } from 'node:process'"],
      ['test/pure/x.test.ts', 'const { A } = process.env'],
      ['client/vite.config.mjs', 'const a = process.env.PORT'],
    ),
    ...planted(
      rules.checkPurity,
      ['server/src/decide/x.ts', 'const a = Date.now()'],
      ['server/src/decide/x.ts', 'const a = globalThis.performance.now()'],
      ['worker/src/pace/x.ts', 'const a = new Date()'],
      ['worker/src/measure/x.ts', 'const a = Math.random()'],
      ['sql/contract/src/template/x.ts', 'setTimeout(() => undefined, 1)'],
      ['sql/contract/src/x.ts', "import { readFileSync } from 'node:fs'"],
      ['server/src/decide/x.ts', "import { setTimeout as delay } from 'node:timers/promises'"],
    ),
    ...planted(
      rules.checkTests,
      ['test/pure/x.test.ts', "vi.mock('./a.ts')"],
      ['test/pure/x.test.ts', "it.only('does', () => undefined)"],
      ['test/pure/x.test.ts', "describe.skip('does', () => undefined)"],
      ['test/pure/x.test.ts', "it.each([1]).skip('does', () => undefined)"],
    ),
    ...planted(rules.checkFinished, ['a/x.ts', `a()\n// ${unfinished}: more`], ['a/x.md', `* ${['FIX', 'ME'].join('')}`]),
  ])('find what is wrong with $path, holding $text', ({ rule, path, text }) => {
    const found = rule(path, text)
    expect(found.length).toBeGreaterThan(0)
    for (const words of found) expect(words).toContain(path)
  })

  it.each([
    ...planted(
      rules.checkLength,
      ['a/x.ts', lines(300)],
      ['a/generated/x.ts', lines(999)],
      ['schema.graphql', lines(999)],
      ['a/x.json', lines(999)],
    ),
    ...planted(rules.checkName, ['a/commonSense.ts', ''], ['a/useful.ts', ''], ['sql/store/manage.ts', '']),
    ...planted(
      rules.checkSql,
      ['sql/store/src/x.ts', "run('SELECT 1')"],
      ['worker/src/engines/x.ts', "run('SELECT 1')"],
      ['server/src/x.type.ts', "const a = { description: 'Select a template, or update it. SELECT statements only' }"],
      ['server/src/x.type.ts', "const a = ['UPDATE', 'INSERT', 'Insert into the list', 'BEGINNING']"],
      ['server/src/x.ts', '/** SELECT a FROM t */ const a = 1'],
      ['client/src/x.vue', '<template><select from="x" /></template>'],
    ),
    ...planted(
      rules.checkEnvironment,
      ['server/src/config.ts', 'const a = process.env'],
      ['.config/check.mjs', 'const a = process.env'],
      ['test/kit/x.ts', 'const a = process.env'],
      ['server/src/x.ts', "// process.env\nconst a = 'process.env', b = import.meta.env"],
    ),
    ...planted(
      rules.checkPurity,
      ['server/src/orchestrator/x.ts', 'const a = Date.now()'],
      ['server/src/decide/x.ts', 'const a = new Date(nowMs), b = Date.UTC(1), c = "Date.now()" // Math.random'],
      ['worker/src/pace/x.ts', "import { a } from './setTimeout.ts'"],
    ),
    ...planted(rules.checkTests, ['test/run/x.test.ts', "it.runIf(a)('does', f); it.each([1])('does', f); list.skip(1); vi.setConfig({})"]),
    ...planted(rules.checkFinished, ['a/x.ts', 'const todos = 1, xXx = 2']),
  ])('let $path pass, holding $text', ({ rule, path, text }) => {
    expect(rule(path, text)).toEqual([])
  })

  it('tell the line in a Vue component', () => {
    const component = '<template>\n  <p />\n</template>\n\n<script setup lang="ts">\nconst a = 1\nconst b = \'SELECT 1\'\n</script>\n'
    expect(rules.checkSql('client/src/x.vue', component)).toEqual(['client/src/x.vue:7 holds SQL: "SELECT 1"'])
  })
})
