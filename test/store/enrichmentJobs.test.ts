import { CONTROL_PACE } from '@flakebench/contract'
import { insertEnrichment, listEnrichments, newCredentialKey, type SqlClient } from '@flakebench/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startEnrichmentJobs } from '../../server/src/enrichment/enrichmentJobs.ts'
import { runEnrichment } from '../../server/src/enrichment/runEnrichment.ts'
import { logTo } from '../../server/src/log.ts'
import { startOrchestrator } from '../../server/src/orchestrator/orchestrator.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { NOTHING_LEFT } from '../kit/nothingLeft.ts'
import { until } from '../kit/processes.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

const log = logTo(process.stderr)

/** A server's jobs, and how often they have looked. */
const withJobs = async () => {
  const { db } = await freshControlDatabase()
  const { id } = await storeRun(db)
  let looks = 0
  const counted: SqlClient = {
    ...db,
    query: async (sql, binds) => {
      const rows = await db.query(sql, binds)
      if (/AS left_ms/.test(sql)) looks += 1
      return rows
    },
  }
  const deps = { db: counted, credentialKey: newCredentialKey(), tokenFolder: '/nowhere', log }
  const jobs = startEnrichmentJobs(deps)
  onTestFinished(() => jobs.close())
  const untilLooks = (count: number): Promise<number> =>
    until(
      'it has looked',
      async () => looks,
      seen => seen >= count,
    )
  await untilLooks(1)
  return { db, id, deps, jobs, looks: () => looks, untilLooks }
}

describe('the delayed looks', () => {
  it('ask nothing while nothing is due, unless they are told that something waits', async () => {
    const { db, id, jobs, looks, untilLooks } = await withJobs()
    for (let i = 0; i < 20; i++) await readRunNow(db, id)
    // The database is awake, but they have looked a moment ago.
    jobs.lookAlong()
    for (let i = 0; i < 20; i++) await readRunNow(db, id)
    expect(looks()).toBe(1)
    jobs.lookSoon()
    await untilLooks(2)
    expect(looks()).toBe(2)
  })

  it('come by themselves when what they know of is due', async () => {
    const { db, id, jobs, untilLooks } = await withJobs()
    await insertEnrichment(db, id, { source: 'QUERY_HISTORY', status: 'PENDING', note: null, dueInSeconds: 2 })
    jobs.lookSoon()
    await untilLooks(2)
    await until(
      'the look at it',
      () => listEnrichments(db, [id]),
      ([one]) => one?.status === 'SKIPPED' && one.attempts === 1,
    )
  })

  it('are told of what a run leaves waiting, and of what is asked for again', async () => {
    const { db, id, deps } = await withJobs()
    let told = 0
    const enrichment = runEnrichment({ ...deps, isWaiting: () => (told += 1) })
    await insertEnrichment(db, id, { source: 'AGGREGATE_QUERY_HISTORY', status: 'PENDING', note: null, dueInSeconds: 900 })
    await enrichment.afterLoad(await readRunNow(db, id), 1, { signal: new AbortController().signal, progress: () => undefined })
    expect(told).toBe(1)
    await db.execute("UPDATE run_status SET status = 'COMPLETED', start_time = CURRENT_TIMESTAMP WHERE run_id = ?", [id])
    await db.execute('UPDATE test_results SET imported_at = CURRENT_TIMESTAMP WHERE test_id = ?', [id])
    await expect(enrichment.enrich(id)).rejects.toThrow('imported')
    expect(told).toBe(1)
  })

  it('go along with the looks for runs, which wake the database anyway', async () => {
    const { db } = await freshControlDatabase()
    const spawner = {
      start: () => undefined,
      started: () => new Set<string>(),
      listExits: () => [],
      listAlive: () => new Set<string>(),
      signal: () => undefined,
      forget: () => undefined,
    }
    let looks = 0
    const orchestrator = startOrchestrator('here', {
      ...{ db, spawner, log, monotonicMs: () => performance.now(), publish: () => undefined, ...NOTHING_LEFT },
      pace: { ...CONTROL_PACE[db.engine], lookForWorkMs: 20, lookForWorkIdleMs: 20 },
      watchWarehouse: () => ({ stop: async () => undefined }),
      onLook: () => (looks += 1),
    })
    onTestFinished(() => orchestrator.close())
    orchestrator.begin(null)
    await until(
      'it looks again and again',
      async () => looks,
      seen => seen > 2,
    )
  })
})
