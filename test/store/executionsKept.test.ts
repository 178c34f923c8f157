import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionsKept } from '@flakebench/contract'
import { claimRun, listOutdatedExecutions, putExecutionsKept, readExecutionsKept, type SqlClient, StaleEpoch } from '@flakebench/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type RetentionDeps, sweepExecutions } from '../../server/src/retention/sweepExecutions.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { storeRun } from '../kit/storedRun.ts'

const KEPT: ExecutionsKept = { state: 'COMPLETE', loaded: 3, expected: 3, dropped: 0, differences: [], unread: [] }

/** For a sweep that finds a loader without anything to load, and what it said. */
const sweepDeps = (db: SqlClient, change: Partial<RetentionDeps> = {}) => {
  const said: string[] = []
  const asked: string[] = []
  const say = (words: string) => void said.push(words)
  const deps: RetentionDeps = {
    db,
    log: { info: say, warn: say, error: say },
    keepDays: 30,
    keepAuditDays: 365,
    spoolFolder: mkdtempSync(join(tmpdir(), 'flakebench-spool-')),
    load: async ({ runId, epoch }) => {
      asked.push(`${runId} ${epoch}`)
      return { unread: [], fault: null }
    },
    publish: () => undefined,
    ...change,
  }
  onTestFinished(() => rmSync(deps.spoolFolder, { recursive: true, force: true }))
  const sweep = () => sweepExecutions(deps, new AbortController().signal)
  const leave = (id: string, name = '000001.spool'): string => {
    const folder = join(deps.spoolFolder, id, 'worker-0.1')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), 'over')
    return join(deps.spoolFolder, id)
  }
  return { said, asked, sweep, leave }
}

/** A run that ended so many days ago, with three executions. */
const endedRun = async (db: SqlClient, daysAgo: number, isBaseline = false): Promise<string> => {
  const { id } = await storeRun(db)
  await db.execute(
    "UPDATE run_status SET status = 'COMPLETED', start_time = CURRENT_TIMESTAMP, end_time = DATEADD('day', ?, CURRENT_TIMESTAMP) WHERE run_id = ?",
    [-daysAgo, id],
  )
  if (isBaseline) await db.execute('UPDATE test_results SET pinned = TRUE WHERE test_id = ?', [id])
  for (const number of [0, 1, 2]) {
    await db.execute(
      `INSERT INTO query_executions (execution_id, run_id, worker_id, query_kind, phase, intended_start_ms, start_ms, end_ms, success)
       VALUES (?, ?, 'worker-0', 'POINT_LOOKUP', 'MEASUREMENT', 1, 1, 2, TRUE)`,
      [`worker-0.1.${number}`, id],
    )
  }
  await putExecutionsKept(db, id, null, KEPT)
  return id
}

const countExecutions = async (db: SqlClient, id: string): Promise<number> =>
  Number((await db.query('SELECT COUNT(*) AS n FROM query_executions WHERE run_id = ?', [id]))[0]?.['n'])

describe('what became of the executions of a run', () => {
  it('is kept by its owner, and by nobody else', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await db.execute("UPDATE run_status SET status = 'STOPPING' WHERE run_id = ?", [id])
    const epoch = (await claimRun(db, id, 'server-1')) as number
    expect(await readExecutionsKept(db, [id])).toEqual(new Map())
    await putExecutionsKept(db, id, epoch, KEPT)
    await expect(putExecutionsKept(db, id, epoch - 1, { ...KEPT, state: 'INCOMPLETE' })).rejects.toThrow(StaleEpoch)
    expect(await readExecutionsKept(db, [id])).toEqual(new Map([[id, KEPT]]))
  })
})

describe('executions that are older than is kept', () => {
  it('are those of runs that ended before, and are no baseline', async () => {
    const { db } = await freshControlDatabase()
    const old = await endedRun(db, 31)
    await endedRun(db, 29)
    await endedRun(db, 40, true)
    expect(await listOutdatedExecutions(db, 30)).toEqual([{ runId: old, kept: KEPT }])
  })

  it('are as old as their import where they were imported', async () => {
    const { db } = await freshControlDatabase()
    const imported = await endedRun(db, 400)
    await db.execute('UPDATE test_results SET imported_at = CURRENT_TIMESTAMP WHERE test_id = ?', [imported])
    expect(await listOutdatedExecutions(db, 30)).toEqual([])
  })

  it('are removed, which is said; all others stay', async () => {
    const { db } = await freshControlDatabase()
    const [old, young] = [await endedRun(db, 31), await endedRun(db, 1)]
    await sweepDeps(db).sweep()
    expect(await readExecutionsKept(db, [old, young])).toEqual(
      new Map([
        [old, { ...KEPT, state: 'REMOVED' }],
        [young, KEPT],
      ]),
    )
    expect([await countExecutions(db, old), await countExecutions(db, young)]).toEqual([0, 3])
    expect(await listOutdatedExecutions(db, 30)).toEqual([])
  })

  it('are all kept where nothing is too old', async () => {
    const { db } = await freshControlDatabase()
    const old = await endedRun(db, 4_000)
    await sweepDeps(db, { keepDays: 0 }).sweep()
    expect(await countExecutions(db, old)).toBe(3)
  })

  it('stay when the run is made a baseline while others are removed', async () => {
    const { db } = await freshControlDatabase()
    const [first, second] = [await endedRun(db, 32), await endedRun(db, 31)]
    const pinning: SqlClient = {
      ...db,
      engine: db.engine,
      query: db.query.bind(db),
      transaction: db.transaction.bind(db),
      execute: async (sql, binds) => {
        const changed = await db.execute(sql, binds)
        if (sql.includes('UPDATE test_results SET executions'))
          await db.execute('UPDATE test_results SET pinned = TRUE WHERE test_id = ?', [second])
        return changed
      },
    }
    await sweepDeps(pinning).sweep()
    expect([await countExecutions(db, first), await countExecutions(db, second)]).toEqual([0, 3])
  })

  it('of a run that cannot be changed do not keep those of others', async () => {
    const { db } = await freshControlDatabase()
    const [first, second] = [await endedRun(db, 32), await endedRun(db, 31)]
    const refusing: SqlClient = {
      ...db,
      engine: db.engine,
      query: db.query.bind(db),
      transaction: db.transaction.bind(db),
      execute: (sql, binds) => (binds?.includes(first) === true ? Promise.reject(new Error('refused')) : db.execute(sql, binds)),
    }
    const { said, sweep } = sweepDeps(refusing)
    await sweep()
    expect([await countExecutions(db, first), await countExecutions(db, second)]).toEqual([3, 0])
    expect(said[0]).toContain('could not be removed')
  })
})

describe('what is left on disk', () => {
  it('of a run that is over is loaded, once for as long as it cannot be', async () => {
    const { db } = await freshControlDatabase()
    const [id, running] = [await endedRun(db, 1), (await storeRun(db)).id]
    const { asked, said, sweep, leave } = sweepDeps(db)
    const [left, others] = [leave(id), leave(running)]
    await sweep()
    expect(asked).toEqual([`${id} 0`])
    expect([existsSync(left), existsSync(others)]).toEqual([true, true])
    expect(said).toEqual(['executions that are left on disk still cannot be loaded'])
    expect(await readExecutionsKept(db, [id])).toEqual(new Map([[id, KEPT]]))
  })

  it('is held against the histograms again once it is loaded, and that is said', async () => {
    const { db } = await freshControlDatabase()
    const id = await endedRun(db, 1)
    await putExecutionsKept(db, id, null, { ...KEPT, state: 'INCOMPLETE', unread: ['elsewhere'] })
    const load: RetentionDeps['load'] = async ({ runId }) => {
      rmSync(folder, { recursive: true })
      return { unread: [], fault: runId === id ? null : 'another' }
    }
    const { said, sweep, leave } = sweepDeps(db, { load })
    const folder = leave(id)
    await sweep()
    expect((await readExecutionsKept(db, [id])).get(id)).toMatchObject({ state: 'COMPLETE', unread: [] })
    expect(said).toEqual([expect.stringContaining('the executions are COMPLETE now')])
  })

  it('is removed when it is too old, but not of a baseline', async () => {
    const { db } = await freshControlDatabase()
    const { sweep, leave } = sweepDeps(db)
    const [old, baseline] = [leave(await endedRun(db, 31)), leave(await endedRun(db, 40, true))]
    await sweep()
    expect([existsSync(old), existsSync(baseline)]).toEqual([false, true])
  })

  it('is removed whatever is kept when nothing is in it, or nobody knows the run any more', async () => {
    const { db } = await freshControlDatabase()
    const { asked, sweep, leave } = sweepDeps(db, { keepDays: 0 })
    const never = await endedRun(db, 1)
    await db.execute('UPDATE run_status SET start_time = NULL WHERE run_id = ?', [never])
    const gone = [leave(await endedRun(db, 1), 'manifest.json'), leave(never), leave('UNKNOWN')]
    const fresh = leave('UNKNOWN-YET')
    utimesSync(gone[2] ?? '', 1, 1)
    await sweep()
    expect(gone.map(folder => existsSync(folder))).toEqual([false, false, false])
    expect(existsSync(fresh)).toBe(true)
    expect(asked).toEqual([])
  })
})
