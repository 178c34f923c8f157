import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { until } from '../kit/processes.ts'
import type { RunKit } from '../kit/runKit.ts'
import { openTunedKit, type TunedKit } from '../kit/tunedKit.ts'
import { watch } from '../kit/watchRun.ts'

let tuned: TunedKit
let kit: RunKit
/** Point lookups in a closed loop. */
let templateId: string
beforeAll(async () => {
  tuned = await openTunedKit()
  kit = tuned.kit
  templateId = await kit.createTemplate({ name: 'Overridden' })
})
afterAll(() => tuned.close())

const SET_TARGET = `mutation ($runId: ID!, $workerId: ID!, $connections: Int!) {
  setWorkerTarget(runId: $runId, workerId: $workerId, connections: $connections) { id status } }`

interface Shown {
  readonly status: string
  readonly slos: readonly { readonly bound: string; readonly limit: number; readonly observed: number | null; readonly verdict: string }[]
  readonly controller: {
    readonly qps: { readonly targetQps: number; readonly targetConnections: number; readonly workers: number } | null
    readonly findMax: {
      readonly step: { readonly targetConnections: number; readonly endsAt: string | null; readonly nextIfGood: number | null } | null
      readonly steps: readonly object[]
      readonly result: object | null
    } | null
  } | null
  readonly guardrail: { readonly state: string } | null
}

interface Update {
  readonly runUpdated: {
    readonly run: Shown
    readonly workers: readonly { readonly standing: string; readonly cpuUsedPercent: number | null; readonly floorMs: number | null }[]
    readonly newestPoints: readonly { readonly phase: string; readonly arrivals: Readonly<Record<string, number | null>> | null }[]
  }
}

const STEP = 'stepNumber type purpose toConnections startedAt observedFrom endedAt qps p95Ms outcome reason'
const FIND_MAX_RESULT = 'connections workers qps p95Ms maxType isConfirmed stepNumber reason'
const STATE = `status waitsFor { id } bounds { words } guardrail { state ceilings { workerId } actions { reason } } fleetNotes { workerId standing }
  controller { qps { targetQps targetConnections workers reason recent { ${STEP} } }
    findMax { step { stepNumber purpose targetConnections endsAt nextIfGood nextIfBad } steps { ${STEP} } lastGood firstBad endedBecause
      result { ${FIND_MAX_RESULT} } } }`
const UPDATES = `subscription ($runId: ID!) { runUpdated(runId: $runId) {
  run { ${STATE} slos { kind bound limit observed verdict } slosNow { kind bound limit observed verdict } }
  workers { workerId standing connectionCeiling cpuUsedPercent memoryUsedPercent floorMs }
  newestPoints { phase openConnections arrivals { planned started late missed waiting serviceP95Ms clockErrorP99Ms } } } }`
const RUN = `query ($id: ID!) { run(id: $id) { ${STATE} controllerSteps { ${STEP} } result { startSkewMs
  arrivals { planned started late missed unassigned achievedRate serviceP99Ms clockErrorP99Ms } slos { kind bound limit observed verdict }
  findMax { ${FIND_MAX_RESULT} } lostWorkers { workerId } } } }`

interface Ended extends Shown {
  readonly controllerSteps: readonly { readonly outcome: string }[]
  readonly result: {
    readonly startSkewMs: number | null
    readonly arrivals: Readonly<Record<'planned' | 'started' | 'missed' | 'unassigned' | 'achievedRate', number>> | null
    readonly slos: Shown['slos']
    readonly findMax: object | null
    readonly lostWorkers: readonly object[]
  } | null
}

const readEnded = async (id: string): Promise<Ended> => {
  await kit.end(id)
  return (await kit.graphql<{ run: Ended }>(RUN, { id })).run
}

// Side by side, as they may share what they load.
describe.concurrent('a run that is steered', () => {
  it('at a rate shows controller, arrivals, SLOs and workers as it goes, and accounts for them in the end', async () => {
    const id = await kit.prepare(
      {
        loadMode: 'QPS',
        targetQps: 100,
        durationSeconds: 4,
        warmupSeconds: 1,
        workers: 2,
        slos: [{ kind: 'POINT_LOOKUP', p95Ms: 0.001, errorRatePercent: 50 }],
        guardrails: { enabled: true, maxCpuPercent: 100, maxMemoryPercent: 100 },
        shareSut: true,
      },
      templateId,
    )
    const live = watch<Update>(kit.server.url, UPDATES, { runId: id })
    await live.first(
      'its state before',
      ({ runUpdated: { run } }) => run.status === 'PREPARED' && run.slos.every(one => one.verdict === 'PENDING'),
    )
    await kit.start(id)
    const { runUpdated } = await live.first(
      'arrivals of the measurement, and a verdict',
      ({ runUpdated: { run, newestPoints } }) =>
        run.slos.every(one => one.verdict !== 'PENDING') && newestPoints.some(one => one.phase === 'MEASUREMENT' && one.arrivals !== null),
    )
    expect(runUpdated.run.controller).toMatchObject({ qps: { targetQps: 100, workers: 2 }, findMax: null })
    expect(runUpdated.run.guardrail).toMatchObject({ state: 'NORMAL' })
    expect(runUpdated.workers.map(({ standing }) => standing)).toEqual(['SERVING', 'SERVING'])
    expect(runUpdated.workers.every(({ floorMs }) => floorMs !== null && floorMs > 0)).toBe(true)
    const { status, result, controllerSteps } = await readEnded(id)
    expect({ status, verdicts: result?.slos.map(({ bound, verdict }) => `${bound} ${verdict}`) }).toEqual({
      status: 'COMPLETED',
      verdicts: ['P95 FAIL', 'ERROR_RATE PASS'],
    })
    const { arrivals } = result ?? {}
    expect(arrivals?.planned).toBe(400)
    expect(arrivals?.planned).toBe((arrivals?.started ?? 0) + (arrivals?.missed ?? 0) + (arrivals?.unassigned ?? 0))
    expect(arrivals?.achievedRate).toBe((arrivals?.started ?? 0) / 4)
    expect(result).toMatchObject({ findMax: null, lostWorkers: [], startSkewMs: expect.any(Number) })
    expect(controllerSteps.every(({ outcome }) => outcome === 'SCALED')).toBe(true)
    await live.ended
  })

  it('in a search shows the step under way and what comes next, and keeps every step and the best', async () => {
    tuned.sut.setCapacity({ servers: 8, serviceMs: 10 })
    const id = await kit.prepare(
      {
        loadMode: 'FIND_MAX_CONCURRENCY',
        warmupSeconds: 1,
        findMax: {
          startConnections: 1,
          connectionsIncrement: 2,
          stepDurationSeconds: 2,
          minSamples: 10,
          resolution: 1,
          latencyStabilityPercent: 500,
        },
        scaling: { maxWorkers: 1, maxConnections: 3 },
        shareSut: true,
      },
      { name: 'Short search', advanced: { metricsIntervalSeconds: 0.25 } },
    )
    const live = watch<Update>(kit.server.url, UPDATES, { runId: id })
    await kit.start(id)
    const { runUpdated } = await live.first(
      'a step is observed',
      ({ runUpdated: { run } }) => run.controller?.findMax?.step?.endsAt != null,
    )
    expect(runUpdated.run.controller).toMatchObject({ qps: null, findMax: { step: { targetConnections: 1, nextIfGood: 3 }, result: null } })
    const refusal = await refusalOf(kit.server.url, SET_TARGET, { runId: id, workerId: 'worker-0', connections: 1 })
    expect(refusal).toMatchObject({
      extensions: { code: 'WRONG_STATE' },
      message: expect.stringContaining('controller (FIND_MAX_CONCURRENCY)'),
    })
    const { status, result, controller, controllerSteps } = await readEnded(id)
    expect(status).toBe('COMPLETED')
    expect(controllerSteps.length).toBeGreaterThan(1)
    expect(controller?.findMax).toMatchObject({ step: null, steps: controllerSteps, result: result?.findMax })
    expect(result).toMatchObject({ arrivals: null, findMax: { workers: 1, maxType: 'BOUNDED_MAX' } })
    await live.ended
  })
})

describe('a run of which a worker is given other connections', () => {
  const shown = async (id: string) =>
    (
      await kit.graphql<{ run: { status: string; waitsFor: { id: string } | null; workers: readonly object[] } }>(
        'query ($id: ID!) { run(id: $id) { status waitsFor { id } workers { workerId targetConnections } } }',
        { id },
      )
    ).run

  const logOf = async (id: string): Promise<readonly string[]> =>
    (
      await kit.graphql<{ run: { logs: { lines: readonly { message: string }[] } } }>(
        'query ($id: ID!) { run(id: $id) { logs { lines { message } } } }',
        { id },
      )
    ).run.logs.lines.map(({ message }) => message)

  it('takes those that are possible; others that load the same wait for its end, and can be stopped or go on by themselves', async () => {
    tuned.sut.setCapacity(null)
    const long = { workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 600 }
    const first = await kit.prepare(long, templateId)
    const [stopped, next] = [await kit.prepare({}, templateId), await kit.prepare({ warmupSeconds: 0, durationSeconds: 1 }, templateId)]
    const refusal = (workerId: string, connections: number, runId = first) =>
      refusalOf(kit.server.url, SET_TARGET, { runId, workerId, connections })
    expect((await refusal('worker-0', 3)).message).toContain('the run is PREPARED')
    expect((await refusal('worker-0', 3, 'nothing')).extensions.code).toBe('NOT_FOUND')
    for (const id of [first, stopped, next]) await kit.start(id)
    const again = await refusalOf(kit.server.url, 'mutation ($id: ID!) { startRun(id: $id) { id } }', { id: next })
    expect(again.message).toMatch(/only a PREPARED run can be started/)
    await until(
      'the first runs, the others wait for it',
      async () => [await shown(first), await shown(stopped), await shown(next)],
      ([a, b, c]) => a?.status === 'RUNNING' && b?.waitsFor?.id === first && c?.waitsFor?.id === first,
    )
    const refused = [await refusal('worker-9', 3), await refusal('worker-0', -1), await refusal('worker-0', 100_000)]
    expect(refused.map(({ extensions }) => extensions)).toEqual([
      {
        code: 'VALIDATION_FAILED',
        problems: [{ path: 'workerId', message: 'workerId must be one of worker-0, worker-1; it is worker-9' }],
      },
      { code: 'VALIDATION_FAILED', problems: [{ path: 'connections', message: expect.stringMatching(/from 0 to 99998; it is -1$/) }] },
      { code: 'VALIDATION_FAILED', problems: [{ path: 'connections', message: expect.stringMatching(/has at most 100000 connections/) }] },
    ])
    await kit.graphql(SET_TARGET, { runId: first, workerId: 'worker-0', connections: 5 })
    await kit.graphql(SET_TARGET, { runId: first, workerId: 'worker-1', connections: 0 })
    await until(
      'the workers have heard of it',
      async () => JSON.stringify((await shown(first)).workers),
      workers => workers === JSON.stringify([5, 0].map((targetConnections, i) => ({ workerId: `worker-${i}`, targetConnections }))),
    )
    await kit.stop(stopped, 'no need')
    expect(await kit.end(stopped)).toMatchObject({ status: 'CANCELLED', cancellationReason: 'no need', workers: [], result: null })
    expect((await shown(next)).waitsFor).toEqual({ id: first })
    await kit.stop(first)
    expect(await kit.end(next)).toMatchObject({ status: 'COMPLETED' })
    expect((await shown(next)).waitsFor).toBeNull()
    await until(
      'its log tells how it ended',
      async () => await logOf(stopped),
      lines => lines.includes('CANCELLING → CANCELLED') && lines.some(line => /^STARTING → CANCELLING: no need$/.test(line)),
    )
  })
})
