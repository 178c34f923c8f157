import { describe, expect, it } from 'vitest'
import { sampleSession } from './kit/translatedDatabase.ts'
import { readTokens } from './server/sql/tokens.ts'
import { splitStatements, translate } from './server/sql/translate.ts'
import { type SessionView, swapCase, type Translation } from './server/sql/translation.ts'

const of = (sql: string, change: Partial<SessionView> = {}): Translation => translate(sql, sampleSession(change))

describe('tokens', () => {
  it('are read without what stands in strings, names and comments', () => {
    const read = readTokens(`select 'a''b\\'c' , "q ""?" -- ? '\n // ? \n /* ? */ ? :2 x::int $$ ? $$ 1.5e3 a:b`)
    expect(read.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'word SELECT',
      "string a'b'c",
      'symbol ,',
      'quoted q "?',
      'bind ',
      'bind 2',
      'word X',
      'symbol ::',
      'word INT',
      'string  ? ',
      'number 1.5e3',
      'word A',
      'symbol :',
      'word B',
    ])
  })

  it('end statements at semicolons only', () => {
    expect(splitStatements("SELECT ';' ; -- x;\n SELECT 2;\n")).toEqual(["SELECT ';'", '-- x;\n SELECT 2'])
  })
})

describe('names', () => {
  it('are plain on both sides when plain, and kept apart when quoted', () => {
    for (const [sql, table] of [
      ['Orders', 'orders'],
      ['"ORDERS"', 'orders'],
      ['"Orders"', 'oRDERS'],
      ['"orders"', 'ORDERS'],
    ] as const) {
      expect(of(`SELECT 1 FROM ${sql}`)).toMatchObject({ reads: [{ schema: 'bench.public', table }] })
    }
    expect(swapCase(swapCase('Höhe_1'))).toBe('Höhe_1')
  })

  it('are completed from the session', () => {
    expect(of('UPDATE a SET x = 1 FROM s.b, d.s.c')).toMatchObject({
      writes: [{ schema: 'bench.public', table: 'a' }],
      reads: [
        { schema: 'bench.public', table: 'a' },
        { schema: 'bench.s', table: 'b' },
        { schema: 'd.s', table: 'c' },
      ],
    })
    expect(() => of('SELECT 1 FROM a', { database: null, schema: null })).toThrow(/does not have a current database/)
    expect(of('SELECT 1 FROM d.s.a', { database: null, schema: null })).toMatchObject({ type: 'POSTGRES' })
  })
})

describe('statements that are not PostgreSQL’s', () => {
  it.each<readonly [string, Translation]>([
    [
      "ALTER SESSION SET TIMEZONE = 'UTC', QUERY_TAG='a b' LOCK_TIMEOUT=5",
      {
        type: 'PARAMETERS',
        set: [
          { name: 'TIMEZONE', value: 'UTC' },
          { name: 'QUERY_TAG', value: 'a b' },
          { name: 'LOCK_TIMEOUT', value: '5' },
        ],
      },
    ],
    ['alter session set read_latest_writes = true', { type: 'PARAMETERS', set: [{ name: 'READ_LATEST_WRITES', value: 'TRUE' }] }],
    ['ALTER SESSION UNSET QUERY_TAG', { type: 'PARAMETERS', set: [{ name: 'QUERY_TAG', value: null }] }],
    ['USE WAREHOUSE wh', { type: 'USE', object: 'WAREHOUSE', names: ['WH'] }],
    ['USE bench', { type: 'USE', object: 'DATABASE', names: ['BENCH'] }],
    ['USE SCHEMA bench."s"', { type: 'USE', object: 'SCHEMA', names: ['BENCH', 's'] }],
    ['BEGIN', { type: 'TRANSACTION', action: 'BEGIN' }],
    ['BEGIN TRANSACTION', { type: 'TRANSACTION', action: 'BEGIN' }],
    ['start transaction', { type: 'TRANSACTION', action: 'BEGIN' }],
    ['COMMIT;', { type: 'TRANSACTION', action: 'COMMIT' }],
    ['ROLLBACK', { type: 'TRANSACTION', action: 'ROLLBACK' }],
    ["SHOW WAREHOUSES LIKE 'BENCH_WH'", { type: 'SHOW_WAREHOUSES', like: 'BENCH_WH' }],
    ['SHOW WAREHOUSES', { type: 'SHOW_WAREHOUSES', like: null }],
    ['ALTER WAREHOUSE IF EXISTS "Wh" RESUME IF SUSPENDED', { type: 'ALTER_WAREHOUSE', name: 'Wh', action: 'RESUME IF SUSPENDED' }],
    ["SELECT SYSTEM$WAIT(2, 'SECONDS')", { type: 'WAIT', ms: 2000 }],
    ['CALL SYSTEM$WAIT(3)', { type: 'WAIT', ms: 3000 }],
    [
      'PUT file:///tmp/x/*.csv.gz @loads/run_1 AUTO_COMPRESS = FALSE',
      { type: 'PUT', sources: ['/tmp/x/*.csv.gz'], stage: 'LOADS', path: 'run_1', autoCompress: false },
    ],
    ["PUT 'file:///tmp/a b.csv' @b.s.loads", { type: 'PUT', sources: ['/tmp/a b.csv'], stage: 'B.S.LOADS', path: '', autoCompress: true }],
    ['LIST @loads/run_1', { type: 'LIST_STAGE', stage: 'LOADS', path: 'run_1' }],
    ['REMOVE @loads', { type: 'REMOVE_STAGE', stage: 'LOADS', path: '' }],
    [
      "COPY INTO results.query_executions (a, b) FROM @loads/run_1/ FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_DELIMITER = ',') ON_ERROR = ABORT_STATEMENT PURGE = TRUE",
      {
        type: 'COPY',
        table: { schema: 'bench.results', table: 'query_executions' },
        columns: ['a', 'b'],
        selected: null,
        stage: 'LOADS',
        path: 'run_1/',
        format: { TYPE: 'CSV', SKIP_HEADER: '1', FIELD_DELIMITER: ',' },
        onError: 'ABORT_STATEMENT',
        purge: true,
      },
    ],
    [
      'COPY INTO results.query_executions (a, b) FROM (SELECT $2, $1 FROM @loads/run_1/) FILE_FORMAT = (TYPE = CSV)',
      {
        type: 'COPY',
        table: { schema: 'bench.results', table: 'query_executions' },
        columns: ['a', 'b'],
        selected: [1, 0],
        stage: 'LOADS',
        path: 'run_1/',
        format: { TYPE: 'CSV' },
        onError: 'ABORT_STATEMENT',
        purge: false,
      },
    ],
  ])('%s', (sql, expected) => {
    expect(of(sql)).toEqual(expected)
  })

  it('shows the session’s parameters', () => {
    const parameters = new Map([
      ['TIMEZONE', 'UTC'],
      ['LOCK_TIMEOUT', '5'],
    ])
    expect(of("SHOW PARAMETERS LIKE 'time%' IN SESSION", { parameters })).toMatchObject({
      type: 'ANSWER',
      rows: [['TIMEZONE', 'UTC', '', 'SESSION', '', 'STRING']],
    })
  })
})

describe('the query history', () => {
  it('is cut to a window that the statement writes out', () => {
    const before = Date.now()
    const history = of(`SELECT query_id, total_elapsed_time FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(
        END_TIME_RANGE_START => TO_TIMESTAMP_LTZ('2026-01-01T00:00:00Z'), END_TIME_RANGE_END => DATEADD('second', -30, CURRENT_TIMESTAMP()), RESULT_LIMIT => 5000))
      WHERE query_tag LIKE 'flakebench%' ORDER BY start_time LIMIT 10`)
    if (history.type !== 'QUERY_HISTORY') throw new Error(history.type)
    expect(history).toMatchObject({ fromMs: Date.UTC(2026, 0, 1), limit: 5000, table: 'flakebench_query_history' })
    expect(history.toMs).toBeGreaterThanOrEqual(before - 30_000)
    expect(history.toMs).toBeLessThanOrEqual(Date.now() - 30_000)
    expect(history.sql).toContain("FROM flakebench_query_history AS query_history WHERE query_tag LIKE 'flakebench%'")
    expect(of('SELECT COUNT(*) FROM TABLE(bench.INFORMATION_SCHEMA.QUERY_HISTORY())')).toMatchObject({
      fromMs: null,
      toMs: null,
      limit: 100,
    })
  })

  it('cannot be cut by a bind', () => {
    expect(() => of('SELECT 1 FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(END_TIME_RANGE_START => ?))')).toThrow(/write it out/)
  })
})
