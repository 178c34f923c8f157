import { CONTROL_PACE } from '@flakebench/contract'
import { readResults } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killHard } from '../kit/embeddedHome.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { pidsOf, untilMeasuring } from '../kit/runUnderWay.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

describe.concurrent('a worker', () => {
  it('that hangs fails the run, and is ended', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600, shareSut: true }, LIGHT)
    await kit.start(id)
    await untilMeasuring(kit, id)
    const [, hanging] = await pidsOf(kit, id)
    process.kill(hanging ?? 0, 'SIGSTOP')
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE' })
    expect(run.cancellationReason).toMatch(/^1 of 2 workers lost: worker-1 has been silent for \d+ seconds/)
    await until(
      'no worker is left',
      () => listProcessesWith(id),
      left => left.length === 0,
      10_000,
    )
  }, 180_000)
})

describe.concurrent('a worker that is killed in the middle of the measurement', () => {
  it('of a run that may go on without it is lost, and the result says so', async () => {
    const id = await kit.prepare(
      { workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 8 },
      { ...LIGHT, name: 'Goes on', advanced: { deadWorkerPolicy: 'CONTINUE', shareSut: true } },
    )
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const [, victim] = await pidsOf(kit, id)
    await killHard(victim ?? 0)
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
    const { fleetNotes } = await kit.record(id)
    expect(fleetNotes).toMatchObject({ 'worker-1': { standing: 'LOST', reason: expect.stringContaining('was killed by SIGKILL') } })
    const result = (await readResults(kit.control.db, [id])).get(id)
    expect(result?.lostWorkers).toMatchObject([{ workerId: 'worker-1' }])
    expect(result?.accounting.silentWorkers).toBe(1)
    expect(run.history).toHaveLength(8)
    expect(run.history.every(({ operations }) => operations > 0)).toBe(true)
  })

  it('is replaced where the run asks for it, and the new one takes over its connections', async () => {
    const id = await kit.prepare(
      { workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 12 },
      { ...LIGHT, name: 'Replaces', advanced: { deadWorkerPolicy: 'REPLACE', shareSut: true } },
    )
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const [, victim] = await pidsOf(kit, id)
    await killHard(victim ?? 0)
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
    const { fleetNotes, workerTargets, workersExpected } = await kit.record(id)
    expect(Object.keys(fleetNotes)).toEqual(['worker-1'])
    expect(workersExpected).toBe(3)
    expect(workerTargets?.['worker-2']).toBe(2)
    expect(run.workers.find(({ workerId }) => workerId === 'worker-2')?.operations).toBeGreaterThan(0)
  })

  it('gives its arrivals to the others, and none is lost from the account', async () => {
    // New shares hold from a margin on that is the control database's own.
    const seconds = 8 + (2 * CONTROL_PACE[kit.control.db.engine].shareMarginMs) / 1_000
    const id = await kit.prepare(
      {},
      {
        ...LIGHT,
        name: 'Rate goes on',
        load: { mode: 'QPS', targetQps: 100, warmupSeconds: 0, durationSeconds: seconds },
        scaling: { mode: 'BOUNDED', minWorkers: 2, maxWorkers: 2 },
        advanced: { deadWorkerPolicy: 'CONTINUE', shareSut: true },
      },
    )
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const [, victim] = await pidsOf(kit, id)
    await killHard(victim ?? 0)
    const run = await kit.end(id)
    expect(run.status).toBe('COMPLETED')
    const { arrivalShares } = await kit.record(id)
    expect(Object.keys(arrivalShares?.[0]?.parts ?? {})).toEqual(['worker-0', 'worker-1'])
    expect(Object.keys(arrivalShares?.at(-1)?.parts ?? {})).toEqual(['worker-0'])
    const { arrivals } = (await readResults(kit.control.db, [id])).get(id) ?? {}
    if (arrivals == null) throw new Error('there is no account of arrivals')
    expect(arrivals.planned).toBe(100 * seconds)
    expect(arrivals.planned).toBe(arrivals.started + arrivals.missed + arrivals.unassigned)
    expect(arrivals.unassigned).toBeGreaterThan(0)
    expect(run.history.slice(-3).reduce((sum, { qps }) => sum + qps, 0)).toBeGreaterThan(3 * 90)
  })

  const killOnlyWorker = async (id: string) => {
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const [victim] = await pidsOf(kit, id)
    await killHard(victim ?? 0)
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
    const result = (await readResults(kit.control.db, [id])).get(id)
    expect(result?.lostWorkers).toMatchObject([
      { workerId: 'worker-0', reason: expect.stringMatching(/SIGKILL.*; nobody was left to serve until worker-1 did, [\d.]+ s later$/) },
    ])
    expect(run.workers.find(({ workerId }) => workerId === 'worker-1')?.operations).toBeGreaterThan(0)
    // Before the gap, and after it.
    expect(run.history.some(({ elapsedSeconds, operations }) => elapsedSeconds <= 2 && operations > 0)).toBe(true)
    expect(run.history.at(-1)).toMatchObject({ elapsedSeconds: 15, workersReported: 1 })
    expect(run.history.at(-1)?.operations).toBeGreaterThan(0)
    return { run, result, record: await kit.record(id) }
  }

  it('is replaced where it was the only one, and the gap in the load can be seen', async () => {
    const id = await kit.prepare(
      { workers: 1, targetConnections: 4, warmupSeconds: 0, durationSeconds: 15 },
      { ...LIGHT, name: 'Replaces the only one', advanced: { deadWorkerPolicy: 'REPLACE', shareSut: true } },
    )
    const { record } = await killOnlyWorker(id)
    expect(record.workersExpected).toBe(2)
    expect(record.workerTargets?.['worker-1']).toBe(4)
  })

  it('is replaced where it was the only one of a rate, and the arrivals of the gap are nobody’s', async () => {
    const id = await kit.prepare(
      {},
      {
        ...LIGHT,
        name: 'Replaces the only one of a rate',
        load: { mode: 'QPS', targetQps: 100, warmupSeconds: 0, durationSeconds: 15 },
        scaling: { mode: 'BOUNDED', minWorkers: 1, maxWorkers: 1 },
        advanced: { deadWorkerPolicy: 'REPLACE', shareSut: true },
      },
    )
    const { result, record } = await killOnlyWorker(id)
    expect(record.arrivalShares?.map(({ parts }) => parts)).toEqual([{ 'worker-0': 1 }, { 'worker-1': 1 }])
    const { arrivals } = result ?? {}
    if (arrivals == null) throw new Error('there is no account of arrivals')
    expect(arrivals.planned).toBe(1_500)
    expect(arrivals.planned).toBe(arrivals.started + arrivals.missed + arrivals.unassigned)
    const gapMs = (record.arrivalShares?.at(-1)?.fromMs ?? 0) - (record.fleetNotes['worker-0']?.atMs ?? 0)
    expect(arrivals.unassigned).toBeGreaterThanOrEqual(Math.floor(gapMs / 10))
  })
})
