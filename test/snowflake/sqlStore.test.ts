import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTranslatedDatabase, type TranslatedDatabase } from './kit/translatedDatabase.ts'
import { splitStatements } from './server/sql/translate.ts'

let db: TranslatedDatabase

beforeAll(async () => {
  db = await openTranslatedDatabase()
})
afterAll(() => db.close())

const schemaStatements = (): string[] =>
  ['001_control', '002_results', '003_configuration'].flatMap(file =>
    splitStatements(readFileSync(new URL(`../../sql/schema/${file}.sql`, import.meta.url), 'utf8')),
  )

describe('the control store in Snowflake’s SQL', () => {
  it('takes every statement of the schema, and takes it again', async () => {
    const statements = schemaStatements()
    expect(statements.length).toBeGreaterThan(12)
    for (const statement of [...statements, ...statements]) await db.run(statement)
    expect(db.kinds.get('bench.public.run_status')).toBe('HYBRID')
    expect(db.kinds.get('bench.public.test_results')).toBe('HYBRID')
    expect(db.kinds.get('bench.public.query_executions')).toBe('STANDARD')
    expect(db.kinds.get('bench.public.find_max_step_history')).toBe('VIEW')
  })

  it('inserts by INSERT … SELECT once only, and reads it back', async () => {
    const insert = `INSERT INTO worker_metrics_snapshots (run_id, worker_id, attempt, sequence_number, worker_group_id, worker_group_count, interval_index, start_ms,
       end_ms, phase, operations_started, total_queries, error_count, cut_off_count, by_kind, errors_by_category, active_connections,
       target_connections, client_health)
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, PARSE_JSON(?), PARSE_JSON(?), ?, ?, PARSE_JSON(?)
     WHERE NOT EXISTS (SELECT 1 FROM worker_metrics_snapshots WHERE run_id = ? AND worker_id = ? AND attempt = ? AND sequence_number = ?)`
    const key = ['R1', 'W1', '1', '0']
    const binds = [
      ...key,
      '0',
      '1',
      '0',
      '0',
      '1000.5',
      'MEASUREMENT',
      '10',
      '10',
      '0',
      '0',
      '[{"n":1}]',
      '{}',
      '1',
      '1',
      '{"cpu":0.5}',
      ...key,
    ]
    for (let i = 0; i < 2; i++) await db.run(insert, binds)
    const rows = await db.run(
      `SELECT worker_id, end_ms, by_kind, client_health['cpu'] AS cpu FROM worker_metrics_snapshots
       WHERE run_id = ? AND ((worker_id = ? AND attempt = ? AND sequence_number > ?) OR (worker_id = ? AND attempt = ? AND sequence_number > ?)) ORDER BY interval_index LIMIT 250`,
      ['R1', 'W1', '1', '-1', 'W2', '1', '-1'],
    )
    expect(rows).toEqual([{ WORKER_ID: 'W1', END_MS: '1000.5', BY_KIND: '[{"n": 1}]', CPU: '0.5' }])
  })

  it('changes by compare-and-set, and measures ages', async () => {
    await db.run(
      `INSERT INTO run_status (run_id, test_id, template_id, template_version, run_number, test_name, scenario_config, status, phase)
       SELECT ?, ?, ?, ?, (SELECT COALESCE(MAX(run_number), 0) + 1 FROM run_status WHERE template_id = ?), ?, PARSE_JSON(?), ?, ?`,
      ['R1', 'R1', 'T1', '1', 'T1', 'A 100% test', '{"target":{"tables":["a"]}}', 'PREPARED', 'PREPARING'],
    )
    await db.run(
      "UPDATE run_status SET version = version + 1, orchestrator_epoch = ?, lease_expires_at = DATEADD('millisecond', ?, CURRENT_TIMESTAMP) WHERE run_id = ? AND version = ?",
      ['1', '5000', 'R1', '0'],
    )
    const [row] = await db.run(
      `SELECT version, run_number, TIMESTAMPDIFF('millisecond', CURRENT_TIMESTAMP, lease_expires_at) > 4000 AS is_held, scenario_config['target']['tables'][0] AS first_table,
         JSON_EXTRACT_PATH_TEXT(scenario_config, 'target.tables[0]') AS table_name
       FROM run_status WHERE (LOWER(test_name) || ' ' || LOWER(COALESCE(cancellation_reason, ''))) LIKE ? ESCAPE '!'`,
      ['%100!% test%'],
    )
    expect(row).toEqual({ VERSION: '1', RUN_NUMBER: '1', IS_HELD: 't', FIRST_TABLE: '"a"', TABLE_NAME: 'a' })
  })
})
