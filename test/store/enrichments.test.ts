import {
  claimEnrichment,
  clearHistoryRows,
  type EnrichmentFinding,
  type HistoryRow,
  insertEnrichment,
  insertStatistics,
  listClusterCounts,
  listDueEnrichments,
  listEnrichments,
  listLabelCounts,
  listMatchSlots,
  listOverhead,
  mergeHistoryRows,
  putFinding,
  readExecutionSpan,
  readSecondsUntilDue,
  readStatistics,
  renewEnrichmentClaim,
  reopenEnrichment,
  type SqlClient,
  stageHistoryRows,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleExecution } from '../kit/sampleExecution.ts'
import { storeExecutions } from '../kit/storedExecutions.ts'
import { storeRun } from '../kit/storedRun.ts'

const PENDING = { source: 'QUERY_HISTORY', status: 'PENDING', note: null, dueInSeconds: 0 } as const
const DONE: EnrichmentFinding = { status: 'COMPLETED', note: 'all of it', matched: 9, expected: 10, content: null, dueInSeconds: null }

/** The run's row among the results, as lists read it. */
const worstOf = async (db: SqlClient, runId: string): Promise<unknown> =>
  (await db.query('SELECT enrichment_status, enrichment_error FROM test_results WHERE test_id = ?', [runId]))[0]

describe('a source of a run', () => {
  it('is put down once, claimed by one, and kept with the worst of all in the results', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    expect(await insertEnrichment(db, id, PENDING)).toBe(true)
    expect(await insertEnrichment(db, id, { ...PENDING, status: 'SKIPPED' })).toBe(false)
    expect(await listDueEnrichments(db)).toEqual([{ runId: id, source: 'QUERY_HISTORY' }])
    expect(await worstOf(db, id)).toEqual({ enrichment_status: 'PENDING', enrichment_error: null })
    const claims = await Promise.all([1, 2, 3].map(() => claimEnrichment(db, id, 'QUERY_HISTORY')))
    const claim = claims.find(one => one !== null)
    expect(claims.filter(one => one !== null)).toHaveLength(1)
    expect(await listDueEnrichments(db)).toEqual([])
    if (claim == null) throw new Error('nobody has it')
    expect(await putFinding(db, claim, DONE)).toBe(true)
    expect(await listEnrichments(db, [id])).toMatchObject([
      {
        source: 'QUERY_HISTORY',
        status: 'COMPLETED',
        note: 'all of it',
        matched: 9,
        expected: 10,
        attempts: 1,
        dueAtMs: null,
        content: null,
      },
    ])
    await insertEnrichment(db, id, { source: 'AGGREGATE_QUERY_HISTORY', status: 'SKIPPED', note: 'no', dueInSeconds: null })
    expect(await worstOf(db, id)).toEqual({ enrichment_status: 'COMPLETED', enrichment_error: 'all of it' })
    await reopenEnrichment(db, id, 'QUERY_HISTORY')
    expect(await worstOf(db, id)).toMatchObject({ enrichment_status: 'PENDING' })
    expect(await listDueEnrichments(db)).toEqual([{ runId: id, source: 'QUERY_HISTORY' }])
  })

  it('is taken over when its claim has run out, and nothing is kept of whoever had it before', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await insertEnrichment(db, id, PENDING)
    const killed = await claimEnrichment(db, id, 'QUERY_HISTORY')
    await db.execute("UPDATE enrichments SET claimed_until = DATEADD('second', -1, CURRENT_TIMESTAMP) WHERE run_id = ?", [id])
    const heir = await claimEnrichment(db, id, 'QUERY_HISTORY')
    if (killed === null || heir === null) throw new Error('not claimed')
    expect(await renewEnrichmentClaim(db, killed)).toBe(false)
    expect(await renewEnrichmentClaim(db, heir)).toBe(true)
    expect(await putFinding(db, killed, { ...DONE, status: 'FAILED' })).toBe(false)
    const content = { fromMs: 0, toMs: 5, statements: [], clusters: [], overhead: [] }
    expect(await putFinding(db, heir, { ...DONE, status: 'PENDING', content, dueInSeconds: 60 })).toBe(true)
    expect(await putFinding(db, heir, { ...DONE, matched: null })).toBe(true)
    expect(await listEnrichments(db, [id])).toMatchObject([{ status: 'COMPLETED', matched: 9, content, attempts: 2 }])
  })

  it('counts looks in a row that were in trouble, and forgets them with the first that was not', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await insertEnrichment(db, id, PENDING)
    const look = async (finding: Partial<EnrichmentFinding>): Promise<number> => {
      const claim = await claimEnrichment(db, id, 'QUERY_HISTORY')
      if (claim === null) throw new Error('not claimed')
      await putFinding(db, claim, { ...DONE, status: 'PENDING', dueInSeconds: 60, ...finding })
      return claim.failures
    }
    expect([await look({}), await look({ isTrouble: true }), await look({ isTrouble: true })]).toEqual([0, 0, 1])
    expect([await look({}), await look({ isTrouble: true })]).toEqual([2, 0])
    await reopenEnrichment(db, id, 'QUERY_HISTORY')
    expect(await look({})).toBe(0)
  })

  it('keeps what it has told, though it has no more to tell when it is asked again', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await insertEnrichment(db, id, PENDING)
    const content = { fromMs: 0, toMs: 5, statements: [], clusters: [], overhead: [] }
    for (const finding of [
      { ...DONE, content },
      { ...DONE, status: 'FAILED', note: 'It is gone.', matched: 0, expected: 0 },
      { ...DONE, status: 'SKIPPED', note: 'It is gone.', matched: null, expected: null },
    ] as const) {
      await reopenEnrichment(db, id, 'QUERY_HISTORY')
      const claim = await claimEnrichment(db, id, 'QUERY_HISTORY')
      expect(claim !== null && (await putFinding(db, claim, finding))).toBe(true)
      const note = finding.status === 'COMPLETED' ? DONE.note : 'It is gone. What it told before stays.'
      expect(await listEnrichments(db, [id])).toMatchObject([
        { status: 'COMPLETED', note, matched: 9, expected: 10, content, dueAtMs: null },
      ])
    }
    expect(await worstOf(db, id)).toMatchObject({ enrichment_status: 'COMPLETED' })
  })

  it('is put down once by several at the same moment, and so is a reading', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const reading = { serverVersion: 180_000, resetAt: null, evictions: 0, tracksIoTiming: true, statements: [] }
    const servers = Array.from({ length: 8 })
    const put = await Promise.all(servers.map(() => insertEnrichment(db, id, PENDING)))
    expect(put.filter(Boolean)).toHaveLength(1)
    await Promise.all(servers.map((_, atMs) => insertStatistics(db, id, 'END', { atMs, reading })))
    expect(await readStatistics(db, id, 'END')).not.toBeNull()
  })

  it('says how long nothing is due, a claimed one not before its claim runs out', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    expect(await readSecondsUntilDue(db)).toBeNull()
    await insertEnrichment(db, id, { ...PENDING, source: 'AGGREGATE_QUERY_HISTORY', dueInSeconds: 900 })
    const later = (await readSecondsUntilDue(db)) ?? 0
    expect(later).toBeGreaterThan(600)
    expect(later).toBeLessThanOrEqual(900)
    await insertEnrichment(db, id, PENDING)
    expect(await readSecondsUntilDue(db)).toBeLessThanOrEqual(0)
    const claim = await claimEnrichment(db, id, 'QUERY_HISTORY')
    expect(await readSecondsUntilDue(db)).toBeGreaterThan(0)
    if (claim !== null) await putFinding(db, claim, DONE)
    expect(await readSecondsUntilDue(db)).toBeGreaterThan(90)
  })

  it('keeps the first reading of each moment', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const reading = { serverVersion: 180_000, resetAt: null, evictions: 0, tracksIoTiming: true, statements: [] }
    await insertStatistics(db, id, 'BASELINE', { atMs: 2_000.5, reading })
    await insertStatistics(db, id, 'BASELINE', { atMs: 9, reading })
    expect(await readStatistics(db, id, 'BASELINE')).toEqual({ atMs: 2_000.5, reading })
    expect(await readStatistics(db, id, 'END')).toBeNull()
  })
})

const historyRow = (number: number, change: Partial<HistoryRow> = {}): HistoryRow => ({
  queryId: `q-${number}`,
  totalMs: 10,
  compilationMs: 1,
  executionMs: 8,
  queuedOverloadMs: 1,
  queuedProvisioningMs: 0,
  blockedMs: 0,
  bytesScanned: 1024,
  rowsProduced: 1,
  clusterNumber: 1,
  ...change,
})

describe('rows of QUERY_HISTORY', () => {
  it('go to the executions with their query id, once, and to no other run', async () => {
    const { db } = await freshControlDatabase()
    const run = await storeRun(db)
    const other = await storeRun(db)
    const executions = Array.from({ length: 30 }, (_, n) =>
      sampleExecution(n, { endMs: n * 1_000, responseMs: 15 + (n % 3), queryId: n === 29 ? null : `q-${n}`, success: n !== 29 }),
    )
    await storeExecutions(db, run.id, executions)
    await storeExecutions(db, other.id, executions)
    const staged = Array.from({ length: 20 }, (_, n) => historyRow(n, { clusterNumber: 1 + (n % 2), executionMs: n % 2 === 0 ? 8 : 9 }))
    const look = { runId: run.id, attempt: 2 }
    await stageHistoryRows(db, look, [...staged, historyRow(77)])
    expect(await mergeHistoryRows(db, look)).toBe(20)
    expect(await mergeHistoryRows(db, look)).toBe(0)
    await clearHistoryRows(db, look)
    expect(await mergeHistoryRows(db, look)).toBe(0)
    const span = await readExecutionSpan(db, run.id)
    expect(span).toEqual({ fromMs: 0, toMs: 29_000 })
    const all = { fromMs: 0, toMs: 30_000 }
    // The one that never reached the server is not expected.
    expect(await listMatchSlots(db, run.id, all)).toEqual([
      { atMs: 0, executions: 10, matched: 10 },
      { atMs: 10_000, executions: 10, matched: 10 },
      { atMs: 20_000, executions: 9, matched: 0 },
    ])
    expect((await listMatchSlots(db, other.id, all)).map(({ matched }) => matched)).toEqual([0, 0, 0])
    const overhead = await listOverhead(db, run.id, { fromMs: 0, toMs: 3_000 })
    expect(overhead).toEqual([5, 6, 7].map((medianMs, i) => ({ atMs: i * 1_000, executions: 1, medianMs })))
    const counts = (await listClusterCounts(db, run.id, all)).sort((one, two) => (one.clusterNumber ?? 0) - (two.clusterNumber ?? 0))
    expect(counts).toEqual([
      { clusterNumber: 1, label: 'point lookup', executionMs: 8, executions: 10, queuedOverloadMs: 10, queuedProvisioningMs: 0 },
      { clusterNumber: 2, label: 'point lookup', executionMs: 9, executions: 10, queuedOverloadMs: 10, queuedProvisioningMs: 0 },
    ])
    expect(await listLabelCounts(db, run.id, { fromMs: 20_000, toMs: 30_000 })).toEqual([
      { label: 'point lookup', executions: 10, failed: 1 },
    ])
  })

  it('come in any number', async () => {
    const { db } = await freshControlDatabase()
    const run = await storeRun(db)
    await storeExecutions(
      db,
      run.id,
      Array.from({ length: 1_300 }, (_, n) => sampleExecution(n, { queryId: `q-${n}` })),
    )
    const look = { runId: run.id, attempt: 1 }
    await stageHistoryRows(
      db,
      look,
      Array.from({ length: 1_300 }, (_, n) => historyRow(n)),
    )
    expect(await mergeHistoryRows(db, look)).toBe(1_300)
    expect(await readExecutionSpan(db, 'nobody')).toBeNull()
  })

  it('of a look that was overtaken are gone for its heir, whose own nobody takes away', async () => {
    const { db } = await freshControlDatabase()
    const { id: runId } = await storeRun(db)
    const executions = Array.from({ length: 2 }, (_, n) => sampleExecution(n, { queryId: `q-${n}` }))
    await storeExecutions(db, runId, executions)
    const [overtaken, heir] = [
      { runId, attempt: 1 },
      { runId, attempt: 2 },
    ]
    await stageHistoryRows(db, overtaken, [historyRow(0)])
    await clearHistoryRows(db, heir)
    await stageHistoryRows(db, heir, [historyRow(1)])
    await clearHistoryRows(db, overtaken)
    expect(await mergeHistoryRows(db, overtaken)).toBe(0)
    expect(await mergeHistoryRows(db, heir)).toBe(1)
  })
})
