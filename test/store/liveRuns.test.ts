import { CONTROL_PACE, type ControlPace, type Rollup, startHistograms } from '@flakebench/contract'
import { ControlDatabaseUnavailable, claimRun, insertRollups, type RunStateChange, type SqlClient, transitionRun } from '@flakebench/store'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { rollUp } from '../../server/src/decide/rollUp.ts'
import { runsFeed } from '../../server/src/live/runsFeed.ts'
import { runViews } from '../../server/src/live/runViews.ts'
import { logTo } from '../../server/src/log.ts'
import { runCommands } from '../../server/src/orchestrator/commands.ts'
import { type Orchestrator, startOrchestrator } from '../../server/src/orchestrator/orchestrator.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { NOTHING_LEFT } from '../kit/nothingLeft.ts'
import { ofSome } from '../kit/sampleLedger.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

beforeAll(() => startHistograms())

/** A control database that notes what is asked of it, and that can be away. */
const noted = (db: SqlClient) => {
  const asked: string[] = []
  let isAway = (_sql: string): boolean => false
  const meet = <T>(sql: string, work: () => Promise<T>): Promise<T> => {
    asked.push(sql)
    return isAway(sql) ? Promise.reject(new ControlDatabaseUnavailable('the control database does not answer', {})) : work()
  }
  const over = (on: SqlClient): SqlClient => ({
    engine: on.engine,
    query: (sql, binds) => meet(sql, () => on.query(sql, binds)),
    execute: (sql, binds) => meet(sql, () => on.execute(sql, binds)),
    transaction: work => on.transaction(tx => work(over(tx))),
    close: () => Promise.resolve(),
  })
  return {
    db: over(db),
    asked,
    away: (when: typeof isAway) => {
      isAway = when
    },
  }
}

const PATIENCE = { timeout: 20_000 }
const lines: string[] = []
const log = logTo({ write: (line: string) => lines.push(line) > 0 } as unknown as NodeJS.WritableStream)

const NOTHING_DRIVEN = { recall: () => null, isDriven: () => false }

describe('a run that nobody drives', () => {
  it('is read once for each look at it', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const { db: watched, asked } = noted(db)
    const view = await runViews(watched, NOTHING_DRIVEN).live(id)
    expect(view?.run.status).toBe('PREPARED')
    expect(asked.filter(sql => /FROM run_status/.test(sql))).toHaveLength(1)
    expect(await runViews(watched, NOTHING_DRIVEN).live('nothing')).toBeNull()
  })

  it('that another server drives is shown without a gap between two writings of its intervals', async () => {
    const { db } = await freshControlDatabase()
    const run = await storeRun(db)
    const epoch = (await claimRun(db, run.id, 'another')) as number
    await transitionRun(db, { runId: run.id, fromVersion: run.version, epoch, set: { status: 'RUNNING', startAtMs: run.nowMs - 60_000 } })
    const rollups: Rollup[] = Array.from({ length: 30 }, (_, index) => rollUp(null, [{ ...ofSome(0, index, 1), runId: run.id }], 1))
    await insertRollups(db, epoch, rollups)
    const view = await runViews(db, NOTHING_DRIVEN).live(run.id)
    const { rollupMs, watchMs } = CONTROL_PACE[db.engine]
    const newest = view?.newest.map(one => one.intervalIndex) ?? []
    expect(newest.length).toBeGreaterThanOrEqual(Math.ceil((rollupMs + watchMs) / 1_000))
    expect(newest.at(-1)).toBe(29)
  })
})

describe('the feed of changed runs', () => {
  const changesOf = async (changes: AsyncIterableIterator<RunStateChange>, count: number): Promise<string[]> => {
    const ids: string[] = []
    for await (const change of changes) if (ids.push(change.id) === count) break
    return ids
  }

  it('tells what was changed since it is watched, though the first look failed', async () => {
    const { db } = await freshControlDatabase()
    const before = await storeRun(db)
    const { db: watched, away } = noted(db)
    const feed = runsFeed(watched, { lookForChangesMs: 20, lookForChangesIdleMs: 20 }, log)
    onTestFinished(() => feed.close())
    away(() => true)
    const changes = await feed.subscribe()
    const { id } = await storeRun(db)
    away(() => false)
    expect(await changesOf(changes, 1)).toEqual([id])
    expect(id).not.toBe(before.id)
  })
})

describe('the commands', () => {
  const begin = async (change: Partial<ControlPace> = { lookForWorkMs: 20, lookForWorkIdleMs: 20 }) => {
    const { db } = await freshControlDatabase()
    const { db: flaky, asked, away } = noted(db)
    const pace = { ...CONTROL_PACE[db.engine], ...change }
    const spawner = {
      start: () => undefined,
      started: () => new Set<string>(),
      listExits: () => [],
      listAlive: () => new Set<string>(),
      signal: () => undefined,
      forget: () => undefined,
    }
    const deps = { db: flaky, spawner, pace, monotonicMs: () => performance.now(), publish: () => undefined, log, ...NOTHING_LEFT }
    const orchestrator: Orchestrator = startOrchestrator('here', { ...deps, watchWarehouse: () => ({ stop: async () => undefined }) })
    onTestFinished(() => orchestrator.close())
    const commands = runCommands(
      flaky,
      orchestrator,
      () => undefined,
      async () => [],
      log,
    )
    return { db, asked, away, orchestrator, commands }
  }

  it('do not tell a start as failed that was written, and the run is claimed when that can be done', async () => {
    const { db, away, orchestrator, commands } = await begin()
    const { id } = await storeRun(db)
    let hasStarted = false
    away(sql => {
      const isAway = hasStarted
      if (/UPDATE run_status/.test(sql) && !hasStarted) hasStarted = true
      return isAway && !/test_results|run_control_events/.test(sql)
    })
    expect(await commands.start(id)).toMatchObject({ id, status: 'STARTING', version: 1 })
    expect(await readRunNow(db, id)).toMatchObject({ status: 'STARTING', epoch: 0 })
    away(() => false)
    orchestrator.begin(null)
    await expect.poll(() => orchestrator.owned(), PATIENCE).toEqual([id])
    expect(lines.join('')).toContain('could not claim a run that was started')
  })

  it('wake a server that had nothing to do, which looks for work when it begins and hardly again', async () => {
    const { db, asked, orchestrator, commands } = await begin({ lookForWorkMs: 1, lookForWorkIdleMs: 600_000 })
    const looks = () => asked.filter(sql => /AS is_claimable/.test(sql)).length
    orchestrator.begin(null)
    await expect.poll(looks, PATIENCE).toBe(1)
    const { id } = await storeRun(db)
    for (let i = 0; i < 20; i++) await readRunNow(db, id)
    expect(looks()).toBe(1)
    await commands.start(id)
    expect(orchestrator.owned()).toEqual([id])
    await expect.poll(looks, PATIENCE).toBeGreaterThan(5)
  })
})
