import { arrivalPlanOf, CONTROL_PACE, countArrivals } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkerKit, type WorkerKit } from '../kit/workerKit.ts'

let kit: WorkerKit
beforeAll(async () => {
  kit = await openWorkerKit()
})
afterAll(() => kit.close())

const STOP = { type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 10 } } as const

describe.concurrent('a worker that joins a run under way', () => {
  it('begins in the current phase, and sends when it is given connections', async () => {
    const run = await kit.own({}, { workers: 1, targetConnections: 1, warmupSeconds: 1, durationSeconds: 600 })
    const first = run.spawn(0, 1)
    await run.hear('the first is ready', 0, ({ status }) => status === 'READY')
    await run.start({ workerTargets: { 'worker-0': 1 } })
    await run.hear('the first measures', 0, ({ phase, operations }) => phase === 'MEASUREMENT' && operations > 0)
    await run.change({ workersExpected: 2 })
    const second = run.spawn(1, 2)
    const joined = await run.hear('the second is with the run', 1, ({ status, count }) => status === 'RUNNING' && count > 1)
    expect(joined).toMatchObject({ phase: 'MEASUREMENT', targetConnections: 0, operationsStarted: 0, startOffsetMs: null })
    expect(joined.schedulingP99Ms).toBeGreaterThanOrEqual(0)
    const targets = { 'worker-0': 1, 'worker-1': 2 }
    await run.change({ workerTargets: targets }, [{ type: 'SET_WORKER_TARGET', data: { targets } }])
    await run.hear('the second sends', 1, ({ operations, targetConnections }) => operations > 0 && targetConnections === 2)
    await run.change({ status: 'STOPPING', phase: 'PROCESSING' }, [STOP])
    for (const worker of [first, second]) expect(await worker.exited).toMatchObject({ code: 0 })
    const snapshots = (await run.snapshots()).filter(({ workerId }) => workerId === 'worker-1')
    expect(snapshots.map(({ sequence }) => sequence)).toEqual(snapshots.map((_, i) => i))
    expect(new Set(snapshots.map(({ phase }) => phase))).not.toContain('WARMUP')
    expect(snapshots[0]?.startMs).toBeGreaterThan(1_000)
  })

  it('sends the arrivals that are its own from its share on, and none is sent twice or by nobody', async () => {
    const { shareMarginMs } = CONTROL_PACE[kit.control.db.engine]
    // The second one has come by then, at the pace of either engine.
    const durationSeconds = 14 + shareMarginMs / 1_000
    const load = { mode: 'QPS', targetQps: 200, arrival: 'POISSON', warmupSeconds: 1, durationSeconds } as const
    const run = await kit.own({ load }, { workers: 1, seed: 7 })
    const first = run.spawn(0, 1)
    await run.hear('the first is ready', 0, ({ status }) => status === 'READY')
    const alone = [{ fromMs: 0, parts: { 'worker-0': 1 } }]
    await run.start({ workerTargets: { 'worker-0': 4 }, arrivalShares: alone })
    await run.hear('the first sends', 0, ({ operations }) => operations > 0)
    await run.change({ workersExpected: 2, workerTargets: { 'worker-0': 4, 'worker-1': 4 } })
    const second = run.spawn(1, 2)
    const idle = await run.hear('the second is with the run', 1, ({ status }) => status === 'RUNNING')
    expect(idle).toMatchObject({ targetConnections: 4, operationsStarted: 0 })
    const fromMs = Math.round((await run.sinceStartMs()) + shareMarginMs)
    const shares = [...alone, { fromMs, parts: { 'worker-0': 1, 'worker-1': 1 } }]
    await run.change({ arrivalShares: shares }, [{ type: 'SET_ARRIVAL_SHARES', data: { shares } }])
    for (const worker of [first, second]) expect(await worker.exited).toMatchObject({ code: 0 })
    const joined = await run.hear('the second has ended', 1, ({ status }) => status === 'COMPLETED')
    expect(joined.startOffsetMs).toBeGreaterThanOrEqual(fromMs)

    const plan = arrivalPlanOf(run.plan)
    if (plan === null) throw new Error('the run has no arrivals')
    const ended = [joined, await run.hear('the first has ended', 0, ({ status }) => status === 'COMPLETED')]
    const started = ended.reduce((sum, { operationsStarted }) => sum + operationsStarted, 0)
    const missed = (await run.snapshots()).reduce((sum, { arrivals }) => sum + (arrivals?.missed ?? 0), 0)
    expect(started + missed).toBe(countArrivals(plan, 0, (1 + durationSeconds) * 1_000))
    expect(joined.operationsStarted).toBeGreaterThan(0)
  })
})
