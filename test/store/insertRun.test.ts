import { insertRun, newId, readRun, readTemplate } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { readRunNow, storeTemplate } from '../kit/storedRun.ts'

describe('preparing a run', () => {
  it('makes its row of RUN_STATUS and its parent row of TEST_RESULTS', async () => {
    const { db } = await freshControlDatabase()
    const plan = await storeTemplate(db)
    const runId = newId()
    await insertRun(db, runId, 'first try', plan)
    const run = await readRunNow(db, runId)
    expect(run).toMatchObject({
      id: runId,
      name: 'first try',
      number: 1,
      templateId: plan.templateId,
      status: 'PREPARED',
      phase: 'PREPARING',
      version: 0,
      plan,
      epoch: 0,
      orchestratorId: null,
      leaseExpiresAtMs: null,
      startAtMs: null,
      tableRows: null,
      workerTargets: null,
      workersExpected: 2,
      nextSequenceId: 1,
      completionReason: null,
      elapsedSeconds: 0,
    })
    const parents = await db.query(
      'SELECT test_id, run_id, worker_id, test_name, status, worker_count, load_mode, test_config FROM test_results',
    )
    expect(parents).toEqual([
      {
        test_id: runId,
        run_id: runId,
        worker_id: null,
        test_name: 'first try',
        status: 'PREPARED',
        worker_count: 2,
        load_mode: 'CONCURRENCY',
        test_config: plan,
      },
    ])
  })

  it('counts the use of its template', async () => {
    const { db } = await freshControlDatabase()
    const plan = await storeTemplate(db)
    expect(await readTemplate(db, plan.templateId)).toMatchObject({ usageCount: 0, lastUsedAtMs: null })
    await insertRun(db, newId(), 'one', plan)
    await insertRun(db, newId(), 'two', plan)
    const { usageCount, lastUsedAtMs, version } = (await readTemplate(db, plan.templateId)) ?? {}
    expect({ usageCount, version }).toEqual({ usageCount: 2, version: 1 })
    expect(lastUsedAtMs).toBeTypeOf('number')
  })

  it('numbers the runs of each template from one', async () => {
    const { db } = await freshControlDatabase()
    const [plan, other] = [await storeTemplate(db), await storeTemplate(db)]
    const numbers: number[] = []
    for (const one of [plan, plan, other, plan]) {
      const runId = newId()
      await insertRun(db, runId, 'run', one)
      numbers.push((await readRunNow(db, runId)).number)
    }
    expect(numbers).toEqual([1, 2, 1, 3])
  })

  it('gives runs that are prepared at once different numbers', async () => {
    const { db } = await freshControlDatabase()
    const plan = await storeTemplate(db)
    const ids = Array.from({ length: 10 }, newId)
    await Promise.all(ids.map(id => insertRun(db, id, 'run', plan)))
    const runs = await Promise.all(ids.map(id => readRunNow(db, id)))
    expect(runs.map(run => run.number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('leaves nothing behind for a template that does not exist', async () => {
    const { db } = await freshControlDatabase()
    const plan = { ...(await storeTemplate(db)), templateId: newId() }
    const runId = newId()
    await expect(insertRun(db, runId, 'run', plan)).rejects.toThrow(/template .* does not exist/)
    expect(await readRun(db, runId)).toBeNull()
    expect(await db.query('SELECT test_id FROM test_results')).toEqual([])
  })

  it('leaves nothing behind, and does not count, when one of its rows cannot be written', async () => {
    const { db } = await freshControlDatabase()
    const plan = await storeTemplate(db)
    const runId = newId()
    await db.execute(
      `INSERT INTO test_results (test_id, run_id, test_name, template_id, table_type, table_name, load_mode, scaling_mode, worker_count,
         target_connections, status) SELECT ?, ?, 'x', 'x', 'x', 'x', 'x', 'x', 1, 1, 'x'`,
      [runId, runId],
    )
    await expect(insertRun(db, runId, 'run', plan)).rejects.toThrow(/duplicate key/i)
    expect(await readRun(db, runId)).toBeNull()
    expect((await readTemplate(db, plan.templateId))?.usageCount).toBe(0)
  })
})
