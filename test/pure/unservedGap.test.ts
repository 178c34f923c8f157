import { type Plan, type Rollup, type RunRecord, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { decideLoad, type LoadDecision, type LoadMemory, NO_LOAD_MEMORY } from '../../server/src/decide/decideLoad.ts'
import type { FleetMember } from '../../server/src/decide/fleet.ts'
import { RunLedger } from '../../server/src/decide/runLedger.ts'
import { settledIntervals } from '../../server/src/decide/settled.ts'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { seconds, times } from '../kit/rateSight.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { ofSome } from '../kit/sampleLedger.ts'
import { sampleMember } from '../kit/sampleMember.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS, sampleRun } from '../kit/sampleRun.ts'

beforeAll(startHistograms)

const PACE = { settleMs: 3_000 }
const LOST_AT_MS = 16_000
const SERVED_AT_MS = 22_000

/** The seconds of one worker that had ten connections, without those of the gap. */
const intervalsUntil = (nowMs: number, open: number): Rollup[] =>
  seconds(...times(Math.floor(nowMs / 1_000), { open })).filter(one => one.endMs <= LOST_AT_MS || one.startMs >= SERVED_AT_MS + 1_000)

/** The only worker is lost and replaced while the run is decided upon four times a second; all that was decided. */
const replaceOnly = (
  plan: Plan,
  open: number,
  untilMs = 60_000,
): { readonly run: RunRecord; readonly decisions: readonly LoadDecision[] } => {
  const startMs = SAMPLE_START_MS
  let run = sampleRun({
    plan: {
      ...plan,
      workerCount: 1,
      targetConnections: 10,
      limits: { minWorkers: 1, maxWorkers: 1, minConnections: 1, maxConnections: 100, areSet: true },
      advanced: { ...plan.advanced, deadWorkerPolicy: 'REPLACE', metricsIntervalSeconds: 1 },
    },
    workersExpected: 1,
    phase: 'MEASUREMENT',
    measurementStartsAtMs: startMs + 5_000,
    measurementEndsAtMs: null,
    workerTargets: { 'worker-0': open },
    arrivalShares: plan.load.mode === 'QPS' ? [{ fromMs: 0, parts: { 'worker-0': 1 } }] : null,
  })
  let memory: LoadMemory = NO_LOAD_MEMORY
  const decisions: LoadDecision[] = []
  for (let atMs = 10_000; atMs <= untilMs; atMs += 250) {
    run = { ...run, nowMs: startMs + atMs }
    const fleet: FleetMember[] = [sampleMember(0, atMs < LOST_AT_MS ? 'WORKING' : 'LOST')]
    const status = atMs < SERVED_AT_MS ? 'READY' : 'RUNNING'
    if (run.workersExpected > 1)
      fleet.push({
        ...sampleMember(1, status === 'READY' ? 'READY' : 'WORKING'),
        heartbeat: sampleHeartbeat({ workerGroupId: 1, status }),
      })
    const held = Object.entries(run.workerTargets ?? {}).find(([id]) => run.fleetNotes[id] === undefined)?.[1] ?? open
    const newest = atMs < LOST_AT_MS ? 0 : 1
    const intervals = settledIntervals(
      run,
      intervalsUntil(atMs, held),
      id => (id === `worker-${newest}` ? Math.floor(atMs / 1_000) - 1 : -1),
      PACE,
    )
    const readings = Object.keys(run.workerTargets ?? {}).flatMap(workerId =>
      intervals.map(({ intervalIndex }) => ({ workerId, intervalIndex, cpuUsedPercent: 99, memoryUsedPercent: 10 })),
    )
    const decision = decideLoad({ run, fleet, intervals, readings, queueSamples: [], memory, shareMarginMs: 500 })
    memory = decision.memory
    run = { ...run, ...(decision.set as Partial<RunRecord> | null) }
    decisions.push(decision)
    if (run.status !== 'RUNNING') break
  }
  return { run, decisions }
}

const remarksOf = (decisions: readonly LoadDecision[]): string[] =>
  decisions.flatMap(({ remarks }) => remarks.map(({ message }) => message))
const GAP = 'worker-0 was killed by SIGKILL; nobody was left to serve until worker-1 did, 6.0 s later'

describe('a gap in the load, in which nobody serves', () => {
  it('ends with the replacement in a run of a set number of connections, whose guardrails and SLOs judge nobody meanwhile', () => {
    const plan = samplePlan({
      guardrails: {
        ...samplePlan().guardrails,
        enabled: true,
        mode: 'SOFT',
        maxCpuPercent: 80,
        patienceIntervals: 100,
        failThreshold: 'ANY',
      },
      sloAbort: { enabled: true, graceSeconds: 3 },
    })
    const { run, decisions } = replaceOnly(plan, 10)
    expect(run).toMatchObject({ status: 'RUNNING', workersExpected: 2, fleetNotes: { 'worker-0': { standing: 'LOST', reason: GAP } } })
    expect(Object.keys(run.fleetNotes)).toEqual(['worker-0'])
    expect(run.workerTargets).toMatchObject({ 'worker-1': 10 })
    expect(remarksOf(decisions)).toEqual([
      'worker-0 was killed by SIGKILL: the run goes on',
      'worker-1 replaces worker-0',
      'worker-1 has begun to serve',
    ])
  })

  it('leaves the arrivals of a rate with the lost worker until the new one has them, and the controller goes on as before', () => {
    const { run, decisions } = replaceOnly(ratePlan({ scaling: { mode: 'BOUNDED' } }), 10)
    expect(run).toMatchObject({ status: 'RUNNING', workersExpected: 2, bounds: null })
    expect(run.arrivalShares).toEqual([
      { fromMs: 0, parts: { 'worker-0': 1 } },
      { fromMs: SERVED_AT_MS + 500, parts: { 'worker-1': 1 } },
    ])
    expect(run.qpsController).toMatchObject({ targetConnections: 10, workers: 1 })
    expect(run.workerTargets).toMatchObject({ 'worker-1': 10 })
    expect(remarksOf(decisions)).toHaveLength(3)
  })

  it('has the step of a search repeated', () => {
    const { run } = replaceOnly(findMaxPlan(), 5, 70_000)
    expect(run.status).toBe('RUNNING')
    const steps = run.findMax?.steps ?? []
    expect(steps.slice(0, 2).map(({ toConnections, outcome }) => `${toConnections} ${outcome}`)).toEqual(['5 WORKER_LOST', '5 STABLE'])
    expect(steps[1]?.observedFromMs).toBeGreaterThan(SERVED_AT_MS)
    expect(run.workerTargets?.['worker-1']).toBeGreaterThan(5)
  })

  it('leaves intervals their time that nobody is left to complete', () => {
    const lost = sampleRun({
      workersExpected: 2,
      fleetNotes: { 'worker-0': { standing: 'LOST', atMs: 0, reason: null }, 'worker-1': { standing: 'JOINING', atMs: 0, reason: null } },
    })
    const at = (nowMs: number): number =>
      settledIntervals({ ...lost, nowMs: SAMPLE_START_MS + nowMs }, intervalsUntil(16_000, 10), () => -1, PACE).length
    expect([at(16_500), at(19_001)]).toEqual([13, 16])
  })

  it('does not hide the last interval that was complete', () => {
    const ledger = new RunLedger()
    ledger.absorb([ofSome(0, 0, 1), ofSome(0, 1, 1)], 1)
    ledger.absorb([ofSome(1, 7, 1)], 2)
    expect(ledger.newestComplete()).toBe(1)
    ledger.free()
  })
})
