import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { killHard } from '../kit/embeddedHome.ts'
import { graphql } from '../kit/graphql.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'
import { newHome, startServer } from '../kit/startServer.ts'
import { watch } from '../kit/watchRun.ts'
import { RUN_UPDATES, type RunUpdated, WHOLE_RUN, type WholeRun } from '../kit/wholeRun.ts'

let kit: RunKit
/** Server and workers reach the control database through it. */
let controlDial: SlowSut
const openKit = async (): Promise<void> => {
  kit = await openRunKit({
    controlUrl: async control => {
      const url = new URL(control.url)
      controlDial = await startSlowSut({ host: url.hostname, port: Number(url.port) })
      url.port = String(controlDial.port)
      return url.href
    },
  })
}
const closeKit = async (): Promise<void> => {
  await kit.close()
  await controlDial.close()
}

const pidsOf = async (runId: string): Promise<readonly number[]> => (await kit.heartbeats(runId)).map(({ pid }) => pid)

const untilMeasuring = async (runId: string, seconds = 1): Promise<void> => {
  await until(
    `second ${seconds} of the measurement`,
    async () => (await kit.read(runId)).history.filter(({ phase }) => phase === 'MEASUREMENT').length,
    points => points >= seconds,
  )
}

/** Every second has its point, with every worker in it, and nothing is missing from the whole. */
const expectNoGap = ({ history, result, workerCount }: WholeRun, seconds: number): void => {
  expect(history.map(point => point.elapsedSeconds)).toEqual(Array.from({ length: seconds }, (_, i) => i + 1))
  expect(history.every(point => point.workersReported === workerCount && point.operations > 0)).toBe(true)
  const measured = history.filter(({ phase }) => phase === 'MEASUREMENT')
  expect(measured.reduce((sum, point) => sum + point.operations, 0)).toBe(result?.totalOperations)
  expect(result).toMatchObject({ failedOperations: 0, lostOperations: 0 })
}

describe('a server that is killed in the middle of a measurement', () => {
  beforeEach(openKit)
  afterEach(closeKit)

  it('and started again carries the run on to its end, with the same workers and without a gap', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 18 })
    await kit.start(id)
    await untilMeasuring(id)
    const before = await pidsOf(id)
    const { epoch } = await kit.record(id)
    await kit.server.end('SIGKILL')
    expect(
      listProcessesWith(id)
        .map(({ pid }) => pid)
        .sort(),
    ).toEqual([...before].sort())
    await kit.restart()
    const live = kit.watch(id)
    await live.first('the new server owns the run', () => true)
    await until(
      'the run is claimed again',
      async () => (await kit.record(id)).epoch,
      now => now > epoch,
    )
    expect((await kit.record(id)).status).toBe('RUNNING')
    await live.ended
    const run = await kit.read(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
    expect(await pidsOf(id)).toEqual(before)
    expectNoGap(run, 19)
    expect(live.updates.at(-1)?.runUpdated.run.status).toBe('COMPLETED')
  }, 90_000)

  it('and started again only after the end has the run processed all the same', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 3 })
    await kit.start(id)
    await untilMeasuring(id)
    await kit.server.end('SIGKILL')
    await until(
      'the workers have done their work and left',
      () => listProcessesWith(id),
      left => left.length === 0,
    )
    await kit.restart()
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
    expectNoGap(run, 3)
  }, 90_000)
})

describe('a server that is killed and does not come back', () => {
  beforeEach(openKit)
  afterEach(closeKit)

  it('leaves its runs to another one on the same control database', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 15 })
    await kit.start(id)
    await untilMeasuring(id)
    const before = await pidsOf(id)
    const home = newHome()
    const other = await startServer({ home, environment: kit.environment })
    try {
      await kit.server.end('SIGKILL')
      const live = watch<RunUpdated>(other.url, RUN_UPDATES, { runId: id })
      await live.ended
      const { run } = await graphql<{ run: WholeRun }>(other.url, WHOLE_RUN, { id })
      expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
      expect(await pidsOf(id)).toEqual(before)
      expectNoGap(run, 15)
    } finally {
      await other.end()
      rmSync(home, { recursive: true, force: true })
    }
  }, 90_000)

  it('has its workers stop by themselves, and their work is kept', async () => {
    const id = await kit.prepare(
      { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 },
      { name: 'Soon without an owner', advanced: { controlLossSeconds: 5 } },
    )
    await kit.start(id)
    await untilMeasuring(id)
    await kit.server.end('SIGKILL')
    await until(
      'the workers have left',
      () => listProcessesWith(id),
      left => left.length === 0,
      60_000,
    )
    for (const beat of await kit.heartbeats(id)) {
      expect(beat).toMatchObject({ status: 'FAILED', lastError: expect.stringContaining('No orchestrator has owned the run for 5 s') })
      expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
    }
    await kit.restart()
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE', result: { lostOperations: 0 } })
    expect(run.result?.totalOperations).toBeGreaterThan(0)
  }, 90_000)
})

describe('a control database that does not answer', () => {
  beforeAll(openKit)
  afterAll(closeKit)

  it('for a moment costs a run nothing', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 5 })
    await kit.start(id)
    await untilMeasuring(id)
    await controlDial.refuse()
    const before = (await kit.heartbeats(id)).map(({ count }) => count)
    await until(
      'nobody reaches it',
      async () => (await kit.heartbeats(id)).map(({ ageSeconds }) => ageSeconds),
      ages => ages.every(age => age > 2),
    )
    await controlDial.accept()
    await until(
      'the workers are back',
      async () => (await kit.heartbeats(id)).map(({ count }) => count),
      counts => counts.every((count, i) => count > (before[i] ?? 0)),
    )
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
    expectNoGap(run, 6)
  })

  it('quickly is no reason to take workers that have done their work for lost', async () => {
    controlDial.setResponseTime(40)
    try {
      for (const _ of [1, 2, 3]) {
        const run = await kit.run({ workers: 4, targetConnections: 4, warmupSeconds: 0, durationSeconds: 1 })
        expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null, result: { lostOperations: 0 } })
      }
    } finally {
      controlDial.setResponseTime(0)
    }
  })

  it('for longer than the workers may be without it has them stop by themselves, and fails the run when it is back', async () => {
    const id = await kit.prepare(
      { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 },
      { name: 'Soon lost', advanced: { controlLossSeconds: 5 } },
    )
    await kit.start(id)
    await untilMeasuring(id)
    await controlDial.refuse()
    await until(
      'the workers have left',
      () => listProcessesWith(id),
      left => left.length === 0,
      60_000,
    )
    await controlDial.accept()
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE' })
    expect(run.cancellationReason).toMatch(/worker-0.*worker-1/)
    expect(run.result?.totalOperations).toBeGreaterThan(0)
  }, 120_000)
})

describe('a worker that is killed', () => {
  beforeAll(openKit)
  afterAll(closeKit)

  it('in the middle of the measurement fails the run, which names it and keeps what was done', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 4, warmupSeconds: 1, durationSeconds: 600 })
    await kit.start(id)
    await untilMeasuring(id, 2)
    const [, victim] = await pidsOf(id)
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

  it('or rather only hangs fails the run, and is ended', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 })
    await kit.start(id)
    await untilMeasuring(id)
    const [, hanging] = await pidsOf(id)
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

  it('while it prepares fails the run', async () => {
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
