import type { OperationKind, TemplateInput } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { watch } from '../kit/watchRun.ts'
import type { WholeRun } from '../kit/wholeRun.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ rows: 5_000 })
})
afterAll(() => kit.close())

const WEIGHTS: Readonly<Partial<Record<OperationKind, number>>> = { POINT_LOOKUP: 60, RANGE_SCAN: 20, INSERT: 12.5, UPDATE: 7.5 }
const MIXED: TemplateInput = {
  name: 'Mixed',
  operations: { pointLookup: { weight: 60 }, rangeScan: { weight: 20 }, insert: { weight: 12.5 }, update: { weight: 7.5 } },
}
/** A stretch of a smooth weighted round-robin differs from the exact share by less than this. */
const ROUND_ROBIN_SLACK = 2

/** What must be so of every run that went its full course without a failure. */
const expectConsistent = async (run: WholeRun, seconds: { readonly warmup: number; readonly measurement: number }): Promise<void> => {
  const { result, history } = run
  if (result === null) throw new Error('there is no result')
  expect(run).toMatchObject({ status: 'COMPLETED', phase: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
  expect(result.totalOperations).toBeGreaterThan(0)
  expect(result).toMatchObject({ failedOperations: 0, lostOperations: 0, measuredSeconds: seconds.measurement, errors: [] })
  expect(result.qps).toBeCloseTo((result.totalOperations - result.failedOperations) / result.measuredSeconds, 6)
  // Each connection has at most one operation in flight at either edge.
  expect(result.cutOffOperations).toBeLessThanOrEqual(2 * run.plan.targetConnections)

  expect(history.map(point => point.elapsedSeconds)).toEqual(Array.from({ length: seconds.warmup + seconds.measurement }, (_, i) => i + 1))
  expect(history.every(point => point.intervalSeconds === 1 && point.workersReported === run.workerCount)).toBe(true)
  const measured = history.filter(point => point.phase === 'MEASUREMENT')
  expect(measured).toHaveLength(seconds.measurement)
  expect(measured.reduce((sum, point) => sum + point.operations, 0)).toBe(result.totalOperations)

  expect(run.timing.startSkewMs).toBeGreaterThanOrEqual(0)
  const beats = await kit.heartbeats(run.id)
  expect(beats).toHaveLength(run.workerCount)
  for (const beat of beats) {
    expect(beat.status).toBe('COMPLETED')
    expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
    expect(beat.startOffsetMs).toBeGreaterThanOrEqual(0)
  }
}

const expectExactMix = ({ result, workerCount, plan }: WholeRun): void => {
  const slack = ROUND_ROBIN_SLACK * workerCount + 2 * plan.targetConnections
  for (const { kind, operations } of result?.byKind ?? []) {
    const exact = ((WEIGHTS[kind] ?? 0) / 100) * (result?.totalOperations ?? 0)
    expect(Math.abs(operations - exact), `${operations} of ${kind}, where ${exact} are the exact share`).toBeLessThanOrEqual(slack)
  }
  expect(result?.byKind.map(({ kind }) => kind).sort()).toEqual(Object.keys(WEIGHTS).sort())
}

describe('a run', () => {
  it.each([1, 3])('of %i workers accounts for every operation, and keeps the mix', async workers => {
    const run = await kit.run({ workers, targetConnections: 4, warmupSeconds: 1, durationSeconds: 3 }, MIXED)
    await expectConsistent(run, { warmup: 1, measurement: 3 })
    expectExactMix(run)
  })

  it('without a warmup is measured from its first operation on', async () => {
    const run = await kit.run({ warmupSeconds: 0, durationSeconds: 2 })
    await expectConsistent(run, { warmup: 0, measurement: 2 })
    const [beat] = await kit.heartbeats(run.id)
    expect(run.result?.totalOperations).toBe((beat?.operationsStarted ?? 0) - (run.result?.cutOffOperations ?? 0))
  })

  it('with think time sends no more than it allows', async () => {
    const load = { targetConnections: 4, warmupSeconds: 0, durationSeconds: 2, thinkTimeMs: 100 }
    const run = await kit.run({}, { name: 'Thinking', load })
    await expectConsistent(run, { warmup: 0, measurement: 2 })
    expect(run.result?.totalOperations).toBeLessThanOrEqual(4 * 20)
    expect(run.result?.totalOperations).toBeGreaterThan(4)
  })

  it('that inserts makes keys that nobody else has used, whichever worker, run after run', async () => {
    const template = await kit.createTemplate({ name: 'Inserts', operations: { insert: { weight: 100 } } })
    for (const _ of [1, 2]) {
      const run = await kit.run({ workers: 3, targetConnections: 6, warmupSeconds: 0, durationSeconds: 1 }, template)
      await expectConsistent(run, { warmup: 0, measurement: 1 })
    }
  })

  it('is not disturbed in its account by others at the same time', async () => {
    const overrides = { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 2 }
    const template = await kit.createTemplate({ name: 'Side by side', advanced: { shareSut: true } })
    for (const run of await Promise.all([1, 2, 3].map(() => kit.run(overrides, template))))
      await expectConsistent(run, { warmup: 0, measurement: 2 })
  })

  it('of short intervals has a point for each of them', async () => {
    const run = await kit.run(
      { workers: 2, warmupSeconds: 1, durationSeconds: 1 },
      { name: 'Quarters', advanced: { metricsIntervalSeconds: 0.25 } },
    )
    expect(run.history.map(point => point.elapsedSeconds)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(quarter => quarter / 4))
    expect(run.history.every(point => point.intervalSeconds === 0.25)).toBe(true)
    const measured = run.history.filter(point => point.phase === 'MEASUREMENT')
    expect(measured.reduce((sum, point) => sum + point.operations, 0)).toBe(run.result?.totalOperations)
  })
})

/** Section 9 of the design, to the letter. */
const DOCUMENTS = {
  templates: 'query { templates(first: 20) { edges { node { id name } } pageInfo { hasNextPage endCursor } } }',
  prepare:
    'mutation { prepareRun(templateId: "…", overrides: { durationSeconds: 10, warmupSeconds: 2, targetConnections: 8, workers: 2, seed: 42 }) { id status } }',
  start: 'mutation { startRun(id: "…") { id status } }',
  stop: 'mutation { stopRun(id: "…", reason: "enough") { id status } }',
  updated: `subscription { runUpdated(runId: "…") {
  run { status phase timing { serverNow elapsedSeconds } aggregateMetrics { qps p50Ms p95Ms p99Ms errorRate } }
  workers { workerId health qps } latencyAggregationMethod } }`,
  run: `query { run(id: "…") { status phase completionReason cancellationReason
  result { totalOperations failedOperations qps p50Ms p95Ms p99Ms maxMs errorRate byKind { kind operations p95Ms } }
  workers { workerId status operations } history(maxPoints: 300) { elapsedSeconds phase qps p95Ms errors activeConnections } } }`,
  runs: 'query { runs(first: 20, filter: { status: [COMPLETED] }) { edges { node { id status } } } }',
  compare: 'query { compareRuns(ids: ["…", "…"]) { runs { id } } }',
}

/** The document with the ids in the places of the dots. */
const withIds = (document: string, ...ids: readonly string[]): string => ids.reduce((text, id) => text.replace('…', id), document)

interface Updated {
  readonly runUpdated: {
    readonly run: {
      readonly status: string
      readonly phase: string
      readonly timing: { readonly serverNow: string; readonly elapsedSeconds: number }
      readonly aggregateMetrics: { readonly qps: number; readonly p50Ms: number; readonly errorRate: number } | null
    }
    readonly workers: readonly { readonly workerId: string; readonly health: string; readonly qps: number }[]
    readonly latencyAggregationMethod: string
  }
}

interface DesignRun extends Pick<WholeRun, 'status' | 'phase' | 'completionReason' | 'cancellationReason'> {
  readonly result: Readonly<Record<string, number>>
  readonly workers: readonly { readonly workerId: string; readonly status: string; readonly operations: number }[]
  readonly history: readonly Readonly<Record<string, number>>[]
}

describe('the documents of the design', () => {
  it('lead as they stand from the template list over a live run to a comparison', async () => {
    await kit.createTemplate(MIXED)
    const { templates } = await kit.graphql<{ templates: { edges: { node: { id: string; name: string } }[] } }>(DOCUMENTS.templates)
    const template = templates.edges.find(({ node }) => node.name === 'Mixed')?.node
    const { prepareRun } = await kit.graphql<{ prepareRun: { id: string; status: string } }>(withIds(DOCUMENTS.prepare, template?.id ?? ''))
    expect(prepareRun.status).toBe('PREPARED')
    const { id } = prepareRun

    const live = watch<Updated>(kit.server.url, withIds(DOCUMENTS.updated, id))
    await live.first('the state as it is', () => true)
    expect(await kit.graphql(withIds(DOCUMENTS.start, id))).toEqual({ startRun: { id, status: 'STARTING' } })
    await live.ended

    const updates = live.updates.map(({ runUpdated }) => runUpdated)
    const running = updates.filter(({ run }) => run.status === 'RUNNING' && run.aggregateMetrics !== null)
    expect(running.length).toBeGreaterThanOrEqual(10)
    expect(running.every(({ workers }) => workers.length === 2 && workers.every(({ health }) => health === 'HEALTHY'))).toBe(true)
    expect(new Set(updates.map(({ run }) => run.phase))).toEqual(new Set(['PREPARING', 'WARMUP', 'MEASUREMENT', 'PROCESSING', 'COMPLETED']))
    expect(new Set(updates.map(update => update.latencyAggregationMethod))).toEqual(new Set(['HDR_MERGE']))
    const elapsed = updates.map(({ run }) => run.timing.elapsedSeconds)
    expect([...elapsed].sort((a, b) => a - b)).toEqual(elapsed)
    expect(updates.at(-1)?.run).toMatchObject({ status: 'COMPLETED', phase: 'COMPLETED' })

    const { run } = await kit.graphql<{ run: DesignRun }>(withIds(DOCUMENTS.run, id))
    expect(run).toMatchObject({ status: 'COMPLETED', phase: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null })
    expect(run.result['totalOperations']).toBeGreaterThan(0)
    expect(run.workers.reduce((sum, worker) => sum + worker.operations, 0)).toBe(run.result['totalOperations'])
    expect(run.history).toHaveLength(12)
    const whole = await kit.read(id)
    await expectConsistent(whole, { warmup: 2, measurement: 10 })
    expectExactMix(whole)
    expect(whole.plan.seed).toBe(42)

    const second = (await kit.run({ warmupSeconds: 0, durationSeconds: 1 })).id
    const { runs } = await kit.graphql<{ runs: { edges: { node: { id: string; status: string } }[] } }>(DOCUMENTS.runs)
    expect(runs.edges.map(({ node }) => node)).toEqual(expect.arrayContaining([second, id].map(one => ({ id: one, status: 'COMPLETED' }))))
    expect(await kit.graphql(withIds(DOCUMENTS.compare, id, second))).toEqual({ compareRuns: { runs: [{ id }, { id: second }] } })

    const third = await kit.prepare({ durationSeconds: 60 })
    await kit.start(third)
    const { stopRun } = await kit.graphql<{ stopRun: { id: string; status: string } }>(withIds(DOCUMENTS.stop, third))
    expect(stopRun).toEqual({ id: third, status: 'CANCELLING' })
    expect(await kit.end(third)).toMatchObject({ status: 'CANCELLED', completionReason: 'USER_REQUESTED', cancellationReason: 'enough' })
  })
})
