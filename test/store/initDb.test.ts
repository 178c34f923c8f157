import { initPostgres, insertTemplate, listMissingTables, newId, readTemplate } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { asAdmin, freshControlDatabase } from '../kit/freshDatabase.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const TABLES = [
  'run_status',
  'run_control_events',
  'worker_heartbeats',
  'worker_metrics_snapshots',
  'test_results',
  'metrics_snapshots',
  'query_executions',
  'warehouse_poll_snapshots',
  'controller_step_history',
  'test_logs',
  'test_templates',
  'template_value_pools',
  'connections',
  'api_tokens',
  'audit_log',
]
const VIEWS = ['find_max_step_history']

const listRelations = async (url: string, schema: string, type: string): Promise<string[]> =>
  asAdmin(url, async admin => {
    const { rows } = await admin.query<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 AND table_type = $2 ORDER BY 1',
      [schema, type],
    )
    return rows.map(row => row.name)
  })

/** Everything in the schema, column by column, with its indexes and constraints. */
const readShape = async (url: string, schema: string): Promise<unknown> =>
  asAdmin(url, async admin => {
    const columns = await admin.query(
      `SELECT table_name, column_name, data_type, domain_name, is_nullable, column_default, character_maximum_length
       FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1, 2`,
      [schema],
    )
    const indexes = await admin.query('SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = $1 ORDER BY 1, 2', [schema])
    return [columns.rows, indexes.rows]
  })

describe('the control schema', () => {
  it('has every table and view that the design names, and no other', async () => {
    const { url } = await freshControlDatabase()
    expect(await listRelations(url, 'test_results', 'BASE TABLE')).toEqual([...TABLES].sort())
    expect(await listRelations(url, 'test_results', 'VIEW')).toEqual(VIEWS)
  })

  it('has the indexes that hybrid tables declare inline', async () => {
    const { url } = await freshControlDatabase()
    const indexesOf = async (table: string): Promise<string[]> => {
      const { rows } = await asAdmin(url, admin =>
        admin.query('SELECT indexname FROM pg_indexes WHERE tablename = $1 ORDER BY indexname', [table]),
      )
      return rows.map(row => row.indexname)
    }
    expect(await indexesOf('run_status')).toEqual([
      'run_status_by_status',
      'run_status_by_template',
      'run_status_by_update',
      'run_status_pk',
    ])
    expect(await indexesOf('worker_metrics_snapshots')).toEqual(['worker_metrics_snapshots_by_interval', 'worker_metrics_snapshots_pk'])
  })

  it('can be applied again, and leaves everything as it is', async () => {
    const { url, db } = await freshControlDatabase()
    const id = newId()
    await insertTemplate(db, id, soundTemplate(SMALLEST))
    const before = await readShape(url, 'test_results')
    await initPostgres(url)
    expect(await readShape(url, 'test_results')).toEqual(before)
    expect(await readTemplate(db, id)).toMatchObject({ id, name: 'orders' })
  })

  it('is applied by several at once without a fault, to a database that has none', async () => {
    const { url, db } = await freshControlDatabase()
    await Promise.all(Array.from({ length: 4 }, () => initPostgres(url, 'another_schema')))
    expect(await listMissingTables(db, 'another_schema')).toEqual([])
    expect(await listRelations(url, 'another_schema', 'BASE TABLE')).toEqual([...TABLES].sort())
  })

  it('completes a schema of which a part is missing, and names that part until then', async () => {
    const { url, db } = await freshControlDatabase()
    await asAdmin(url, admin => admin.query('DROP TABLE test_results.audit_log, test_results.api_tokens'))
    expect((await listMissingTables(db)).sort()).toEqual(['api_tokens', 'audit_log'])
    expect(await listMissingTables(db, 'nowhere')).toHaveLength(TABLES.length)
    await initPostgres(url)
    expect(await listMissingTables(db)).toEqual([])
  })

  it('leaves nothing behind when it is refused', async () => {
    const { url } = await freshControlDatabase()
    await asAdmin(url, admin => admin.query('CREATE SCHEMA broken; CREATE TABLE broken.find_max_step_history (n int)'))
    await expect(initPostgres(url, 'broken')).rejects.toThrow(/find_max_step_history/)
    expect(await listRelations(url, 'broken', 'BASE TABLE')).toEqual(['find_max_step_history'])
  })
})
