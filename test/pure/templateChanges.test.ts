import { judgeTemplate, type Template, type TemplateInput } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { SETTING_TITLES } from '../../server/src/decide/settingTitles.ts'
import { templateChanges } from '../../server/src/decide/templateChanges.ts'
import { templateHints } from '../../server/src/decide/templateHints.ts'
import { randomTemplate } from '../kit/randomTemplate.ts'
import { forAll } from '../kit/seeded.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const NAMES: Readonly<Record<string, string>> = { 'c-1': 'Shop', 'c-2': 'Shop (copy)' }
const changes = (before: Template, after: Template): string[] => templateChanges(before, after, id => NAMES[id] ?? null)
const changed = (before: TemplateInput, after: TemplateInput): string[] =>
  changes(soundTemplate({ ...SMALLEST, ...before }), soundTemplate({ ...SMALLEST, ...after }))

/** The paths of all values that are neither lists nor objects. */
const leavesOf = (value: object, path = ''): string[] =>
  Object.entries(value).flatMap(([key, inner]) => {
    if (Array.isArray(inner)) return []
    return typeof inner === 'object' && inner !== null ? leavesOf(inner, `${path}${key}.`) : [`${path}${key}`]
  })

describe('what changed between two versions of a template', () => {
  it.each<[string, TemplateInput, TemplateInput, readonly string[]]>([
    ['a number', { load: { targetConnections: 8 } }, { load: { targetConnections: 16 } }, ['Connections: 8 → 16']],
    ['a limit', { scaling: { mode: 'BOUNDED' } }, { scaling: { maxWorkers: 4 } }, ['Workers at most: no limit → 4']],
    ['a switch', {}, { advanced: { shareSut: true } }, ['Beside other runs: no → yes']],
    ['a seed', {}, { advanced: { seed: 7 } }, ['Seed: a new one for each run → 7']],
    ['names', { name: 'a', description: 'b' }, { name: 'c', description: null }, ['Name: a → c', 'Description: b → none']],
    ['a long text', { description: 'a' }, { description: 'x'.repeat(500) }, ['Description changed']],
    [
      'tags',
      { tags: [{ key: 'team', value: 'a' }] },
      { tags: [{ key: 'team', value: 'b' }, { key: 'smoke' }] },
      ['Tags: team=a → team=b, smoke'],
    ],
    [
      'the connection',
      { target: { table: 'orders', connectionId: 'c-1' } },
      { target: { table: 'orders', connectionId: 'c-2' } },
      ['Connection: Shop → Shop (copy)'],
    ],
    [
      'connections that are gone',
      { target: { table: 'orders', connectionId: 'c-8' } },
      { target: { table: 'orders', connectionId: 'c-9' } },
      ['Connection: one that was deleted (c-8) → one that was deleted (c-9)'],
    ],
    ['columns', {}, { target: { table: 'orders', columns: [{ name: 'id', type: 'int' }] } }, ['Columns: of the catalog → 1']],
    [
      'the mix',
      {},
      { operations: { pointLookup: { weight: 60 }, insert: { weight: 40 } } },
      ['Point lookups: share 100 % → 60 %', 'Inserts: share 0 % → 40 %'],
    ],
    [
      'statements',
      {},
      { operations: { pointLookup: { weight: 100, sql: 'SELECT *\nFROM {table} WHERE id = ?' } } },
      ['Point lookups: SQL of its own'],
    ],
    [
      'statements that are not its own any more',
      { operations: { pointLookup: { weight: 100, sql: 'SELECT * FROM {table} WHERE id = ?' } } },
      {},
      ["Point lookups: the engine's own SQL again"],
    ],
    [
      'generic operations',
      {
        operations: {
          generic: [
            { id: 'a', operationType: 'READ', weight: 60, sql: 'SELECT 1' },
            { id: 'b', operationType: 'READ', weight: 40, sql: 'SELECT 2' },
          ],
        },
      },
      {
        operations: {
          generic: [
            { id: 'c', label: 'By day', operationType: 'READ', weight: 30, sql: 'SELECT 3' },
            { id: 'a', label: 'Totals', operationType: 'WRITE', weight: 70, sql: 'SELECT ?', parameters: [{ value: 1 }] },
          ],
        },
      },
      [
        '“b” removed',
        '“By day” added with 30 %',
        '“a” is “Totals” now',
        '“Totals”: READ → WRITE',
        '“Totals”: share 60 % → 70 %',
        '“Totals”: SQL changed',
        '“Totals”: parameters changed',
      ],
    ],
    [
      'SLOs',
      {
        slos: [
          { kind: 'POINT_LOOKUP', p95Ms: 50 },
          { kind: 'INSERT', p99Ms: 9 },
        ],
      },
      { slos: [{ kind: 'POINT_LOOKUP', p95Ms: 20, errorRatePercent: 1 }] },
      ['SLO of Point lookups: p95 50 ms → p95 20 ms, errors 1 %', 'SLO of Inserts: p99 9 ms → none'],
    ],
    [
      'the mode, and what follows from it',
      {},
      { load: { mode: 'QPS', targetQps: 50 } },
      ['Load mode: CONCURRENCY → QPS', 'Connections: 10 → none', 'Operations per second asked for: none → 50'],
    ],
  ])('is told of %s', (_, before, after, words) => {
    expect(changed(before, after)).toEqual(words)
  })

  it('is nothing where nothing changed, and something where anything did', () => {
    forAll(random => {
      const [before, other] = [randomTemplate(random), randomTemplate(random)]
      expect(changes(before, before)).toEqual([])
      // One part of another template at a time.
      for (const part of Object.keys(before) as (keyof Template)[]) {
        const after = { ...before, [part]: other[part] }
        const isSame = JSON.stringify(before) === JSON.stringify(after)
        expect({ part, isTold: changes(before, after).length > 0 }).toEqual({ part, isTold: !isSame })
      }
    }, 20)
  })

  it('has words for every setting there is', () => {
    const leaves = leavesOf(soundTemplate(SMALLEST)).filter(path => !path.startsWith('operations.'))
    expect([...Object.keys(SETTING_TITLES), 'target.connectionId', 'target.columns'].sort()).toEqual(leaves.sort())
  })
})

describe('what to know about a template that is sound', () => {
  const facts = { defaultConnectionName: 'Main' } as const
  const hints = (change: TemplateInput, known: Parameters<typeof templateHints>[1] = facts): readonly string[] =>
    templateHints(soundTemplate({ ...SMALLEST, target: { table: 'orders', connectionId: 'c-1' }, ...change }), known).map(
      ({ path, message }) => `${path}: ${message}`,
    )
  const SNOWFLAKE = { table: 'ORDERS', database: 'SALES', warehouse: 'BENCH' } as const

  it('is nothing, where there is nothing', () => {
    expect(hints({})).toEqual([])
  })

  it.each<[TemplateInput, string]>([
    [{ load: { warmupSeconds: 0 } }, 'load.warmupSeconds: Without warmup'],
    [{ load: { durationSeconds: 5 } }, 'load.durationSeconds: Figures of less than 10 s'],
    [{ advanced: { seed: 3 } }, 'advanced.seed: The seed is fixed'],
    [{ advanced: { shareSut: true } }, 'advanced.shareSut: It does not wait'],
    [{ target: { table: 'orders', connectionId: 'c-1', usePgbouncer: true } }, 'target.usePgbouncer: This version connects directly only'],
    [{ operations: { pointLookup: { weight: 50 }, insert: { weight: 50 } } }, 'operations.insert.weight: Rows that are inserted stay'],
    [
      { operations: { pointLookup: { weight: 100 }, generic: [{ label: 'Totals', operationType: 'READ' }] } },
      'operations.generic.0.weight: “Totals” has a share of 0',
    ],
    [
      {
        operations: {
          generic: [{ operationType: 'READ', weight: 100, sql: 'SELECT ?', parameters: [{ strategy: 'SAMPLE_FROM_TABLE', column: 'id' }] }],
        },
      },
      'operations.generic.0.parameters.0.column: operations.generic.0.parameters.0.column (id) takes values from a sample of the table',
    ],
    [{ slos: [{ kind: 'INSERT', p95Ms: 5 }] }, 'slos.0.kind: The share of Inserts is 0'],
    [{ slos: [{ kind: 'POINT_LOOKUP' }] }, 'slos.0.kind: The SLO of Point lookups bounds nothing'],
  ])('is told with its field: %j', (change, words) => {
    const told = hints(change)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(words)
  })

  it('is how its table is reached', () => {
    const none = { defaultConnectionName: null }
    expect(hints({ target: { table: 'orders' } }, facts)).toEqual([
      'target.connectionId: No connection is chosen: it is saved with the default, Main',
    ])
    expect(hints({ target: { table: 'orders' } }, none)).toEqual([
      'target.connectionId: There is no connection to PostgreSQL yet: add one before it is run',
    ])
  })

  it('is told also while something else is wrong, as far as it rests on what can be read', () => {
    const input = {
      ...SMALLEST,
      load: { warmupSeconds: 0, mode: 'FAST' },
      operations: { pointLookup: { weight: 'x' } },
      advanced: { seed: 3 },
    }
    const { template, problems, unreadable } = judgeTemplate({ ...input, slos: [{ kind: 'POINT_LOOKUP', p95Ms: 1 }] })
    expect(problems.map(({ path }) => path).sort()).toEqual(['load.mode', 'operations.pointLookup.weight'])
    expect(templateHints(template, facts, unreadable).map(({ path }) => path)).toEqual(['target.connectionId', 'advanced.seed'])
  })

  it('is that a cache may answer', () => {
    const change = { target: { ...SNOWFLAKE, connectionId: 'c-1', tableType: 'STANDARD', useCachedResult: true } } as const
    const [first] = hints(change, { defaultConnectionName: null })
    expect(first).toContain('target.useCachedResult: Answers may come from the result cache')
  })
})
