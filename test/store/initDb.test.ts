import { initControlDatabase, insertTemplate, listMissingParts, newId, readTemplate } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const TABLES = [
  'run_status',
  'run_control_events',
  'worker_heartbeats',
  'worker_metrics_snapshots',
  'test_results',
  'metrics_snapshots',
  'bundle_imports',
  'query_executions',
  'query_history_rows',
  'spool_files',
  'run_statements',
  'run_figures',
  'enrichments',
  'sut_statistics',
  'warehouse_poll_snapshots',
  'controller_step_history',
  'test_logs',
  'test_templates',
  'template_versions',
  'template_value_pools',
  'value_pool_sets',
  'connections',
  'users',
  'user_sessions',
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
    const { adminUrl, adminSchema } = await freshControlDatabase()
    expect(await listRelations(adminUrl, adminSchema('test_results'), 'BASE TABLE')).toEqual([...TABLES].sort())
    expect(await listRelations(adminUrl, adminSchema('test_results'), 'VIEW')).toEqual(VIEWS)
  })

  it('has the indexes that hybrid tables declare inline', async () => {
    const { adminUrl } = await freshControlDatabase()
    const indexesOf = async (table: string): Promise<string[]> => {
      const { rows } = await asAdmin(adminUrl, admin =>
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
    const { url, db, adminUrl, adminSchema } = await freshControlDatabase()
    const id = newId()
    await insertTemplate(db, id, soundTemplate(SMALLEST))
    const before = await readShape(adminUrl, adminSchema('test_results'))
    await initControlDatabase(url, 'test_results')
    expect(await readShape(adminUrl, adminSchema('test_results'))).toEqual(before)
    expect(await readTemplate(db, id)).toMatchObject({ id, name: 'orders' })
  })

  it('is applied by several at once without a fault, to a database that has none', async () => {
    const { url, db, adminUrl, adminSchema } = await freshControlDatabase()
    await Promise.all(Array.from({ length: 4 }, () => initControlDatabase(url, 'another_schema')))
    expect(await listMissingParts(db, 'another_schema')).toEqual([])
    expect(await listRelations(adminUrl, adminSchema('another_schema'), 'BASE TABLE')).toEqual([...TABLES].sort())
  })

  it('completes a schema of which a part is missing, and names that part until then', async () => {
    const { url, db, adminUrl, adminSchema } = await freshControlDatabase()
    for (const table of ['audit_log', 'api_tokens']) await db.execute(`DROP TABLE ${table}`)
    const older = `"${adminSchema('test_results')}".run_status`
    await asAdmin(adminUrl, admin => admin.query(`ALTER TABLE ${older} DROP COLUMN orchestrator_url`))
    expect((await listMissingParts(db)).sort()).toEqual(['api_tokens', 'audit_log', 'run_status.orchestrator_url'])
    expect(await listMissingParts(db, 'nowhere')).toHaveLength(TABLES.length)
    await initControlDatabase(url, 'test_results')
    expect(await listMissingParts(db)).toEqual([])
  })
})
