import { listHeartbeats, newId, putHeartbeat, registerWorker } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'

const register = (runId: string, workerGroupId = 0) => ({
  runId,
  workerId: `worker-${workerGroupId}`,
  workerGroupId,
  host: 'here',
  pid: 4711,
})

describe('a worker', () => {
  it('registers as STARTING, with nothing done', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    expect(await registerWorker(db, register(runId))).toBe(1)
    expect(await listHeartbeats(db, runId)).toEqual([
      {
        ...sampleHeartbeat({ runId, host: 'here', status: 'STARTING', phase: 'PREPARING', activeConnections: 0, targetConnections: 0 }),
        cpuPercent: null,
        memoryBytes: null,
        cpuUsedPercent: null,
        memoryUsedPercent: null,
        operationsStarted: 0,
        operations: 0,
        errors: 0,
        cutOff: 0,
        snapshotsTaken: 0,
        appliedSequenceId: 0,
        startOffsetMs: null,
        clockUncertaintyMs: null,
        floorMs: null,
        schedulingP99Ms: null,
        spool: null,
        ageSeconds: expect.any(Number),
        count: 0,
      },
    ])
  })

  it('keeps every figure of its heartbeat, counts above 2^31 too', async () => {
    const { db } = await freshControlDatabase()
    const beat = sampleHeartbeat({
      runId: newId(),
      operationsStarted: 5_000_000_003,
      operations: 5_000_000_000,
      errors: 4_000_000_000,
      memoryBytes: 64 * 1024 ** 3,
      lastSentOffsetMs: 11_999.9375,
      spool: { state: 'FULL', spooled: 4_999_999_000, dropped: 1_000, folder: '/home/größe/spool' },
      lastError: `it's "so", 100 % ? – ü 🦆`,
    })
    await registerWorker(db, { ...beat, host: 'localhost' })
    expect(await putHeartbeat(db, beat)).toBe(true)
    expect(await putHeartbeat(db, beat)).toBe(true)
    const [read] = await listHeartbeats(db, beat.runId)
    expect(read).toEqual({ ...beat, count: 2, ageSeconds: expect.any(Number) })
    expect(read?.ageSeconds).toBeGreaterThanOrEqual(0)
    expect(read?.ageSeconds).toBeLessThan(60)
  })

  it('has the age of its last heartbeat in database time', async () => {
    const { db } = await freshControlDatabase()
    const beat = sampleHeartbeat({ runId: newId() })
    await registerWorker(db, beat)
    await db.execute("UPDATE worker_heartbeats SET last_heartbeat = DATEADD('second', -90, CURRENT_TIMESTAMP)")
    expect((await listHeartbeats(db, beat.runId))[0]?.ageSeconds).toBeGreaterThanOrEqual(90)
    await putHeartbeat(db, beat)
    expect((await listHeartbeats(db, beat.runId))[0]?.ageSeconds).toBeLessThan(90)
  })

  it('that registers again begins anew under the next attempt, and the older one hears that it must stop', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    expect(await registerWorker(db, register(runId))).toBe(1)
    expect(await putHeartbeat(db, sampleHeartbeat({ runId, attempt: 1, lastError: 'lost' }))).toBe(true)
    expect(await registerWorker(db, { ...register(runId), pid: 4712 })).toBe(2)
    const [begun] = await listHeartbeats(db, runId)
    expect(begun).toMatchObject({ attempt: 2, pid: 4712, status: 'STARTING', operations: 0, snapshotsTaken: 0, lastError: null, count: 0 })
    expect(await putHeartbeat(db, sampleHeartbeat({ runId, attempt: 1, operations: 77 }))).toBe(false)
    expect((await listHeartbeats(db, runId))[0]).toEqual({ ...begun, ageSeconds: expect.any(Number) })
    expect(await putHeartbeat(db, sampleHeartbeat({ runId, attempt: 2, operations: 5 }))).toBe(true)
    expect((await listHeartbeats(db, runId))[0]?.operations).toBe(5)
  })

  it('that is started several times at once has as many attempts, of which the last may go on', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const attempts = await Promise.all([1, 2, 3, 4].map(() => registerWorker(db, register(runId))))
    expect(attempts.sort()).toEqual([1, 2, 3, 4])
    const heard = await Promise.all(attempts.map(attempt => putHeartbeat(db, sampleHeartbeat({ runId, attempt }))))
    expect(heard).toEqual([false, false, false, true])
  })

  it('that never registered may not report', async () => {
    const { db } = await freshControlDatabase()
    expect(await putHeartbeat(db, sampleHeartbeat({ runId: newId() }))).toBe(false)
  })

  it('has its last error kept without NUL', async () => {
    const { db } = await freshControlDatabase()
    const beat = sampleHeartbeat({ runId: newId(), lastError: 'invalid byte \0 in "a\0b"' })
    await registerWorker(db, beat)
    expect(await putHeartbeat(db, beat)).toBe(true)
    expect((await listHeartbeats(db, beat.runId))[0]?.lastError).toBe('invalid byte  in "ab"')
  })

  it('has its last error cut where it is too long', async () => {
    const { db } = await freshControlDatabase()
    const beat = sampleHeartbeat({ runId: newId(), lastError: '🦆'.repeat(800) })
    await registerWorker(db, beat)
    await putHeartbeat(db, beat)
    expect((await listHeartbeats(db, beat.runId))[0]?.lastError).toBe('🦆'.repeat(500))
  })
})

describe('the workers of a run', () => {
  it('are listed by group id, and only its own', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    for (const groupId of [10, 2, 0]) await registerWorker(db, register(runId, groupId))
    await registerWorker(db, register(newId(), 1))
    expect((await listHeartbeats(db, runId)).map(beat => beat.workerId)).toEqual(['worker-0', 'worker-2', 'worker-10'])
  })

  it('register at once without a fault', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const attempts = await Promise.all(Array.from({ length: 30 }, (_, groupId) => registerWorker(db, register(runId, groupId))))
    expect(new Set(attempts)).toEqual(new Set([1]))
    expect(await listHeartbeats(db, runId)).toHaveLength(30)
  })
})
