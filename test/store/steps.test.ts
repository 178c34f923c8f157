import type { ControllerStep } from '@flakebench/contract'
import { listSteps, transitionRun } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

const START_MS = 1_763_735_448_123

const STEP: ControllerStep = {
  stepNumber: 1,
  type: 'FIND_MAX',
  purpose: 'CLIMB',
  workers: 1,
  fromConnections: 5,
  toConnections: 15,
  startMs: 10_000.25,
  observedFromMs: 15_000,
  endMs: 45_000.5,
  observedSeconds: 30,
  operations: 12_345_678_901,
  errors: 3,
  qps: 4_115.5,
  targetQps: null,
  p50Ms: 1.25,
  p95Ms: 3.5,
  p99Ms: 9.75,
  errorRate: 0.0125,
  qpsVsPriorPercent: 41.5,
  p95VsBaselinePercent: -2.25,
  qpsErrorPercent: null,
  isQueued: true,
  clientLimitedSeconds: 2,
  outcome: 'STABLE',
  reason: "it's “steady” \\ so far",
  latency: { encoding: 'HDR_V2', data: 'HISTFAAAA' } as unknown as ControllerStep['latency'],
}

const SCALED: ControllerStep = {
  ...STEP,
  stepNumber: 2,
  type: 'QPS_SCALING',
  purpose: null,
  fromConnections: 15,
  toConnections: 10,
  observedFromMs: null,
  observedSeconds: 0,
  operations: 0,
  qps: 0,
  targetQps: 500.5,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  qpsVsPriorPercent: null,
  p95VsBaselinePercent: null,
  qpsErrorPercent: -100,
  isQueued: false,
  outcome: 'SCALED',
  reason: null,
  latency: null,
}

describe('the steps of a controller', () => {
  it('come with the change that they belong to, in order and as they were', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const other = await storeRun(db)
    expect(await listSteps(db, id)).toEqual([])
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { startAtMs: START_MS } })
    expect(await transitionRun(db, { runId: id, fromVersion: 1, epoch: null, set: {}, steps: [STEP, SCALED] })).toBe(true)
    await transitionRun(db, { runId: id, fromVersion: 2, epoch: null, set: {}, steps: [{ ...SCALED, stepNumber: 3 }] })
    expect(await listSteps(db, id)).toEqual([STEP, SCALED, { ...SCALED, stepNumber: 3 }])
    expect(await listSteps(db, other.id)).toEqual([])
  })

  it('have the moments of the agreed start, also one that is agreed with them', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { startAtMs: START_MS }, steps: [STEP] })
    const [row] = await db.query(
      'SELECT start_time, end_time, duration_seconds, direction, target_workers FROM controller_step_history WHERE run_id = ?',
      [id],
    )
    expect(row).toEqual({
      start_time: START_MS + 10_000,
      end_time: START_MS + 45_001,
      duration_seconds: 30,
      direction: 'UP',
      target_workers: 1,
    })
  })

  it('of a search are what its view shows', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: {}, steps: [STEP, SCALED] })
    const columns = 'step_number, to_connections, outcome, purpose, start_ms, observed_from_ms, end_ms, client_limited_seconds'
    expect(await db.query(`SELECT ${columns} FROM find_max_step_history WHERE run_id = ?`, [id])).toEqual([
      {
        step_number: 1,
        to_connections: 15,
        outcome: 'STABLE',
        purpose: STEP.purpose,
        start_ms: STEP.startMs,
        observed_from_ms: STEP.observedFromMs,
        end_ms: STEP.endMs,
        client_limited_seconds: STEP.clientLimitedSeconds,
      },
    ])
  })

  it('are not there when the change was refused', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    expect(await transitionRun(db, { runId: id, fromVersion: 7, epoch: null, set: {}, steps: [STEP] })).toBe(false)
    expect(await transitionRun(db, { runId: id, fromVersion: 0, epoch: 9, set: {}, steps: [STEP] })).toBe(false)
    expect(await listSteps(db, id)).toEqual([])
  })

  it('have reasons that are cut where the column ends', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: {}, steps: [{ ...STEP, reason: `\0${'ü'.repeat(3_000)}` }] })
    expect((await listSteps(db, id))[0]?.reason).toBe('ü'.repeat(1_000))
  })
})

describe('what the controllers remember', () => {
  it('is read as it was written', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    expect(await readRunNow(db, id)).toMatchObject({
      arrivalShares: null,
      fleetNotes: {},
      findMax: null,
      qpsController: null,
      bounds: null,
      guardrail: null,
      waitsFor: null,
    })
    const { latency: _, ...done } = STEP
    const set = {
      workersExpected: 3,
      workerTargets: { 'worker-0': 5, 'worker-2': 4 },
      arrivalShares: [{ fromMs: 0, parts: { 'worker-0': 1 } }],
      fleetNotes: { 'worker-1': { standing: 'LOST', atMs: 5_000, reason: "it's gone" } },
      findMax: { step: null, steps: [done], baselineP95Ms: 3.5, lastGood: 15, firstBad: null, result: null, endedBecause: 'told “so”' },
      qpsController: { targetConnections: 9, workers: 1, changedAtMs: 1, stepNumber: 2, reason: null, recent: [] },
      bounds: { atMs: 9, achievedQps: 1.5, targetQps: 9, targetConnections: 4, maxWorkers: 1, ceilingConnections: 4, words: 'short' },
      guardrail: { state: 'DEGRADED', ceilings: { 'worker-0': 4 }, workersOverCpu: 1, workersOverMemory: 0, actions: [] },
      waitsFor: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    } as const
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set })
    expect(await readRunNow(db, id)).toMatchObject(set)
    await transitionRun(db, { runId: id, fromVersion: 1, epoch: null, set: { waitsFor: null } })
    expect(await readRunNow(db, id)).toMatchObject({ waitsFor: null, fleetNotes: set.fleetNotes })
  })
})
