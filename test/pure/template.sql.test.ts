import type { SqlDialect, TemplateInput } from '@flakebench/contract'
import { readSql } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { messagesOf, problemsOf, SMALLEST, soundTemplate } from '../kit/templateInput.ts'

describe('the placeholders of a statement', () => {
  const counted: readonly (readonly [SqlDialect, string, number])[] = [
    ['postgres', 'SELECT 1', 0],
    ['postgres', 'SELECT * FROM t WHERE a = ? AND b = ?', 2],
    ['postgres', 'SELECT * FROM t WHERE a = $2 OR b = $1 OR c = $2', 2],
    ['postgres', 'SELECT $10', 10],
    ['postgres', 'SELECT $1::int, a::text FROM t', 1],
    ['postgres', 'SELECT ?::date', 1],
    ['postgres', `SELECT 'is it?', 'it''s $1', "who?", "a""?" FROM t`, 0],
    ['postgres', String.raw`SELECT E'it\'s ?', ?`, 1],
    ['postgres', String.raw`SELECT 'C:\', ?`, 1],
    ['postgres', 'SELECT a -- what? $1\nFROM t WHERE b = $1', 1],
    ['postgres', 'SELECT /* ? /* nested ? */ still ? */ ?', 1],
    ['postgres', 'SELECT $$ ? $1 $$, $tag$ ? $$ ? $tag$, ?', 1],
    ['postgres', 'SELECT a$1, b FROM t WHERE c = $1', 1],
    ['postgres', `SELECT * FROM t WHERE doc ?| $1 AND doc ?& $2 AND doc @? $3`, 3],
    ['postgres', `SELECT ?||'x'`, 1],
    ['postgres', 'SELECT a / ? * ? - ?', 3],
    ['snowflake', String.raw`SELECT 'it\'s ?', ?`, 1],
    ['snowflake', 'SELECT a // what?\nFROM t WHERE b = ?', 1],
    ['snowflake', 'SELECT /* /* ? */ ?', 1],
    ['snowflake', 'SELECT $$ ? $$, v:a::string FROM t WHERE b = ?', 1],
  ]
  it.each(counted)('in %s: %s', (dialect, sql, count) => {
    const reading = readSql(sql, dialect)
    expect(reading).toMatchObject({ parameterCount: count, statements: 1, unclosed: null })
    expect(reading.style).not.toBe('MIXED')
  })

  it('are told with their places, so that they can be replaced', () => {
    const sql = `SELECT '?' FROM t WHERE a = $2 AND b = $1`
    const { placeholders } = readSql(sql, 'postgres')
    expect(placeholders.map(({ at, length, number }) => [sql.slice(at, at + length), number])).toEqual([
      ['$2', 2],
      ['$1', 1],
    ])
  })

  it('are read in one pass however odd the text', () => {
    const long = 100_000
    for (const odd of ['/*', "'", '"', '$', '$a$', '?', '(', "''", '\\', '-', "E'"]) readSql(odd.repeat(long / odd.length), 'postgres')
    expect(readSql('?,'.repeat(1_000), 'snowflake').parameterCount).toBe(1_000)
  })
})

const messageOf = (operations: TemplateInput['operations'], target: TemplateInput['target'] = SMALLEST.target): readonly string[] =>
  messagesOf(problemsOf({ ...SMALLEST, target, operations }))

describe('the statement of a canonical operation', () => {
  const refused = [
    ['pointLookup', 'UPDATE t SET a = 1', 'must only read; it starts with UPDATE'],
    ['pointLookup', '/* SELECT */ delete FROM t', 'must only read; it starts with DELETE'],
    ['rangeScan', 'WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone', 'must only read; it holds DELETE'],
    ['rangeScan', 'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', 'must only read; it holds INSERT'],
    ['rangeScan', 'EXPLAIN (ANALYZE) DELETE FROM t', 'must only read; it holds DELETE'],
    ['rangeScan', 'SELECT * INTO copy FROM t', 'must only read; INTO makes a table of what it reads'],
    ['rangeScan', '(SELECT 1 AS into INTO TEMP t)', 'must only read; INTO makes a table of what it reads'],
    ['rangeScan', 'WITH a AS (SELECT 1) SELECT * INTO t FROM a', 'must only read; INTO makes a table of what it reads'],
    ['rangeScan', 'DROP TABLE t', 'must not define, change or clear objects; it starts with DROP'],
    ['pointLookup', 'COMMIT', 'must not steer transactions or the session; it starts with COMMIT'],
    ['pointLookup', 'SELECT 1; SELECT 2', 'must be one statement; it holds 2'],
    ['pointLookup', '-- nothing', 'must hold a statement'],
    ['pointLookup', `SELECT 'open`, 'opens a text that it does not close'],
    ['pointLookup', 'SELECT "open', 'opens a quoted name that it does not close'],
    ['pointLookup', 'SELECT 1 /* open', 'opens a comment that it does not close'],
    ['pointLookup', 'SELECT * FROM t WHERE a = ? AND b = $1', 'must mark its values with either ? or $1, $2, …; it uses both'],
    ['insert', 'SELECT 1', 'must start with INSERT; it starts with SELECT'],
    ['insert', 'TRUNCATE t', 'must not define, change or clear objects; it starts with TRUNCATE'],
    ['update', 'INSERT INTO t VALUES (?)', 'must start with UPDATE; it starts with INSERT'],
  ] as const
  it.each(refused)('of %s is refused: %s', (field, sql, message) => {
    expect(messageOf({ [field]: { weight: 100, sql } })).toEqual([`operations.${field}.sql ${message}`])
  })

  const accepted = [
    ['pointLookup', 'SELECT * FROM {table} WHERE "id" = $1 FOR UPDATE'],
    ['pointLookup', '(SELECT 1) UNION (SELECT 2);'],
    ['pointLookup', `SELECT 'DROP TABLE t; DELETE', "update" FROM t -- ; DELETE`],
    ['rangeScan', `SELECT 'INTO', "into", t.into AS into FROM t -- INTO`],
    ['rangeScan', 'WITH a AS (SELECT 1) SELECT * FROM a FOR UPDATE'],
    ['insert', 'INSERT INTO {table} (id) VALUES ($1) ON CONFLICT DO NOTHING'],
    ['update', ' /* hint */ update {table} SET a = ? WHERE id = ?'],
  ] as const
  it.each(accepted)('of %s is accepted: %s', (field, sql) => {
    expect(messageOf({ [field]: { weight: 100, sql } })).toEqual([])
  })

  it('is the engine’s own where it is left blank', () => {
    expect(soundTemplate({ ...SMALLEST, operations: { pointLookup: { weight: 100, sql: '  ' } } }).operations.pointLookup.sql).toBeNull()
  })
})

type Generic = NonNullable<NonNullable<NonNullable<TemplateInput['operations']>['generic']>[number]>
type Parameters = NonNullable<Generic['parameters']>

const generic = (...all: readonly Generic[]): TemplateInput['operations'] => ({ pointLookup: { weight: 100 }, generic: all })
const withParameters = (sql: string, parameters: Parameters): readonly string[] =>
  messageOf(generic({ operationType: 'READ', sql, parameters })).map(message => message.replaceAll('operations.generic.0.', ''))

describe('a generic operation', () => {
  it('has an id, and a strategy for each parameter', () => {
    const parameters = [{ value: 7 }, { values: [1, 2] }]
    const operations = generic({ operationType: 'READ', sql: 'SELECT $1, $2', parameters })
    const [read] = soundTemplate({ ...SMALLEST, operations }).operations.generic
    expect(read).toMatchObject({ id: 'GENERIC_SQL_1', label: null, weight: 0 })
    expect(read?.parameters.map(({ strategy }) => strategy)).toEqual(['LITERAL', 'CHOICE'])
  })

  const read = { operationType: 'READ', sql: 'SELECT 1' } as const
  it.each([
    [[{ sql: 'SELECT 1' } as Generic], ['operations.generic.0.operationType must be one of READ, WRITE; it is not set']],
    [[{ ...read, sql: 'MERGE INTO t' }], ['operations.generic.0.sql must only read; it starts with MERGE']],
    [
      [{ ...read, operationType: 'WRITE', sql: 'CREATE TABLE t (a int)' } as Generic],
      ['operations.generic.0.sql must not define, change or clear objects; it starts with CREATE'],
    ],
    [
      [
        { ...read, id: 'a' },
        { ...read, id: 'a' },
      ],
      ['operations.generic.1.id must differ from that of the others; "a" is there twice'],
    ],
    [
      [
        { ...read, id: 'a' },
        { ...read, label: 'a' },
      ],
      ['operations.generic.1.label must differ from that of the others; "a" is there twice'],
    ],
    [[{ operationType: 'READ' } as Generic], []],
    [[{ ...read, operationType: 'WRITE', sql: 'DELETE FROM t' } as Generic], []],
  ])('%j gives %j', (all, messages) => {
    expect(messageOf(generic(...all))).toEqual(messages)
  })

  it('has a statement where it has a weight', () => {
    expect(messageOf({ generic: [{ operationType: 'READ', weight: 100 }] })).toEqual([
      'operations.generic.0.sql must be given where operations.generic.0.weight is above 0',
    ])
  })

  it('has a parameter for each placeholder', () => {
    expect(withParameters('SELECT ?, ?', [{ value: 1 }])).toEqual([
      'parameters must hold an entry for each of the 2 values that sql marks; there is 1',
    ])
    expect(withParameters('SELECT $1', [])).toEqual(['parameters must hold an entry for the one value that sql marks; there are 0'])
    expect(withParameters('SELECT 1', [{ value: 1 }, { value: 2 }])).toEqual(['parameters must be empty: sql marks no values; there are 2'])
  })

  const one: readonly (readonly [Parameters[number], string | null])[] = [
    [{ strategy: 'LITERAL' }, null],
    [
      { strategy: 'LITERAL', value: { a: 1 } as never },
      'parameters.0.value must be a text, a number, true, false or null; it is an object',
    ],
    [{ strategy: 'CHOICE' }, 'parameters.0.values must hold at least one value (strategy CHOICE)'],
    [{ values: [] }, 'parameters.0.values must hold at least one value (strategy CHOICE)'],
    [{ strategy: 'RANDOM_NUMERIC', min: 1 }, 'parameters.0.max must be given (strategy RANDOM_NUMERIC)'],
    [{ strategy: 'RANDOM_NUMERIC', min: 1, max: 1 }, null],
    [
      { strategy: 'RANDOM_NUMERIC', min: 2, max: 1 },
      'parameters.0.max must leave a value between min (2) and max; it is 1 (strategy RANDOM_NUMERIC)',
    ],
    [
      { strategy: 'RANDOM_NUMERIC', min: 0.2, max: 0.8, integer: true },
      'parameters.0.max must leave a whole number between min (0.2) and max; it is 0.8 (strategy RANDOM_NUMERIC)',
    ],
    [{ strategy: 'SAMPLE_FROM_TABLE' }, 'parameters.0.column must name the column whose values are taken (strategy SAMPLE_FROM_TABLE)'],
    [{ strategy: 'SAMPLE_FROM_TABLE', column: 'region' }, null],
    [{ strategy: 'WEIGHTED_SAMPLE', column: 'region' }, null],
    [
      { strategy: 'WEIGHTED_SAMPLE' },
      'parameters.0.values must hold at least one value, or column must name one (strategy WEIGHTED_SAMPLE)',
    ],
    [
      { strategy: 'WEIGHTED_SAMPLE', values: [1, 2], weights: [1] },
      'parameters.0.weights must be as many as values (2); there are 1 (strategy WEIGHTED_SAMPLE)',
    ],
    [{ strategy: 'WEIGHTED_SAMPLE', values: [1, 2], weights: [0, 0] }, 'parameters.0.weights must not all be 0 (strategy WEIGHTED_SAMPLE)'],
    [
      { strategy: 'WEIGHTED_SAMPLE', values: [1, 2], weights: [1, -1] },
      'parameters.0.weights.1 must be from 0 to 9007199254740991; it is -1',
    ],
    [{ strategy: 'WEIGHTED_SAMPLE', values: [1, 2], weights: [1, 0.5] }, null],
    [{ strategy: 'RANDOM_IN_RANGE' }, 'parameters.0.min must be given with max, or column must name one (strategy RANDOM_IN_RANGE)'],
    [{ strategy: 'RANDOM_IN_RANGE', column: 'created_at' }, null],
    [
      { strategy: 'RANDOM_IN_RANGE', min: 5, max: 4 },
      'parameters.0.max must leave a value between min (5) and max; it is 4 (strategy RANDOM_IN_RANGE)',
    ],
    [
      { strategy: 'OFFSET_FROM_PREVIOUS', offsets: [1] },
      'parameters.0.dependsOn must name an earlier parameter (strategy OFFSET_FROM_PREVIOUS)',
    ],
    [
      { strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'x', offsets: [1] },
      'parameters.0.dependsOn must name an earlier parameter; "x" is none',
    ],
    [
      { strategy: 'RANDOM' as never },
      'parameters.0.strategy must be one of LITERAL, CHOICE, RANDOM_NUMERIC, SAMPLE_FROM_TABLE, WEIGHTED_SAMPLE, RANDOM_IN_RANGE, OFFSET_FROM_PREVIOUS; it is "RANDOM"',
    ],
  ]
  it.each(one)('with the parameter %j gives %j', (parameter, message) => {
    expect(withParameters('SELECT ?', [parameter])).toEqual(message === null ? [] : [message])
  })

  it('has parameters with positions that are a count, or none', () => {
    expect(withParameters('SELECT ?, ?', [{ position: 2 }, { position: 1 }])).toEqual([])
    expect(withParameters('SELECT ?, ?', [{ position: 2 }, { position: 2 }])).toEqual([
      'parameters.1.position must differ from that of the others; 2 is there twice',
    ])
    expect(withParameters('SELECT ?, ?', [{ position: 1 }, {}])).toEqual(['parameters.1.position must be given, because others have one'])
    expect(withParameters('SELECT ?, ?', [{ position: 1 }, { position: 3 }])).toEqual([
      'parameters.1.position must be from 1 to 2; it is 3',
    ])
  })

  it('has parameters that follow those that they depend on, in the order of their positions', () => {
    const from = { name: 'from', strategy: 'RANDOM_NUMERIC', min: 1, max: 9 } as const
    const to = { name: 'to', strategy: 'OFFSET_FROM_PREVIOUS', dependsOn: 'from', offsets: [1, 7] } as const
    const late = 'parameters.0.dependsOn must name an earlier parameter; "from" is none'
    expect(withParameters('SELECT ?, ?', [from, to])).toEqual([])
    expect(withParameters('SELECT ?, ?', [to, from])).toEqual([late])
    expect(
      withParameters('SELECT ?, ?', [
        { ...to, position: 2 },
        { ...from, position: 1 },
      ]),
    ).toEqual([])
    expect(withParameters('SELECT ?', [{ ...to, dependsOn: 'to' }])).toEqual([late.replace('from', 'to')])
    expect(withParameters('SELECT ?, ?', [from, from])).toEqual([
      'parameters.1.name must differ from that of the others; "from" is there twice',
    ])
  })
})
