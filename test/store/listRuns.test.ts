import type { RunStatus, TableType } from '@flakebench/contract'
import {
  countActiveRuns,
  countRuns,
  listChangedRuns,
  listRuns,
  newId,
  putRunProgress,
  type RunListing,
  readClock,
  readRun,
  type SqlClient,
  transitionRun,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { storeRun, storeTemplate } from '../kit/storedRun.ts'

interface Wanted {
  readonly name?: string
  readonly table?: string
  readonly status?: RunStatus
  readonly tableType?: TableType
}

const store = async (db: SqlClient, { name = 'run', table = 'orders', status, tableType = 'POSTGRES' }: Wanted): Promise<string> => {
  const plan = await storeTemplate(db)
  const { id } = await storeRun(db, { ...plan, target: { ...plan.target, table, tableType } }, name)
  if (status !== undefined) await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status } })
  return id
}

describe('the list of runs', () => {
  it('is newest first, in pages', async () => {
    const { db } = await freshControlDatabase()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.unshift(await store(db, {}))
    const first = await listRuns(db, {}, 2)
    expect(first.map(run => run.id)).toEqual(ids.slice(0, 2))
    const second = await listRuns(db, {}, 2, first.at(-1)?.id)
    expect(second.map(run => run.id)).toEqual(ids.slice(2, 4))
    expect((await listRuns(db, {}, 2, second.at(-1)?.id)).map(run => run.id)).toEqual(ids.slice(4))
    expect(await countRuns(db, {})).toBe(5)
    expect(first[0]).toMatchObject(await readRun(db, ids[0] as string).then(run => ({ id: run?.id, plan: run?.plan, number: 1 })))
  })

  const cases: { listing: RunListing; finds: string[] }[] = [
    { listing: {}, finds: ['d', 'c', 'b_2', 'Alpha'] },
    { listing: { statuses: ['RUNNING'] }, finds: ['c', 'b_2'] },
    { listing: { statuses: ['RUNNING', 'FAILED'] }, finds: ['d', 'c', 'b_2'] },
    { listing: { statuses: [] }, finds: ['d', 'c', 'b_2', 'Alpha'] },
    { listing: { tableTypes: ['HYBRID'] }, finds: ['c'] },
    { listing: { tableTypes: ['HYBRID', 'POSTGRES'], statuses: ['RUNNING'] }, finds: ['c', 'b_2'] },
    { listing: { search: 'ALPHA' }, finds: ['Alpha'] },
    { listing: { search: 'b_' }, finds: ['b_2'] },
    { listing: { search: 'order_items' }, finds: ['d'] },
    { listing: { search: 'public.orders' }, finds: ['c', 'b_2', 'Alpha'] },
    { listing: { search: 'orders', statuses: ['FAILED'] }, finds: [] },
    { listing: { templateId: 'nobody' }, finds: [] },
    { listing: { templateId: null, statuses: null, tableTypes: null, search: ' ' }, finds: ['d', 'c', 'b_2', 'Alpha'] },
  ]
  let shared: FreshControlDatabase
  beforeAll(async () => {
    shared = await freshControlDatabase()
    await store(shared.db, { name: 'Alpha' })
    await store(shared.db, { name: 'b_2', status: 'RUNNING' })
    await store(shared.db, { name: 'c', status: 'RUNNING', tableType: 'HYBRID' })
    await store(shared.db, { name: 'd', status: 'FAILED', tableType: 'STANDARD', table: 'Order_Items' })
  })
  afterAll(() => shared.drop())
  it.each(cases)('filtered by $listing holds what fits', async ({ listing, finds }) => {
    const { db } = shared
    expect((await listRuns(db, listing, 10)).map(run => run.name)).toEqual(finds)
    expect(await countRuns(db, listing)).toBe(finds.length)
  })

  it('of a template holds its runs', async () => {
    const { db } = await freshControlDatabase()
    const plan = await storeTemplate(db)
    const mine = [await storeRun(db, plan), await storeRun(db, plan)].map(run => run.id).reverse()
    await store(db, {})
    expect((await listRuns(db, { templateId: plan.templateId }, 10)).map(run => run.id)).toEqual(mine)
  })

  it('leaves out what was deleted, and the rows of workers', async () => {
    const { db } = await freshControlDatabase()
    const [id, other] = [await store(db, {}), await store(db, {})]
    await db.execute('UPDATE test_results SET deleted_at = CURRENT_TIMESTAMP WHERE test_id = ?', [id])
    expect((await listRuns(db, {}, 10)).map(run => run.id)).toEqual([other])
    expect(await countRuns(db, {})).toBe(1)
  })

  it('counts as active what an orchestrator has to drive', async () => {
    const { db } = await freshControlDatabase()
    for (const status of ['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING', 'COMPLETED', 'FAILED'] as const) await store(db, { status })
    await store(db, {})
    expect(await countActiveRuns(db)).toBe(4)
  })
})

describe('changed runs', () => {
  it('are those written to since, oldest change first', async () => {
    const { db } = await freshControlDatabase()
    const [first, second] = [await store(db, { name: 'first' }), await store(db, { name: 'second' })]
    await transitionRun(db, { runId: first, fromVersion: 0, epoch: null, set: { status: 'STARTING' } })
    const { nowMs, changes } = await listChangedRuns(db, null)
    expect(changes.map(({ id, name, status, version }) => ({ id, name, status, version }))).toEqual([
      { id: second, name: 'second', status: 'PREPARED', version: 0 },
      { id: first, name: 'first', status: 'STARTING', version: 1 },
    ])
    expect(nowMs).toBeLessThanOrEqual(await readClock(db))
    expect(nowMs).toBeGreaterThanOrEqual(changes.at(-1)?.changedAtMs ?? Number.POSITIVE_INFINITY)
  })

  it('are listed again for a while, so that a slow write is not missed, and then no more', async () => {
    const { db } = await freshControlDatabase()
    const id = await store(db, {})
    const nowMs = await readClock(db)
    expect((await listChangedRuns(db, nowMs)).changes.map(change => change.id)).toEqual([id])
    expect((await listChangedRuns(db, nowMs + 60_000)).changes).toEqual([])
  })

  it('are also those that only made progress', async () => {
    const { db } = await freshControlDatabase()
    const id = await store(db, {})
    await db.execute("UPDATE run_status SET updated_at = DATEADD('hour', -1, CURRENT_TIMESTAMP)")
    expect((await listChangedRuns(db, null)).changes).toEqual([])
    const none = { workersRegistered: 0, workersReady: 0, workersActive: 0, workersCompleted: 0, totalOperations: 0, errors: 0 }
    await putRunProgress(db, id, 0, { ...none, currentQps: null })
    expect((await listChangedRuns(db, null)).changes.map(change => change.id)).toEqual([id])
  })
})

describe('ids', () => {
  it('sort as they were made, also within a millisecond', () => {
    const ids = Array.from({ length: 5_000 }, newId)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every(id => id.length === 26)).toBe(true)
  })
})
