import { claimRun, putExecutionsKept, readExecutionsKept, type SqlClient } from '@flakebench/store'
import { expect, it } from 'vitest'
import { keepExecutions } from '../../server/src/orchestrator/processing/keepExecutions.ts'
import type { Loaded } from '../../server/src/orchestrator/processing/loaderProcess.ts'
import { ProcessingStopped } from '../../server/src/orchestrator/processing/processing.ts'
import { SILENT_LOG } from '../../server/src/orchestrator/runLog.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { storeRun } from '../kit/storedRun.ts'

const HEARTBEATS = [sampleHeartbeat({ status: 'COMPLETED', spool: { state: 'CLOSED', spooled: 3, dropped: 0, folder: '/spool' } })]

const setUp = async () => {
  const { db } = await freshControlDatabase()
  const run = await storeRun(db)
  await db.execute("UPDATE run_status SET status = 'STOPPING' WHERE run_id = ?", [run.id])
  const epoch = (await claimRun(db, run.id, 'server-1')) as number
  const stopWhileLoading = new AbortController()
  const keep = (loaded: Loaded, signal = new AbortController().signal, client: SqlClient = db): Promise<void> => {
    const load = async (): Promise<Loaded> => {
      stopWhileLoading.abort(new ProcessingStopped('No time'))
      return loaded
    }
    const deps = { db: client, load, log: SILENT_LOG }
    return keepExecutions(run, epoch, HEARTBEATS, deps, () => undefined, signal)
  }
  const kept = async () => (await readExecutionsKept(db, [run.id])).get(run.id)
  return { db, run, keep, kept, stopped: stopWhileLoading.signal }
}

it('leaves word of the executions that were loaded even if they cannot be held against the histograms', async () => {
  const { db, keep, kept } = await setUp()
  const spoilt: SqlClient = {
    ...db,
    engine: db.engine,
    execute: db.execute.bind(db),
    transaction: db.transaction.bind(db),
    query: (sql, binds) => (/FROM spool_files/i.test(sql) ? Promise.reject(new Error('it is spoilt')) : db.query(sql, binds)),
  }
  await expect(keep({ unread: ['File 2 is torn'], fault: null }, undefined, spoilt)).rejects.toThrow('it is spoilt')
  expect(await kept()).toMatchObject({ state: 'INCOMPLETE', unread: ['File 2 is torn', expect.stringContaining('it is spoilt')] })
})

it('leaves word of a loading that a person did not wait for', async () => {
  const { keep, kept } = await setUp()
  await keep({ unread: [], fault: 'The loader ended' }, AbortSignal.abort(new ProcessingStopped('No time')))
  expect(await kept()).toMatchObject({
    state: 'INCOMPLETE',
    unread: [expect.stringMatching(/^The loading was not waited for \(No time\): /)],
  })
})

it('knows of a loading that was stopped a moment after its end that it is complete', async () => {
  const { keep, kept, stopped } = await setUp()
  await keep({ unread: [], fault: null }, stopped)
  expect(await kept()).toMatchObject({ state: 'COMPLETE', unread: [] })
})

it('says nothing of a loading that was given up: whoever goes on does', async () => {
  const { run, db, keep, kept } = await setUp()
  const before = { state: 'WAITING', loaded: 0, expected: 0, dropped: 0, differences: [], unread: [] } as const
  await putExecutionsKept(db, run.id, null, before)
  await keep({ unread: [], fault: 'The loader ended' }, AbortSignal.abort())
  expect(await kept()).toEqual(before)
})
