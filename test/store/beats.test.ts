import { type Guardrails, startHistograms } from '@flakebench/contract'
import { LEASE_SECONDS, type SqlClient } from '@flakebench/store'
import { beforeAll, describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { type DrivenRun, driveRun } from '../kit/drivenRun.ts'
import { type FailingDatabase, failingDatabase } from '../kit/failingDatabase.ts'
import { EASY_CLIENT, sampleSnapshot } from '../kit/sampleSnapshot.ts'

beforeAll(() => startHistograms())

/** A worker over its bound for one interval is backed off by a fifth. */
const GUARDRAILS: Guardrails = {
  enabled: true,
  mode: 'SOFT',
  maxCpuPercent: 100,
  maxMemoryPercent: 50,
  backOffPercent: 20,
  patienceIntervals: 1,
  failThreshold: 'ALL',
}

/** A run whose only worker was over its bound in its newest interval, on a database that may fail. */
const strainedRun = async (): Promise<{ readonly run: DrivenRun; readonly failing: FailingDatabase }> => {
  const { db } = await freshControlDatabase()
  const failing = failingDatabase(db)
  const plan = { workerCount: 1, targetConnections: 100, guardrails: GUARDRAILS }
  const run = await driveRun(db, plan, { through: () => failing.db })
  const startAtMs = (await run.row()).nowMs - 3_200
  await run.set({
    status: 'RUNNING',
    phase: 'MEASUREMENT',
    startRequestedAt: 'now',
    startAtMs,
    measurementStartsAtMs: startAtMs,
    measurementEndsAtMs: startAtMs + 600_000,
    workersExpected: 1,
    workerTargets: { 'worker-0': 100 },
  })
  const client = { ...EASY_CLIENT, memoryUsedPercent: 99 }
  await run.keep([0, 1, 2].map(intervalIndex => sampleSnapshot({ intervalIndex, phase: 'MEASUREMENT', client })))
  run.push({ status: 'RUNNING', snapshotsTaken: 3 })
  return { run, failing }
}

const ceilingOf = async (run: DrivenRun): Promise<unknown> => (await run.row()).guardrail?.ceilings
const backOffs = (run: DrivenRun): number => run.said.filter(line => line.startsWith('worker-0 is backed off')).length

describe('what a beat has written', () => {
  it.each(['READING', 'ANSWER'] as const)('holds for the next one when the %s after it fails: a worker is backed off once', async next => {
    const { run, failing } = await strainedRun()
    failing.next = next
    await expect(run.beat()).rejects.toThrow('does not answer')
    expect(await ceilingOf(run)).toEqual({ 'worker-0': 80 })
    const { version } = await run.row()
    for (let i = 0; i < 3; i++) await run.beat()
    expect(await ceilingOf(run)).toEqual({ 'worker-0': 80 })
    expect((await run.row()).version).toBe(version)
    expect(backOffs(run)).toBe(1)
  })

  it('is decided again when it was not written', async () => {
    const { run, failing } = await strainedRun()
    failing.next = 'CHANGE'
    await expect(run.beat()).rejects.toThrow('does not answer')
    expect(await ceilingOf(run)).toBeUndefined()
    expect(backOffs(run)).toBe(0)
    for (let i = 0; i < 3; i++) await run.beat()
    expect(await ceilingOf(run)).toEqual({ 'worker-0': 80 })
    expect(backOffs(run)).toBe(1)
  })

  it('is told from what somebody else has written meanwhile', async () => {
    const { run, failing } = await strainedRun()
    failing.next = 'CHANGE'
    await expect(run.beat()).rejects.toThrow('does not answer')
    await run.set({ workerTargets: { 'worker-0': 50 } })
    for (let i = 0; i < 3; i++) await run.beat()
    expect(await ceilingOf(run)).toEqual({ 'worker-0': 40 })
  })
})

/** The tables as they are, with a hand in between. */
const watched = (db: SqlClient, onStatement: (sql: string) => Promise<void> | void): SqlClient => ({
  engine: db.engine,
  query: async (sql, binds) => {
    const rows = await db.query(sql, binds)
    await onStatement(sql)
    return rows
  },
  execute: async (sql, binds) => {
    const changed = await db.execute(sql, binds)
    await onStatement(sql)
    return changed
  },
  transaction: work => db.transaction(tx => work(watched(tx, onStatement))),
  close: () => db.close(),
})

describe('a start that is long in the writing', () => {
  const readyRun = async (isSlow: () => boolean): Promise<DrivenRun> => {
    const { db } = await freshControlDatabase()
    const run = await driveRun(
      db,
      { workerCount: 1 },
      {
        through: (on, clock) =>
          watched(on, sql => {
            if (/version = version \+ 1/.test(sql) && isSlow()) clock.nowMs += (LEASE_SECONDS * 1_000) / 2
          }),
      },
    )
    await run.set({ status: 'STARTING', phase: 'PREPARING', startRequestedAt: 'now', phaseStartedAt: 'now', workersExpected: 1 })
    run.push({ status: 'READY', startOffsetMs: null, snapshotsTaken: 0 })
    return run
  }

  it('is not written, but decided again', async () => {
    let times = 0
    const run = await readyRun(() => ++times === 1)
    await run.beat()
    expect(await run.row()).toMatchObject({ status: 'STARTING', startAtMs: null })
    run.push({ status: 'READY', startOffsetMs: null, snapshotsTaken: 0 })
    await run.beat()
    expect(await run.row()).toMatchObject({ status: 'RUNNING' })
    expect(run.said.join()).not.toContain('took long')
  })

  it('is written in the end, and said to be late', async () => {
    const run = await readyRun(() => true)
    for (let beats = 0; beats < 4; beats++) {
      expect((await run.row()).status).toBe('STARTING')
      run.push({ status: 'READY', startOffsetMs: null, snapshotsTaken: 0 })
      await run.beat()
    }
    expect((await run.row()).status).toBe('RUNNING')
    expect(run.said.join()).toContain('START took long to write')
  })
})

describe('an heir', () => {
  it('of a long run has read all that was done within a few beats', async () => {
    const { db } = await freshControlDatabase()
    const run = await driveRun(
      db,
      { workerCount: 2 },
      {
        through: (on, clock) =>
          watched(on, sql => {
            if (/FROM worker_metrics_snapshots/.test(sql)) clock.nowMs += 100
          }),
      },
    )
    const intervals = Array.from({ length: 2_500 }, (_, i) => i)
    const startAtMs = (await run.row()).nowMs - intervals.length * 1_000 - 500
    await run.set({
      status: 'RUNNING',
      phase: 'MEASUREMENT',
      startRequestedAt: 'now',
      startAtMs,
      measurementStartsAtMs: startAtMs,
      measurementEndsAtMs: startAtMs + 9_999_000,
      workersExpected: 2,
    })
    for (const workerGroupId of [0, 1]) {
      await run.keep(intervals.map(intervalIndex => sampleSnapshot({ workerGroupId, intervalIndex, phase: 'MEASUREMENT' })))
    }
    let beats = 0
    while (!run.owned.hasCaughtUp && beats < 100) {
      for (const workerGroupId of [0, 1]) run.push({ workerGroupId, status: 'RUNNING', snapshotsTaken: intervals.length })
      await run.beat()
      beats += 1
      if (!run.owned.hasCaughtUp) expect(run.owned.isCatchingUp).toBe(true)
    }
    expect(beats).toBeLessThanOrEqual(3)
    expect(run.owned.ledger.newestComplete()).toBe(intervals.length - 1)
  })

  it('does not start a worker once more that has registered a moment ago', async () => {
    const { db } = await freshControlDatabase()
    let register = async (): Promise<void> => undefined
    const first = await driveRun(
      db,
      { workerCount: 2 },
      {
        through: on =>
          watched(on, async sql => {
            if (/FROM worker_heartbeats/.test(sql)) await register()
          }),
      },
    )
    await first.set({ status: 'STARTING', phase: 'PREPARING', startRequestedAt: 'now', phaseStartedAt: 'now', workersExpected: 2 })
    const heir = await first.heir()
    register = async () => {
      register = async () => undefined
      await heir.register(1)
    }
    await heir.beat()
    expect(heir.started).toEqual([0])
    await heir.beat()
    expect(heir.started).toEqual([0])
  })
})
