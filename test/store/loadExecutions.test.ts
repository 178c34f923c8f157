import { type Execution, type SpoolSummary, startSummary } from '@flakebench/contract'
import {
  claimRun,
  deleteExecutions,
  type ExecutionLoader,
  insertRunStatements,
  type LoadOutcome,
  listRunStatements,
  listSpoolFiles,
  openExecutionLoader,
  releaseLease,
  type SqlClient,
} from '@flakebench/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleExecution } from '../kit/sampleExecution.ts'
import { seeded } from '../kit/seeded.ts'
import { storeRun } from '../kit/storedRun.ts'

const setUp = async () => {
  const control = await freshControlDatabase()
  const { db, url } = control
  const { id: runId } = await storeRun(db)
  const epoch = (await claimRun(db, runId, 'test')) as number
  const open = (): ExecutionLoader => {
    const loader = openExecutionLoader({ url })
    onTestFinished(() => loader.close())
    return loader
  }
  return { control, db, runId, epoch, open }
}

const EMPTY: SpoolSummary = { counts: [], errors: [] }

/** In batches, as a spool is read. */
async function* inBatches(executions: readonly Execution[], size = 700): AsyncGenerator<readonly Execution[]> {
  for (let at = 0; at < executions.length; at += size) yield executions.slice(at, at + size)
}

const file = (runId: string, fileNumber = 1) => ({ runId, workerId: 'worker-0', attempt: 1, fileNumber })

const load = (loader: ExecutionLoader, runId: string, epoch: number, executions: readonly Execution[], fileNumber = 1) =>
  loader.load(file(runId, fileNumber), epoch, inBatches(executions), () => EMPTY)

const countRows = async (db: SqlClient, runId: string): Promise<unknown> =>
  (await db.query('SELECT COUNT(*) AS n FROM query_executions WHERE run_id = ?', [runId]))[0]?.['n']

const READ = `SELECT execution_id, worker_id, connection_id, query_id, query_kind, label, phase, counted, intended_start_ms, start_ms, end_ms, response_ms,
  rows_affected, success, retried, error_category, error, error_group FROM query_executions WHERE run_id = ? ORDER BY start_ms, execution_id`

const readAll = async (db: SqlClient, runId: string): Promise<Execution[]> =>
  (await db.query(READ, [runId])).map(
    row =>
      ({
        id: row['execution_id'],
        workerId: row['worker_id'],
        connection: row['connection_id'],
        kind: row['query_kind'],
        label: row['label'],
        phase: row['phase'],
        counted: row['counted'],
        intendedStartMs: row['intended_start_ms'],
        startMs: row['start_ms'],
        endMs: row['end_ms'],
        responseMs: row['response_ms'],
        rows: row['rows_affected'],
        success: row['success'],
        retried: row['retried'],
        errorCategory: row['error_category'],
        error: row['error'],
        errorGroup: row['error_group'],
        queryId: row['query_id'],
      }) as Execution,
  )

/** Words that a format could stumble over. */
const WORDS = [
  '',
  ' ',
  'NULL',
  '\\N',
  '\\',
  '"',
  '""',
  "it's",
  'a,b',
  'line\nline\r\nline',
  '\t',
  'Grüße',
  '数据库',
  '🚀 lift-off',
  '\u0001',
  'x'.repeat(500),
  '数'.repeat(255),
]

describe('a loaded file', () => {
  it('comes back as it was, whatever is in it', async () => {
    const { db, runId, epoch, open } = await setUp()
    const seed = Math.floor(Math.random() * 2 ** 31)
    const { fraction: random, pick } = seeded(seed)
    const executions = Array.from({ length: 2_500 }, (_, number) => {
      const success = random() < 0.7
      return sampleExecution(number, {
        connection: pick([0, 1, 4_095, 2_147_483_647]),
        kind: pick(['POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE', 'GENERIC_SQL'] as const),
        label: pick(WORDS).slice(0, 255),
        phase: pick(['WARMUP', 'MEASUREMENT', 'PROCESSING'] as const),
        counted: random() < 0.9,
        intendedStartMs: pick([-1e-7, 0, number + random(), 123_456_789.123_456_78]),
        endMs: pick([number + random() * 1_000, 1e-12, 3_600_000.1]),
        responseMs: random() * 10 ** (random() * 12 - 6),
        rows: pick([null, 0, 1, 4_294_967_296, 9_007_199_254_740_991]),
        success,
        retried: random() < 0.1,
        errorCategory: success ? null : pick(['TIMEOUT', 'LOCK', 'OTHER'] as const),
        error: success ? null : pick(WORDS),
        errorGroup: success ? null : '0123456789abcdef',
        queryId: pick([null, '01b2c3d4-0000-1234-0000-000000000001', 'id, "quoted"']),
      })
    })
    expect(await load(open(), runId, epoch, executions)).toBe('LOADED')
    expect(await readAll(db, runId), `seed ${seed}`).toEqual(executions)
  })

  it('has what no table can hold replaced or left out: NUL, half a pair', async () => {
    const { db, runId, epoch, open } = await setUp()
    await load(open(), runId, epoch, [sampleExecution(0, { success: false, errorCategory: 'OTHER', error: 'a\0b \ud83d c' })])
    expect((await readAll(db, runId))[0]?.error).toBe('ab \ufffd c')
  })

  it('stands beside what is in it', async () => {
    const { db, runId, epoch, open } = await setUp()
    const executions = [0, 1, 2].map(number =>
      sampleExecution(number, number === 1 ? { success: false, errorCategory: 'TIMEOUT', error: 'after 5 s' } : {}),
    )
    const summary = startSummary()
    const rows = (async function* () {
      yield summary.add(executions)
    })()
    await open().load(file(runId), epoch, rows, summary.summary)
    const [kept] = await listSpoolFiles(db, runId)
    expect(kept).toEqual({ workerId: 'worker-0', attempt: 1, fileNumber: 1, executions: 3, summary: summary.summary() })
    expect((await readAll(db, runId))[1]?.errorGroup).toBe(kept?.summary.errors[0]?.id)
  })

  it('may be empty', async () => {
    const { db, runId, epoch, open } = await setUp()
    expect(await load(open(), runId, epoch, [])).toBe('LOADED')
    expect(await listSpoolFiles(db, runId)).toMatchObject([{ executions: 0 }])
  })
})

describe('a file is loaded once', () => {
  const some = Array.from({ length: 3_000 }, (_, number) => sampleExecution(number))

  it('however often it is given', async () => {
    const { db, runId, epoch, open } = await setUp()
    const loader = open()
    expect(await load(loader, runId, epoch, some)).toBe('LOADED')
    expect(await load(loader, runId, epoch, some)).toBe('THERE')
    expect(await load(open(), runId, epoch, some)).toBe('THERE')
    expect(await load(loader, runId, epoch, some, 2)).toBe('LOADED')
    expect(await countRows(db, runId)).toBe(6_000)
  })

  it('by several loaders at once', async () => {
    const { db, runId, epoch, open } = await setUp()
    const outcomes = await Promise.all([open(), open(), open()].map(loader => load(loader, runId, epoch, some)))
    expect(outcomes.toSorted()).toEqual<LoadOutcome[]>(['LOADED', 'THERE', 'THERE'])
    expect(await countRows(db, runId)).toBe(3_000)
  })

  it('after one whose disk failed in the middle, which leaves nothing', async () => {
    const { db, runId, epoch, open } = await setUp()
    const loader = open()
    const failing = (async function* () {
      yield some.slice(0, 2_000)
      throw new Error('the disk is gone')
    })()
    await expect(loader.load(file(runId), epoch, failing, () => EMPTY)).rejects.toThrow('the disk is gone')
    expect([await countRows(db, runId), await listSpoolFiles(db, runId)]).toEqual([0, []])
    expect(await load(loader, runId, epoch, some)).toBe('LOADED')
    expect(await countRows(db, runId)).toBe(3_000)
  })
})

describe('a stale epoch', () => {
  const takeOver = async (db: SqlClient, runId: string, epoch: number): Promise<void> => {
    await releaseLease(db, runId, epoch)
    await claimRun(db, runId, 'another')
  }

  it('loads nothing', async () => {
    const { db, runId, epoch, open } = await setUp()
    await takeOver(db, runId, epoch)
    expect(await load(open(), runId, epoch, [sampleExecution(0)])).toBe('SUPERSEDED')
    expect([await countRows(db, runId), await listSpoolFiles(db, runId)]).toEqual([0, []])
  })

  it('loads nothing when it becomes stale in the middle', async () => {
    const { db, runId, epoch, open } = await setUp()
    const loader = open()
    const rows = (async function* () {
      yield [sampleExecution(0)]
      await takeOver(db, runId, epoch)
      yield [sampleExecution(1)]
    })()
    expect(await loader.load(file(runId), epoch, rows, () => EMPTY)).toBe('SUPERSEDED')
    expect(await countRows(db, runId)).toBe(0)
    expect(await load(loader, runId, epoch + 1, [sampleExecution(0)])).toBe('LOADED')
  })
})

it('keeps the statements of a run once, with all their text', async () => {
  const { db, runId } = await setUp()
  const statements = [
    { operationIndex: 0, kind: 'POINT_LOOKUP', label: 'lookup', operationType: 'READ', sql: 'SELECT "a" FROM t\nWHERE b = $1' },
    { operationIndex: 1, kind: 'GENERIC_SQL', label: "it's", operationType: 'WRITE', sql: 'x'.repeat(20_000) },
  ] as const
  await Promise.all([insertRunStatements(db, runId, statements), insertRunStatements(db, runId, statements)])
  await insertRunStatements(db, runId, statements)
  expect(await listRunStatements(db, runId)).toEqual(statements)
})

it('removes the executions of a run, and of no other', async () => {
  const { db, runId, epoch, open } = await setUp()
  const { id: otherId } = await storeRun(db)
  const otherEpoch = (await claimRun(db, otherId, 'test')) as number
  const loader = open()
  // More than one portion, and many that ended at one moment.
  const many = Array.from({ length: 60_000 }, (_, number) => sampleExecution(number, { endMs: Math.floor(number / 1_000) }))
  await load(loader, runId, epoch, many)
  await load(loader, otherId, otherEpoch, many.slice(0, 10))
  expect(await deleteExecutions(db, runId)).toBe(60_000)
  expect(await deleteExecutions(db, runId)).toBe(0)
  expect([await countRows(db, runId), await countRows(db, otherId)]).toEqual([0, 10])
  expect(await listSpoolFiles(db, runId)).toHaveLength(1)
})
