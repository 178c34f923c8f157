import type { PooledTable } from '@flakebench/contract'
import {
  deleteTemplate,
  failPoolSet,
  failSilentPoolSets,
  finishPoolSet,
  insertPoolSet,
  insertPoolValues,
  insertRun,
  insertTemplate,
  listPoolSets,
  listPreparingPoolSets,
  newId,
  putPoolProgress,
  putPoolsSeen,
  putPoolTable,
  readPoolSet,
  readPoolValues,
  removeOrphanPoolSets,
  removePoolSet,
  removePoolSets,
  removePoolValues,
  type SqlClient,
  VALUES_A_STATEMENT,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { SMALLEST, soundPlan, soundTemplate } from '../kit/templateInput.ts'

const TABLE: PooledTable = {
  target: 'here',
  columns: [{ name: 'id', type: 'bigint' }],
  rows: 100,
  keyColumn: 'id',
  timeColumn: null,
  pools: [{ kind: 'KEY', column: 'id', size: 3 }],
  lastSeen: null,
}
const WHOLE = { stride: 1, remainder: 0 }

interface NewSet {
  readonly id: string
  readonly templateId: string
  readonly seed: number
}

const newSet = async (db: SqlClient, templateId = newId()): Promise<NewSet> => {
  const set = { id: newId(), templateId, seed: 7 }
  await insertPoolSet(db, set)
  return set
}
const keyPool = ({ id, templateId }: { readonly id: string; readonly templateId: string }) =>
  ({ setId: id, templateId, kind: 'KEY', column: 'id' }) as const

describe('a set of value pools', () => {
  it('begins as being prepared, tells its progress, and ends as ready', async () => {
    const { db } = await freshControlDatabase()
    const set = await newSet(db)
    expect(await readPoolSet(db, set.id)).toMatchObject({
      ...set,
      status: 'PREPARING',
      valuesPlanned: 0,
      valuesStored: 0,
      table: null,
      preparedAtMs: null,
    })
    expect(await putPoolTable(db, set.id, TABLE, 3)).toBe(true)
    expect(await putPoolProgress(db, set.id, 2)).toBe(true)
    expect(await readPoolSet(db, set.id)).toMatchObject({ status: 'PREPARING', valuesPlanned: 3, valuesStored: 2, table: TABLE })
    expect(await finishPoolSet(db, set.id, TABLE, 3)).toBe(true)
    const ready = await readPoolSet(db, set.id)
    expect(ready).toMatchObject({ status: 'READY', valuesStored: 3, error: null })
    expect(ready?.preparedAtMs).toBeGreaterThanOrEqual(ready?.requestedAtMs as number)
    expect(await putPoolProgress(db, set.id, 1)).toBe(false)
    expect(await failPoolSet(db, set.id, 'too late')).toBe(false)
  })

  it('does not begin while another one of its template is being prepared', async () => {
    const { db } = await freshControlDatabase()
    const set = await newSet(db)
    const next = { ...set, id: newId() }
    expect(await insertPoolSet(db, next)).toBe(false)
    expect(await readPoolSet(db, next.id)).toBeNull()
    expect(await insertPoolSet(db, { ...next, templateId: newId(), id: newId() })).toBe(true)
    await failPoolSet(db, set.id, 'no table')
    expect(await insertPoolSet(db, next)).toBe(true)
    await removePoolSet(db, next.id)
    expect((await listPoolSets(db, set.templateId)).map(({ id }) => id)).toEqual([set.id])
  })

  it('keeps the first reason of its failure, and cannot become ready after it', async () => {
    const { db } = await freshControlDatabase()
    const set = await newSet(db)
    expect(await failPoolSet(db, set.id, 'the first')).toBe(true)
    expect(await failPoolSet(db, set.id, 'the second')).toBe(false)
    expect(await finishPoolSet(db, set.id, TABLE, 3)).toBe(false)
    expect(await readPoolSet(db, set.id)).toMatchObject({ status: 'FAILED', error: 'the first' })
  })

  it('has failed when nothing is heard of it for long, by the clock of the database', async () => {
    const { db } = await freshControlDatabase()
    const silent = await newSet(db)
    const alive = await newSet(db)
    await db.execute("UPDATE value_pool_sets SET updated_at = DATEADD('second', -60, updated_at) WHERE set_id = ?", [silent.id])
    expect(await failSilentPoolSets(db, 20, 'it is gone', [silent.id, newId()])).toBe(0)
    expect(await failSilentPoolSets(db, 20, 'it is gone', [alive.id])).toBe(1)
    expect(await readPoolSet(db, silent.id)).toMatchObject({ status: 'FAILED', error: 'it is gone' })
    expect((await listPreparingPoolSets(db)).map(({ id }) => id)).toEqual([alive.id])
  })

  it('keeps what a run has seen of its table', async () => {
    const { db } = await freshControlDatabase()
    const set = await newSet(db)
    await finishPoolSet(db, set.id, TABLE, 3)
    const seen = { ...TABLE, lastSeen: { rows: 500, columns: [] } }
    await putPoolsSeen(db, set.id, seen)
    expect((await readPoolSet(db, set.id))?.table).toEqual(seen)
  })
})

describe('pooled values', () => {
  it('come back as they were, whatever they are', async () => {
    const { db } = await freshControlDatabase()
    const pool = keyPool(await newSet(db))
    const values = [1, -2.5, 'text', "it's ?", '', true, '9007199254740993', { a: null, b: 'ü\n"', c: 3 }]
    await insertPoolValues(db, pool, 0, values)
    await insertPoolValues(db, pool, values.length, [])
    expect(await readPoolValues(db, pool, WHOLE)).toEqual(values)
  })

  it('are read in parts that share nothing and leave nothing out, over many pages', async () => {
    const { db } = await freshControlDatabase()
    const pool = keyPool(await newSet(db))
    const count = 25_000
    for (let at = 0; at < count; at += VALUES_A_STATEMENT) {
      await insertPoolValues(
        db,
        pool,
        at,
        Array.from({ length: Math.min(VALUES_A_STATEMENT, count - at) }, (_, i) => at + i),
      )
    }
    const parts = await Promise.all([0, 1, 2].map(remainder => readPoolValues<number>(db, pool, { stride: 3, remainder })))
    parts.forEach((part, remainder) => {
      expect(part).toEqual(Array.from({ length: Math.ceil((count - remainder) / 3) }, (_, i) => i * 3 + remainder))
    })
    expect(await readPoolValues(db, pool, WHOLE)).toHaveLength(count)
    expect(await readPoolValues(db, { ...pool, kind: 'RANGE' }, WHOLE)).toEqual([])
  })
})

describe('sets of a deleted template', () => {
  it('are removed when no run draws from them any more', async () => {
    const { db } = await freshControlDatabase()
    const [kept, deleted] = [newId(), newId()]
    const sets: NewSet[] = []
    for (const templateId of [kept, deleted]) {
      await insertTemplate(db, templateId, { ...soundTemplate(SMALLEST), name: templateId })
      const set = await newSet(db, templateId)
      await finishPoolSet(db, set.id, TABLE, 3)
      sets.push(set)
    }
    const runId = newId()
    await insertRun(db, runId, 'a run', { ...soundPlan(), templateId: deleted, poolSetId: sets[1]?.id as string })
    await deleteTemplate(db, deleted)
    expect(await removeOrphanPoolSets(db)).toBe(0)
    await db.execute("UPDATE run_status SET status = 'COMPLETED' WHERE run_id = ?", [runId])
    expect(await removeOrphanPoolSets(db)).toBe(1)
    expect(await listPoolSets(db, deleted)).toEqual([])
    expect(await listPoolSets(db, kept)).toHaveLength(1)
  })
})

describe('older sets', () => {
  it('are removed with their values, but for those that an unfinished run draws from', async () => {
    const { db } = await freshControlDatabase()
    const templateId = newId()
    await insertTemplate(db, templateId, soundTemplate(SMALLEST))
    const [first, second, third, fourth, fifth] = [1, 2, 3, 4, 5].map(seed => ({ id: newId(), templateId, seed })) as [
      NewSet,
      NewSet,
      NewSet,
      NewSet,
      NewSet,
    ]
    for (const set of [first, second, third, fifth, fourth]) {
      expect(await insertPoolSet(db, set)).toBe(true)
      await insertPoolValues(db, keyPool(set), 0, [1, 2, 3])
      if (set === third) await failPoolSet(db, third.id, 'no table')
      else if (set !== fourth) await finishPoolSet(db, set.id, TABLE, 3)
    }
    const runId = newId()
    await insertRun(db, runId, 'a run', { ...soundPlan(), templateId, poolSetId: second.id })

    expect(await removePoolSets(db, templateId, fifth.id)).toBe(2)
    expect((await listPoolSets(db, templateId)).map(({ id }) => id)).toEqual([fifth.id, fourth.id, second.id])
    expect(await readPoolValues(db, keyPool(first), WHOLE)).toEqual([])
    expect(await readPoolValues(db, keyPool(second), WHOLE)).toEqual([1, 2, 3])

    await db.execute("UPDATE run_status SET status = 'COMPLETED' WHERE run_id = ?", [runId])
    expect(await removePoolSets(db, templateId, fifth.id)).toBe(1)
    expect(await removePoolSets(db, templateId, null)).toBe(1)
    expect((await listPoolSets(db, templateId)).map(({ id }) => id)).toEqual([fourth.id])
    await removePoolValues(db, fourth.id)
    expect(await readPoolValues(db, keyPool(fourth), WHOLE)).toEqual([])
  })
})
