import { fingerprintOf, type Plan } from '@flakebench/contract'
import {
  countDeletedRuns,
  countRuns,
  countTags,
  deleteRun,
  keepFingerprints,
  listChangedRuns,
  listRuns,
  listSortedRuns,
  listWarehouseSizes,
  newId,
  putRunMarks,
  RUN_SORT_FIELDS,
  type RunListing,
  type RunPosition,
  type RunSort,
  readRunMarks,
  restoreRun,
  type SqlClient,
  transitionRun,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { seeded } from '../kit/seeded.ts'
import { storeRun, storeTemplate } from '../kit/storedRun.ts'

const RUNS = 23
const SEED = 20_261

let shared: FreshControlDatabase
let plan: Plan
const ids: string[] = []
beforeAll(async () => {
  shared = await freshControlDatabase()
  const { db } = shared
  const { fraction: random, pick } = seeded(SEED)
  plan = await storeTemplate(db)
  for (let i = 0; i < RUNS; i++) {
    const { id } = await storeRun(db, plan, pick(['Apple', 'apple', 'Bär', 'zebra', '"quoted" 100%', 'x_y']))
    ids.push(id)
    const figure = (most: number): number | null => (random() < 0.3 ? null : random() < 0.3 ? 1 / 3 : random() * most)
    await db.execute(
      `UPDATE test_results SET qps = ?, p50_latency_ms = ?, p95_latency_ms = ?, p99_latency_ms = ?, error_rate = ?, total_operations = ?, measured_seconds = ?,
         warehouse = ?, warehouse_size = ?, target_connections = ?, table_type = ? WHERE test_id = ?`,
      [
        figure(1e6),
        figure(10),
        figure(0.001),
        figure(1e4),
        figure(1),
        random() < 0.3 ? null : Math.floor(random() * 4),
        random() < 0.3 ? 0 : figure(60),
        pick([null, 'WH_A', 'wh_b']),
        pick([null, 'X-Small', 'LARGE', '2X-LARGE', 'unheard of']),
        pick([1, 2, 300]),
        pick(['HYBRID', 'POSTGRES']),
        id,
      ],
    )
    const tags = pick([null, [], ['nightly'], ['Nightly'], ['nightly', 'a b'], ['100 %']])
    if (tags !== null) await putRunMarks(db, id, { tags })
    if (random() < 0.5) {
      await db.execute('UPDATE run_status SET start_requested_at = CAST(? AS TIMESTAMP_NTZ) WHERE run_id = ?', [
        `2026-01-0${pick([1, 2])}T00:00:00.123`,
        id,
      ])
    }
  }
})
afterAll(() => shared.drop())

const walk = async (db: SqlClient, listing: RunListing, sort: RunSort, size: number): Promise<RunPosition[]> => {
  const found: RunPosition[] = []
  for (let after: RunPosition | null = null; ; ) {
    const page = await listSortedRuns(db, listing, sort, size, after)
    found.push(...page.map(({ position }) => position))
    if (page.length < size) return found
    // As a cursor takes it along.
    after = JSON.parse(JSON.stringify(found.at(-1))) as RunPosition
  }
}

describe('the sorted list of runs', () => {
  const cases = RUN_SORT_FIELDS.flatMap(field => (['ASC', 'DESC'] as const).map(direction => ({ field, direction })))
  it.each(cases)(`by $field $direction holds each run once over all pages, those without a value last (seed ${SEED})`, async sort => {
    const { db } = shared
    const found = await walk(db, {}, sort, 6)
    expect(found.map(({ id }) => id).sort()).toEqual(ids)
    const whole = await listSortedRuns(db, {}, sort, 100, null)
    expect(found).toEqual(whole.map(({ position }) => position))
    if (sort.field === 'CREATED') {
      expect(found.map(({ id }) => id)).toEqual(sort.direction === 'ASC' ? ids : ids.toReversed())
      return
    }
    const values = found.map(({ value }) => value)
    const firstNull = values.indexOf(null)
    if (firstNull >= 0) expect(values.slice(firstNull).every(value => value === null)).toBe(true)
    const numbers = values.filter(value => typeof value === 'number')
    expect(numbers).toEqual(numbers.toSorted((a, b) => (sort.direction === 'ASC' ? a - b : b - a)))
    for (const [i, { id, value }] of found.entries()) {
      const next = found[i + 1]
      if (next !== undefined && next.value === value) expect(id < next.id).toBe(sort.direction === 'ASC')
    }
  })

  it('has runs in which nothing was measured last by each figure, not among those whose figure is 0', async () => {
    const { db } = await freshControlDatabase()
    const stored = await storeTemplate(db)
    for (const [name, seconds, rate] of [
      ['half', 10, 0.5],
      ['nothing', 0, 0],
      ['none', 10, 0],
    ] as const) {
      const { id } = await storeRun(db, stored, name)
      await db.execute(
        `UPDATE test_results SET measured_seconds = ?, error_rate = ?, qps = ?, total_operations = 0, p50_latency_ms = 1, p95_latency_ms = 1,
           p99_latency_ms = 1 WHERE test_id = ?`,
        [seconds, rate, rate, id],
      )
    }
    for (const field of ['QPS', 'P50', 'P95', 'P99', 'ERROR_RATE', 'OPERATIONS', 'DURATION'] as const) {
      for (const direction of ['ASC', 'DESC'] as const) {
        expect((await listSortedRuns(db, {}, { field, direction }, 5, null)).at(-1)).toMatchObject({
          run: { name: 'nothing' },
          position: { value: null },
        })
      }
    }
    const byErrors = await listSortedRuns(db, {}, { field: 'ERROR_RATE', direction: 'ASC' }, 5, null)
    expect(byErrors.map(({ run }) => run.name)).toEqual(['none', 'half', 'nothing'])
  })

  it('by tags has runs without any last, whether they never had one or have none any more', async () => {
    const { db } = await freshControlDatabase()
    const stored = await storeTemplate(db)
    for (const [name, tags] of [
      ['never', null],
      ['b', ['b', 'a']],
      ['no more', []],
      ['A', ['A']],
    ] as const) {
      const { id } = await storeRun(db, stored, name)
      if (tags !== null) await putRunMarks(db, id, { tags })
    }
    const byTags = await listSortedRuns(db, {}, { field: 'TAGS', direction: 'ASC' }, 5, null)
    expect(byTags.map(({ run }) => run.name)).toEqual(['A', 'b', 'never', 'no more'])
  })

  it('holds only what its filter names, sorted and counted alike', async () => {
    const { db } = shared
    const listing: RunListing = { tableTypes: ['HYBRID'], warehouseSizes: ['LARGE', 'X-Small'] }
    const found = await walk(db, listing, { field: 'P95', direction: 'ASC' }, 2)
    expect(found.length).toBe(await countRuns(db, listing))
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
  })

  it('refuses a position of another sort', async () => {
    const listed = listSortedRuns(shared.db, {}, { field: 'NAME', direction: 'ASC' }, 5, { value: 3, id: 'x' })
    await expect(listed).rejects.toThrow(RangeError)
  })

  it('knows the sizes there are', async () => {
    expect((await listWarehouseSizes(shared.db)).toSorted()).toEqual(['2X-LARGE', 'LARGE', 'X-Small', 'unheard of'])
  })
})

describe('what is noted of a run', () => {
  it('finds it again, and what is left out stays', async () => {
    const { db } = await freshControlDatabase()
    const stored = await storeTemplate(db)
    const [one, other] = [(await storeRun(db, stored, 'one')).id, (await storeRun(db, stored, 'other')).id]
    const namesOf = async (listing: RunListing): Promise<string[]> => (await listRuns(db, listing, 10)).map(({ name }) => name)
    await putRunMarks(db, one, { tags: ['Release 2', 'x_1'], annotation: 'After the Upgrade', isBaseline: true })
    await putRunMarks(db, one, { annotation: 'After the upgrade of 100 %' })
    await putRunMarks(db, other, { tags: ['x_1', 'xy1'] })
    const marks = await readRunMarks(db, [one, other])
    expect(marks.get(one)).toEqual({
      tags: ['Release 2', 'x_1'],
      annotation: 'After the upgrade of 100 %',
      isBaseline: true,
      deletedAtMs: null,
      importedAtMs: null,
      fingerprint: fingerprintOf(stored),
      rerunOf: null,
    })
    expect(await namesOf({ tags: ['x_1'] })).toEqual(['other', 'one'])
    expect(await namesOf({ tags: ['x_1', 'Release 2'] })).toEqual(['one'])
    expect(await namesOf({ tags: ['Release'] })).toEqual([])
    expect(await namesOf({ search: 'release' })).toEqual(['one'])
    expect(await namesOf({ search: 'UPGRADE of 100 %' })).toEqual(['one'])
    expect(await namesOf({ isBaseline: false })).toEqual(['other'])
    expect(await namesOf({ fingerprint: fingerprintOf(stored) })).toEqual(['other', 'one'])
    const { createdAtMs } = (await listRuns(db, {}, 1))[0] as { createdAtMs: number }
    expect(await namesOf({ createdFromMs: createdAtMs + 1_000 })).toEqual([])
    expect(await namesOf({ createdFromMs: createdAtMs - 60_000, createdToMs: createdAtMs + 1_000 })).toEqual(['other', 'one'])
    expect(await countTags(db)).toEqual({ 'Release 2': 1, x_1: 2, xy1: 1 })
  })

  it('is a change of a run at rest, and of no other', async () => {
    const { db } = await freshControlDatabase()
    const [atRest, underWay] = [(await storeRun(db)).id, (await storeRun(db)).id]
    await transitionRun(db, { runId: underWay, fromVersion: 0, epoch: null, set: { status: 'RUNNING' } })
    for (const id of [atRest, underWay]) expect(await putRunMarks(db, id, { tags: ['seen'] })).toBe(true)
    const versions = new Map((await listChangedRuns(db, null)).changes.map(({ id, version }) => [id, version]))
    expect([versions.get(atRest), versions.get(underWay)]).toEqual([1, 1])
    expect(await putRunMarks(db, newId(), { tags: [] })).toBe(false)
  })

  it('has the fingerprint of a run from before there was one', async () => {
    const { db } = await freshControlDatabase()
    const { id, plan: kept } = await storeRun(db)
    await db.execute('UPDATE test_results SET fingerprint = NULL WHERE test_id = ?', [id])
    await keepFingerprints(db)
    expect((await readRunMarks(db, [id])).get(id)?.fingerprint).toBe(fingerprintOf(kept))
  })
})

describe('a deleted run', () => {
  it('is in no list until it is restored, and can be no other than one at rest', async () => {
    const { db } = await freshControlDatabase()
    const { id, templateId } = await storeRun(db)
    expect(await deleteRun(db, id)).toBe(true)
    expect(await deleteRun(db, id)).toBe(true)
    expect(await listRuns(db, {}, 10)).toEqual([])
    expect((await listRuns(db, { isDeleted: true }, 10)).map(run => run.id)).toEqual([id])
    expect(await countDeletedRuns(db, [templateId])).toEqual(new Map([[templateId, 1]]))
    // Whoever decided to start it before it was deleted must look again.
    expect(await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING' } })).toBe(false)
    expect(await restoreRun(db, id)).toBe(true)
    expect((await listRuns(db, {}, 10)).map(run => run.id)).toEqual([id])
    await db.execute("UPDATE run_status SET status = 'RUNNING' WHERE run_id = ?", [id])
    expect(await deleteRun(db, id)).toBe(false)
    expect(await deleteRun(db, 'nobody')).toBe(false)
  })
})
