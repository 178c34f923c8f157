import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killHard } from '../kit/embeddedHome.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { pidsOf, untilMeasuring } from '../kit/runUnderWay.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

describe('a worker', () => {
  it('that is killed in the middle of the measurement fails the run, which names it and keeps what was done', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 4, warmupSeconds: 1, durationSeconds: 600 })
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const [, victim] = await pidsOf(kit, id)
    await killHard(victim ?? 0)
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE' })
    expect(run.cancellationReason).toMatch(/^1 of 2 workers lost: worker-1 was killed by SIGKILL/)
    expect(run.result?.totalOperations).toBeGreaterThan(0)
    expect(run.history.length).toBeGreaterThanOrEqual(3)
    expect(run.workers).toMatchObject([{ workerId: 'worker-0', status: 'COMPLETED' }, { workerId: 'worker-1' }])
    const whole = run.history.filter(({ phase, workersReported }) => phase === 'MEASUREMENT' && workersReported === 2)
    expect(whole.length).toBeGreaterThanOrEqual(1)
  })

  it('that hangs fails the run, and is ended', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 })
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
  }, 90_000)

  it('that is killed while it prepares fails the run', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 40, warmupSeconds: 1, durationSeconds: 600 })
    await kit.start(id)
    const [victim] = await until(
      'a worker runs',
      () => listProcessesWith(id),
      found => found.length > 0,
    )
    await killHard(victim?.pid ?? 0)
    const run = await kit.end(id)
    expect(run.status).toBe('FAILED')
    expect(run.cancellationReason).toMatch(/worker-[01] was killed by SIGKILL/)
  })
})
