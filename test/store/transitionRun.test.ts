import type { ControlCommand } from '@flakebench/contract'
import { claimRun, listEventsAfter, readRunControl, type SqlClient, transitionRun } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

const target = (connections: number): ControlCommand => ({ type: 'SET_WORKER_TARGET', data: { targets: { 'worker-0': connections } } })

const statusOfResult = async (db: SqlClient, runId: string): Promise<unknown> =>
  (await db.query('SELECT status FROM test_results WHERE test_id = ?', [runId]))[0]?.['status']

describe('a change of a run', () => {
  it('sets what it says, raises the version and takes the result row along', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const set = { status: 'STARTING', phase: 'PREPARING', startRequestedAt: 'now', phaseStartedAt: 'now' } as const
    expect(await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set })).toBe(true)
    const run = await readRunNow(db, id)
    expect(run).toMatchObject({ status: 'STARTING', version: 1, startAtMs: null, stopRequestedAtMs: null })
    expect(run.startRequestedAtMs).toBeTypeOf('number')
    expect(await statusOfResult(db, id)).toBe('STARTING')
  })

  it('keeps the moments of the schedule as they were agreed', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const startAtMs = 1_763_735_448_123
    const set = { startAtMs, measurementStartsAtMs: startAtMs + 2_000, measurementEndsAtMs: startAtMs + 12_000, phaseStartedAt: startAtMs }
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set })
    expect(await readRunNow(db, id)).toMatchObject({
      startAtMs,
      measurementStartsAtMs: startAtMs + 2_000,
      measurementEndsAtMs: startAtMs + 12_000,
      phaseStartedAtMs: startAtMs,
    })
    await transitionRun(db, { runId: id, fromVersion: 1, epoch: null, set: { measurementEndsAtMs: null } })
    expect((await readRunNow(db, id)).measurementEndsAtMs).toBeNull()
  })

  it('refuses a write on a version that is no longer the newest', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const change = { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING' }, commands: [target(1)] } as const
    expect(await transitionRun(db, change)).toBe(true)
    expect(await transitionRun(db, { ...change, set: { status: 'CANCELLED' } })).toBe(false)
    expect(await readRunNow(db, id)).toMatchObject({ status: 'STARTING', version: 1, nextSequenceId: 2 })
    expect(await listEventsAfter(db, id, 0)).toHaveLength(1)
    expect(await statusOfResult(db, id)).toBe('STARTING')
  })

  it('is won by exactly one of many at once', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const attempts = Array.from({ length: 10 }, (_, i) =>
      transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING' }, commands: [target(i)] }),
    )
    expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1)
    expect((await readRunNow(db, id)).version).toBe(1)
    expect(await listEventsAfter(db, id, 0)).toHaveLength(1)
  })

  it('refuses a write under an old epoch, and appends nothing', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const old = (await claimRun(db, id, 'server-1')) as number
    await db.execute('UPDATE run_status SET lease_expires_at = NULL')
    const epoch = (await claimRun(db, id, 'server-2')) as number
    const change = { runId: id, fromVersion: 0, set: { status: 'STARTING' }, commands: [target(1)] } as const
    expect(await transitionRun(db, { ...change, epoch: old })).toBe(false)
    expect(await listEventsAfter(db, id, 0)).toEqual([])
    expect(await readRunNow(db, id)).toMatchObject({ status: 'PREPARED', version: 0, nextSequenceId: 1 })
    expect(await statusOfResult(db, id)).toBe('PREPARED')
    expect(await transitionRun(db, { ...change, epoch })).toBe(true)
  })

  it('is the same to a run that does not exist as to one that has changed', async () => {
    const { db } = await freshControlDatabase()
    expect(await transitionRun(db, { runId: 'nobody', fromVersion: 0, epoch: null, set: { status: 'STARTING' } })).toBe(false)
  })

  it('cuts words that are too long instead of failing', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { cancellationReason: 'ü'.repeat(3_000) } })
    expect((await readRunNow(db, id)).cancellationReason).toBe('ü'.repeat(1_000))
  })
})

describe('words of a person or an engine', () => {
  it.each([
    { words: 'a\0b\0', kept: 'ab' },
    { words: '\0', kept: '' },
    { words: `${'\0'.repeat(500)}${'x'.repeat(1_200)}`, kept: 'x'.repeat(1_000) },
  ])('are kept without NUL, which PostgreSQL refuses, and cut after that (case %#)', async ({ words, kept }) => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { cancellationReason: words } })
    expect((await readRunNow(db, id)).cancellationReason).toBe(kept)
  })
})

describe('the commands to the workers', () => {
  it('come with the change, in order and as they were given', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const commands: ControlCommand[] = [
      { type: 'START', data: { startAtMs: 1_763_735_448_123, warmupMs: 2_000, measurementMs: null, intervalMs: 1_000 } },
      { type: 'SET_PHASE', data: { phase: 'MEASUREMENT', atMs: 2_000 } },
      { type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 120 } },
    ]
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { workerTargets: { 'worker-0': 5 } }, commands })
    expect(await listEventsAfter(db, id, 0)).toEqual(commands.map((command, i) => ({ sequenceId: i + 1, ...command })))
    expect((await listEventsAfter(db, id, 2)).map(event => event.type)).toEqual(['STOP'])
    expect(await readRunControl(db, id)).toMatchObject({ nextSequenceId: 4, workerTargets: { 'worker-0': 5 }, leaseLapsedSeconds: null })
  })

  it('have ids without a gap under twenty changes at once', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const changeUntilItHolds = async (n: number): Promise<void> => {
      for (;;) {
        const { version } = await readRunNow(db, id)
        const commands = [target(n), target(n + 100)]
        if (await transitionRun(db, { runId: id, fromVersion: version, epoch: null, set: { phase: 'PREPARING' }, commands })) return
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, n) => changeUntilItHolds(n)))
    const events = await listEventsAfter(db, id, 0)
    expect(events.map(event => event.sequenceId)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(await readRunNow(db, id)).toMatchObject({ version: 20, nextSequenceId: 41 })
    // The two commands of one change stand side by side.
    const targets = events.map(event => (event.data as { targets: Record<string, number> }).targets['worker-0'] as number)
    for (let i = 0; i < 40; i += 2) expect(targets[i + 1]).toBe((targets[i] as number) + 100)
  })

  it('are not there when writing them fails, and neither is the change', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await db.execute(
      "INSERT INTO run_control_events (event_id, run_id, sequence_id, event_type, event_data) SELECT 'taken', ?, 2, 'STOP', PARSE_JSON(?)",
      [id, '{}'],
    )
    const change = { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING' }, commands: [target(1), target(2)] } as const
    await expect(transitionRun(db, change)).rejects.toThrow(/run_control_events_sequence/)
    expect((await listEventsAfter(db, id, 0)).map(event => event.sequenceId)).toEqual([2])
    expect(await readRunNow(db, id)).toMatchObject({ status: 'PREPARED', version: 0, nextSequenceId: 1 })
  })
})
