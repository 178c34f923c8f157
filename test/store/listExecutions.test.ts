import type { ErrorCategory, ExecutionRecord, OperationKind } from '@flakebench/contract'
import {
  type Bind,
  type ExecutionFilter,
  type ExecutionListing,
  type ExecutionSort,
  executionCursor,
  listExecutions,
  newId,
  type SqlClient,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { conditionsOf } from '../../sql/store/src/execution/executionFilter.ts'
import { INDEXES, stretchesOf } from '../../sql/store/src/execution/executionIndexes.ts'
import { postgresStatements } from '../../sql/store/src/setup/schemaFiles.ts'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { type Seeded, seeded } from '../kit/seeded.ts'
import { storeExecutions } from '../kit/storedExecutions.ts'

const KINDS: readonly OperationKind[] = ['POINT_LOOKUP', 'INSERT', 'GENERIC_SQL']

/** Of few different moments and times, so that many are equal. */
const someExecution = (random: Seeded, number: number): ExecutionRecord => {
  const kind = random.pick(KINDS)
  const success = random.fraction() < 0.7
  const errorCategory: ErrorCategory | null = success ? null : random.pick(['TIMEOUT', 'LOCK'] as const)
  const workerId = `worker-${random.whole(0, 2)}`
  const startMs = random.whole(0, 8) * 250 + 0.1
  const responseMs = random.pick([0.1, 0.123456789012, 1.5, 1e-7, 40, 1234.5])
  return {
    id: `${workerId}.1.${number}`,
    workerId,
    connection: random.whole(0, 3),
    kind,
    label: kind === 'GENERIC_SQL' ? random.pick(['by name', `it's "quoted"`]) : kind,
    phase: startMs < 500 ? 'WARMUP' : 'MEASUREMENT',
    counted: random.fraction() < 0.9,
    intendedStartMs: startMs,
    startMs,
    endMs: startMs + 0.2,
    responseMs,
    rows: success ? random.whole(0, 3) : null,
    success,
    retried: random.fraction() < 0.1,
    errorCategory,
    error: success ? null : 'canceling statement',
    errorGroup: success ? null : random.pick(['00000000000000aa', '00000000000000bb']),
    queryId: random.fraction() < 0.5 ? `q-${number}` : null,
    server:
      random.fraction() < 0.5
        ? null
        : {
            totalMs: 1.25,
            compilationMs: 0.5,
            executionMs: 0.75,
            queuedOverloadMs: 0,
            queuedProvisioningMs: null,
            blockedMs: null,
            bytesScanned: 123_456_789_012,
            rowsProduced: 1,
            clusterNumber: 2,
          },
  }
}

const COLUMNS = `execution_id, run_id, worker_id, connection_id, query_id, query_kind, label, phase, counted, intended_start_ms, start_ms, end_ms,
  response_ms, rows_affected, success, retried, error_category, error, error_group, sf_total_elapsed_ms, sf_compilation_ms, sf_execution_ms,
  sf_queued_overload_ms, sf_queued_provisioning_ms, sf_blocked_ms, sf_bytes_scanned, sf_rows_produced, sf_cluster_number`

const insertExecution = (db: SqlClient, runId: string, one: ExecutionRecord): Promise<number> => {
  const { server } = one
  const values: Bind[] = [
    ...[one.id, runId, one.workerId, one.connection, one.queryId, one.kind, one.label, one.phase, one.counted, one.intendedStartMs],
    ...[one.startMs, one.endMs, one.responseMs, one.rows, one.success, one.retried, one.errorCategory, one.error, one.errorGroup],
    ...[server?.totalMs, server?.compilationMs, server?.executionMs, server?.queuedOverloadMs, server?.queuedProvisioningMs].map(
      v => v ?? null,
    ),
    ...[server?.blockedMs, server?.bytesScanned, server?.rowsProduced, server?.clusterNumber].map(v => v ?? null),
  ]
  return db.execute(`INSERT INTO query_executions (${COLUMNS}) VALUES (${values.map(() => '?').join(', ')})`, values)
}

const SORTS: readonly ExecutionSort[] = [
  { field: 'END', direction: 'ASC' },
  { field: 'END', direction: 'DESC' },
  { field: 'RESPONSE', direction: 'ASC' },
  { field: 'RESPONSE', direction: 'DESC' },
]

/** A filter, and the same said of one execution. */
const FILTERS: readonly (readonly [ExecutionFilter, (one: ExecutionRecord) => boolean])[] = [
  [{}, () => true],
  [{ kinds: ['INSERT', 'GENERIC_SQL'] }, one => one.kind !== 'POINT_LOOKUP'],
  [{ kinds: ['GENERIC_SQL'], genericLabels: ['by name', `it's "quoted"`] }, one => one.kind === 'GENERIC_SQL'],
  [{ kinds: ['INSERT', 'GENERIC_SQL'], genericLabels: ['by name', `it's "quoted"`] }, one => one.kind !== 'POINT_LOOKUP'],
  [{ kinds: ['INSERT'], genericLabels: ['by name'] }, one => one.kind === 'INSERT'],
  [{ kinds: ['INSERT'], genericLabels: ['INSERT'] }, one => one.kind === 'INSERT'],
  [{ kinds: ['GENERIC_SQL'], genericLabels: [] }, one => one.kind === 'GENERIC_SQL'],
  [{ labels: [`it's "quoted"`] }, one => one.label === `it's "quoted"`],
  [{ workerIds: ['worker-1'], counted: true }, one => one.workerId === 'worker-1' && one.counted],
  [{ phase: 'WARMUP' }, one => one.phase === 'WARMUP'],
  [{ counted: false }, one => !one.counted],
  [{ success: false }, one => !one.success],
  [{ success: true, minResponseMs: 0.123456789012 }, one => one.success && one.responseMs >= 0.123456789012],
  [{ errorCategories: ['LOCK'] }, one => one.errorCategory === 'LOCK'],
  [{ errorGroup: '00000000000000aa', kinds: [] }, one => one.errorGroup === '00000000000000aa'],
  [{ minResponseMs: 0.1, maxResponseMs: 40 }, one => one.responseMs >= 0.1 && one.responseMs <= 40],
  [{ fromMs: 500.3, toMs: 1_250.3 }, one => one.endMs >= 500.3 && one.endMs < 1_250.3],
  [{ errorCategories: ['LOCK'], success: true }, () => false],
  [{ labels: ['INSERT'], success: false }, one => one.label === 'INSERT' && !one.success],
  [{ labels: ['INSERT', 'by name'], success: false }, one => ['INSERT', 'by name'].includes(one.label) && !one.success],
  [
    { kinds: ['INSERT'], genericLabels: [], workerIds: ['worker-1'], errorCategories: ['LOCK'] },
    one => one.kind === 'INSERT' && one.workerId === 'worker-1' && one.errorCategory === 'LOCK',
  ],
  [{ labels: ['INSERT'], minResponseMs: 40 }, one => one.label === 'INSERT' && one.responseMs >= 40],
  [
    { fromMs: 500.3, toMs: 750.4, success: false, counted: false },
    one => !one.success && !one.counted && one.endMs >= 500.3 && one.endMs < 750.4,
  ],
  [{ labels: null, phase: null, counted: null, success: null, errorGroup: null, minResponseMs: null, fromMs: null }, () => true],
]

describe('the executions of a run', () => {
  const runId = newId()
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seeded(seed)
  const all = Array.from({ length: 60 }, (_, number) => someExecution(random, number))
  let shared: FreshControlDatabase
  beforeAll(async () => {
    shared = await freshControlDatabase()
    for (const one of all) await insertExecution(shared.db, runId, one)
    await insertExecution(shared.db, newId(), { ...someExecution(seeded(1), 0), id: 'worker-0.1.999' })
  })
  afterAll(() => shared.drop())

  const walk = async (listing: Omit<ExecutionListing, 'after'>) => {
    const found = []
    for (let after: string | null = null, isMore = true; isMore; ) {
      const page = await listExecutions(shared.db, runId, { ...listing, after })
      found.push(...page)
      after = page.at(-1)?.cursor ?? after
      isMore = page.length === listing.first
    }
    return found
  }

  it.each(FILTERS)('page by page, in each sort, are each that fits %j, once and in order', async (filter, fits) => {
    for (const sort of SORTS) {
      const found = await walk({ filter, sort, first: 7 })
      const what = `seed ${seed}, ${JSON.stringify(sort)}`
      expect(found.map(one => one.id).sort(), what).toEqual(
        all
          .filter(fits)
          .map(one => one.id)
          .sort(),
      )
      const values = found.map(one => (sort.field === 'END' ? one.endMs : one.responseMs))
      const sign = sort.direction === 'ASC' ? 1 : -1
      for (const [i, value] of values.entries())
        if (i > 0) expect(sign * (value - (values[i - 1] as number)), what).toBeGreaterThanOrEqual(0)
    }
  })

  it('are read on after one whose id comes from elsewhere', async () => {
    const other = newId()
    const ids = ['a/b c', 'a/b d', 'a\nb'].toSorted()
    for (const id of ids) await insertExecution(shared.db, other, { ...someExecution(seeded(1), 0), id })
    const found: string[] = []
    for (let after: string | null = null; found.length < ids.length; ) {
      const [one] = await listExecutions(shared.db, other, { filter: {}, sort: { field: 'END', direction: 'ASC' }, after, first: 1 })
      found.push(one?.id ?? '')
      after = one?.cursor ?? null
    }
    expect(found.toSorted()).toEqual(ids)
  })

  it('come back as they were', async () => {
    const found = await walk({ filter: {}, sort: { field: 'END', direction: 'ASC' }, first: 50 })
    const byId = new Map(all.map(one => [one.id, one]))
    for (const { cursor: _, ...one } of found) expect(one, `seed ${seed}`).toEqual(byId.get(one.id))
  })

  const sort: ExecutionSort = { field: 'END', direction: 'ASC' }
  it.each([
    ['nonsense', /is no cursor of an execution: send one as it was received/],
    [Buffer.from("END/ASC/1; DROP TABLE x/'").toString('base64url'), /is no cursor/],
    [Buffer.from('END/ASC/NaN/worker-0.1.1').toString('base64url'), /is no cursor/],
    [
      executionCursor({ field: 'END', direction: 'DESC' }, { value: 1, id: 'worker-0.1.1' }),
      /sorted by END DESC: leave it out to begin anew/,
    ],
    [executionCursor({ field: 'RESPONSE', direction: 'ASC' }, { value: 1, id: 'worker-0.1.1' }), /sorted by RESPONSE ASC/],
  ])('are not read on after %s', async (after, refusal) => {
    await expect(listExecutions(shared.db, runId, { filter: {}, sort, after, first: 5 })).rejects.toThrow(refusal)
  })

  it('are found where each condition alone leaves many, and all together few or none', async () => {
    const other = newId()
    const many = Array.from({ length: 6_000 }, (_, number): ExecutionRecord => {
      const isInsert = number % 2 === 0
      const success = isInsert ? number < 5_990 : number < 10
      return {
        ...someExecution(seeded(number), number),
        kind: isInsert ? 'INSERT' : 'POINT_LOOKUP',
        label: isInsert ? 'INSERT' : 'POINT_LOOKUP',
        workerId: `worker-${number % 3}`,
        endMs: number,
        responseMs: 6_000 - number,
        success,
        errorCategory: success ? null : 'LOCK',
      }
    })
    await storeExecutions(shared.db, other, many)
    const idsOf = async (filter: ExecutionFilter, sort: ExecutionSort): Promise<string[]> =>
      (await listExecutions(shared.db, other, { filter, sort, after: null, first: 10 })).map(one => one.id)
    const failedInserts = many.filter(one => one.label === 'INSERT' && !one.success).map(one => one.id)
    for (const sort of SORTS) {
      const isLastFirst = (sort.field === 'END') === (sort.direction === 'DESC')
      expect(await idsOf({ labels: ['INSERT'], success: false }, sort)).toEqual(isLastFirst ? failedInserts.toReversed() : failedInserts)
      expect(await idsOf({ labels: ['INSERT'], success: false, workerIds: ['worker-7'] }, sort)).toEqual([])
      expect(await idsOf({ minResponseMs: 1, fromMs: 1, labels: ['POINT_LOOKUP'], success: true }, sort)).toHaveLength(5)
    }
  })
})

describe('where executions are looked for', () => {
  it('are indexes that the schema makes', () => {
    const made = postgresStatements().map(statement =>
      /ON query_executions \(run_id, ([^)]*)\)\s*(?:WHERE (.*))?$/.exec(statement)?.slice(1),
    )
    for (const { only, equal, order } of INDEXES) {
      const columns = [equal, order, 'execution_id'].filter(column => column !== null).join(', ')
      expect(made).toContainEqual([columns, only ?? undefined])
    }
  })

  it.each<readonly [ExecutionFilter, 'end_ms' | 'response_ms', readonly string[]]>([
    [{}, 'end_ms', []],
    // An index has just these, in order.
    [{ labels: ['a'] }, 'response_ms', []],
    [{ labels: ['a'], success: false, fromMs: 1 }, 'end_ms', []],
    [{ success: false }, 'response_ms', []],
    // These have to be sorted, or picked out.
    [{ labels: ['a'], success: false, fromMs: 1 }, 'response_ms', ['label, end_ms, execution_id']],
    [{ labels: ['a', 'b'] }, 'end_ms', ['label, end_ms, execution_id']],
    [{ labels: ['a'], workerIds: ['w'] }, 'end_ms', ['label, end_ms, execution_id', 'worker_id, end_ms, execution_id']],
    [{ minResponseMs: 5, fromMs: 1 }, 'end_ms', ['response_ms, execution_id', 'end_ms, execution_id']],
    [
      { kinds: ['INSERT'], genericLabels: [], workerIds: ['w'], errorCategories: ['LOCK'] },
      'end_ms',
      ['label, end_ms, execution_id', 'worker_id, end_ms, execution_id', 'error_category, end_ms, execution_id'],
    ],
    [{ phase: 'WARMUP' }, 'end_ms', []],
  ])('for %j by %s', (filter, order, orders) => {
    expect(stretchesOf(conditionsOf(filter), order).map(stretch => stretch.order)).toEqual(orders)
  })
})
