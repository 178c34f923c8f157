import type { Template, TemplateInput } from '@flakebench/contract'
import type { Seeded } from './seeded.ts'
import { soundTemplate } from './templateInput.ts'

/** Texts that a careless writer or reader of documents changes. */
export const NASTY_TEXTS: readonly string[] = [
  'yes',
  'no',
  'On',
  'null',
  '~',
  'true',
  '1e3',
  '0x1F',
  '0o17',
  '.inf',
  '.NaN',
  '1_000',
  '12:30:45',
  '2026-11-22',
  '2026-11-22T03:04:05Z',
  "it's",
  '"quoted"',
  'a: b',
  'a #comment',
  '# no comment',
  '- no list',
  '[a, b',
  '{a: b',
  '&anchor',
  '*alias',
  '!!int 3',
  '!tag',
  '| pipe',
  '> folded',
  '%YAML 1.2',
  '@at',
  '`tick`',
  '---',
  '...',
  '? key',
  '<<',
  '=',
  'ends with a colon:',
  'tab\tinside',
  'two\nlines',
  'three\n\n\nlines',
  'Windows\r\nlines',
  'a\rreturn',
  'next\u0085line',
  'line\u2028separator',
  'no\u00a0break',
  '\ufeffmark',
  'Ärger 🦆 漢字 ‮right to left',
  'back\\slash \\n',
  '\u001b[31mred',
  '\u007f',
  '💥'.repeat(40),
  '__proto__',
  'constructor',
  '0',
  '-0',
  '+1',
  '01',
  '1.0',
  ',',
]

/** Texts that are kept as they are: not trimmed. */
const NASTY_VALUES: readonly string[] = [
  ...NASTY_TEXTS,
  '',
  ' ',
  '  leads',
  'trails  ',
  '\n',
  '\n\nleads',
  'trails\n\n',
  '\t',
  ' a\n  b\n',
  'a\n ',
  '  a\nb',
]

const LONG_SQL = `SELECT o.id, "odd ""name""", 'it''s: # no comment'
  FROM {table} o
  -- a comment: with a colon

 WHERE o.id = ?
\tAND o.note <> 'a\\nb'`

const maybe = <T>(random: Seeded, value: () => T): T | null => (random.fraction() < 0.5 ? null : value())
const several = <T>(random: Seeded, most: number, one: (i: number) => T): T[] =>
  Array.from({ length: random.whole(0, most) }, (_, i) => one(i))

const scalar = (random: Seeded): string | number | boolean | null =>
  random.pick<() => string | number | boolean | null>([
    () => random.pick(NASTY_VALUES),
    () => random.whole(-1e9, 1e9),
    () => random.normal() * 10 ** random.whole(-12, 14),
    () => random.fraction() < 0.5,
    () => null,
  ])()

const parameterOf = (random: Seeded) => {
  const base = { name: maybe(random, () => `p${random.whole(0, 1e9)}`) }
  return random.pick<() => object>([
    () => ({ ...base, value: scalar(random) }),
    () => ({ ...base, strategy: 'CHOICE', values: [scalar(random), ...several(random, 4, () => scalar(random))] }),
    () => ({ ...base, values: [scalar(random)], value: scalar(random) }),
    () => ({ ...base, strategy: 'LITERAL', value: scalar(random), values: random.pick([null, [], [1, 'two', null]]) }),
    () => ({ ...base, strategy: 'RANDOM_NUMERIC', min: -1.5, max: random.whole(0, 1e6), integer: random.fraction() < 0.5 }),
    () => ({ ...base, strategy: 'SAMPLE_FROM_TABLE', column: random.pick(NASTY_TEXTS) }),
    () => ({ ...base, strategy: 'WEIGHTED_SAMPLE', values: ['a', 'b'], weights: [0.25, random.whole(0, 9)] }),
  ])()
}

/** Numbers that sum to 100.00. */
const sharesOf = (random: Seeded, count: number): number[] => {
  const cuts = Array.from({ length: count - 1 }, () => random.whole(0, 10_000)).sort((a, b) => a - b)
  return [...cuts, 10_000].map((cut, i) => (cut - (cuts[i - 1] ?? 0)) / 100)
}

/** A sound template with anything that a template may have. */
export const randomTemplate = (random: Seeded): Template => {
  const text = () => random.pick(NASTY_TEXTS)
  const isSnowflake = random.fraction() < 0.4
  const mode = random.pick(['CONCURRENCY', 'QPS', 'FIND_MAX_CONCURRENCY'] as const)
  const scaling = random.pick(mode === 'FIND_MAX_CONCURRENCY' ? (['AUTO', 'BOUNDED'] as const) : (['AUTO', 'BOUNDED', 'FIXED'] as const))
  const genericCount = random.whole(0, 3)
  const shares = sharesOf(random, 4 + genericCount)
  const canonical = (i: number, sql: string) => ({ weight: shares[i] as number, sql: maybe(random, () => sql) })
  const kinds = ['POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE', 'GENERIC_SQL'] as const
  const input = {
    name: text(),
    description: maybe(random, text),
    tags: several(random, 3, i => ({ key: `${text()}${i}`, value: random.fraction() < 0.3 ? '' : text() })),
    target: {
      connectionId: null,
      tableType: isSnowflake ? random.pick(['HYBRID', 'STANDARD'] as const) : 'POSTGRES',
      database: isSnowflake ? text() : maybe(random, text),
      schema: random.pick([null, 'public', 'PUBLIC', text()]),
      table: text(),
      warehouse: isSnowflake ? text() : null,
      warehouseSize: maybe(random, text),
      postgresInstanceSize: maybe(random, text),
      useCachedResult: random.fraction() < 0.5,
      usePgbouncer: !isSnowflake && random.fraction() < 0.5,
      columns: maybe(random, () => several(random, 3, i => ({ name: `${text()}${i}`, type: text() }))),
    },
    operations: {
      pointLookup: canonical(0, LONG_SQL),
      rangeScan: canonical(1, 'SELECT * FROM {table} WHERE id > ? LIMIT 10'),
      insert: canonical(2, "INSERT INTO {table} (a) VALUES ('x: y')"),
      update: canonical(3, 'UPDATE {table} SET a = 1\n\n WHERE id = ?'),
      generic: Array.from({ length: genericCount }, (_, i) => {
        const parameters = several(random, 4, () => parameterOf(random))
        return {
          id: random.pick([null, `own ${i}`]),
          label: maybe(random, () => `${text()}${i}`),
          operationType: 'READ',
          weight: shares[4 + i] as number,
          sql: `SELECT 1${parameters.map(() => ',\n  ?').join('')}`,
          parameters,
        }
      }),
    },
    load: {
      mode,
      targetConnections: mode === 'CONCURRENCY' ? random.pick([null, 10, random.whole(50, 400)]) : null,
      durationSeconds: random.pick([300, random.whole(1, 86_400)]),
      warmupSeconds: random.pick([10, 0, 77]),
      thinkTimeMs: random.pick([0, 25]),
      targetQps: random.pick([5, 10.5, 1_000]),
      arrival: random.pick(['CONSTANT', 'POISSON'] as const),
      startingConnections: random.pick([null, 0, 7]),
      maxConnectionIncrease: random.pick([null, 3]),
      findMax: {
        startConnections: 50,
        connectionsIncrement: random.pick([10, 40]),
        resolution: random.pick([null, 2]),
        stepDurationSeconds: random.pick([30, 60]),
      },
    },
    scaling: {
      mode: scaling,
      minWorkers: scaling === 'FIXED' ? random.pick([1, 2]) : 1,
      minConnections: scaling === 'FIXED' ? random.pick([1, 3]) : 1,
      maxWorkers: scaling === 'BOUNDED' ? random.pick([null, 64]) : null,
      maxConnections: scaling === 'BOUNDED' ? random.pick([null, 500]) : null,
      boundsPatienceIntervals: random.pick([3, 5]),
    },
    guardrails: {
      enabled: random.fraction() < 0.5,
      mode: random.pick(['SOFT', 'HARD'] as const),
      maxCpuPercent: random.pick([80, 12.345678]),
    },
    slos: kinds
      .filter(() => random.fraction() < 0.3)
      .map(kind => ({ kind, p95Ms: maybe(random, () => 1.5), errorRatePercent: random.pick([null, 0, 1]) })),
    sloAbort: { enabled: false, graceSeconds: random.pick([30, 5]) },
    advanced: {
      seed: random.pick([null, 0, 2 ** 31 - 1]),
      metricsIntervalSeconds: random.pick([1, 0.125]),
      deadWorkerPolicy: random.pick(['FAIL', 'REPLACE'] as const),
      shareSut: random.fraction() < 0.5,
      keepExecutions: random.fraction() < 0.5,
      controlLossSeconds: random.pick([30, 600]),
    },
  }
  return soundTemplate(input as TemplateInput)
}
