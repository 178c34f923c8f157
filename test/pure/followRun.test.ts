import type { ControlEvent, Plan } from '@flakebench/contract'
import type { RunControl } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { type Follower, followEvents, reconcile } from '../../worker/src/control/decideFollow.ts'
import { decideLoss } from '../../worker/src/control/decideLoss.ts'

const plan = {
  load: { mode: 'CONCURRENCY', warmupSeconds: 2, durationSeconds: 5 },
  advanced: { metricsIntervalSeconds: 1, drainTimeoutSeconds: 120 },
} as unknown as Plan
const schedule = { startAtMs: 1_000, warmupMs: 2_000, measurementMs: 5_000, intervalMs: 1_000 }
const follower = (over: Partial<Follower> = {}): Follower => ({
  workerId: 'worker-0',
  plan,
  state: 'WAITING',
  appliedSequenceId: 0,
  targetConnections: 8,
  ...over,
})
const start: ControlEvent = { sequenceId: 1, type: 'START', data: schedule }
const phase: ControlEvent = { sequenceId: 2, type: 'SET_PHASE', data: { phase: 'MEASUREMENT', atMs: 2_000 } }
const target = (sequenceId: number, targets: Record<string, number>): ControlEvent => ({
  sequenceId,
  type: 'SET_WORKER_TARGET',
  data: { targets },
})
const stop: ControlEvent = { sequenceId: 9, type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 30 } }
const row = (over: Partial<RunControl> = {}): RunControl => ({
  status: 'RUNNING',
  phase: 'WARMUP',
  startAtMs: 1_000,
  workerTargets: null,
  arrivalShares: null,
  fleetNotes: {},
  nextSequenceId: 10,
  leaseLapsedSeconds: -5,
  orchestratorId: null,
  orchestratorUrl: null,
  ...over,
})
const BEGIN = { type: 'BEGIN', schedule }
const STOP = { type: 'STOP', drainTimeoutSeconds: 120 }

describe('following events', () => {
  it('begins, ramps and stops in order', () => {
    const { follower: after, orders } = followEvents(follower(), [start, phase, target(3, { 'worker-0': 12 }), stop])
    expect(orders).toEqual([BEGIN, { type: 'TARGET', connections: 12 }, { type: 'STOP', drainTimeoutSeconds: 30 }])
    expect(after).toMatchObject({ state: 'ENDING', appliedSequenceId: 9, targetConnections: 12 })
  })

  it('ignores what it has followed already', () => {
    const once = followEvents(follower(), [start, target(3, { 'worker-0': 12 })]).follower
    expect(followEvents(once, [start, target(3, { 'worker-0': 12 })]).orders).toEqual([])
  })

  it('ignores a second START, a target for others or one it has, an unknown event, and everything after STOP', () => {
    const loading = follower({ state: 'LOADING' })
    const unknown = { sequenceId: 5, type: 'DANCE', data: {} } as unknown as ControlEvent
    const { follower: after, orders } = followEvents(loading, [start, target(3, { 'worker-1': 1 }), target(4, { 'worker-0': 8 }), unknown])
    expect(orders).toEqual([])
    expect(after.appliedSequenceId).toBe(5)
    expect(followEvents(follower({ state: 'ENDING' }), [start, target(3, { 'worker-0': 1 }), stop]).orders).toEqual([])
  })

  it('hears a target before the start', () => {
    expect(followEvents(follower(), [target(1, { 'worker-0': 3 })]).orders).toEqual([{ type: 'TARGET', connections: 3 }])
  })
})

describe('reconciling with the run', () => {
  it('changes nothing when all is as it should be', () => {
    expect(reconcile(follower({ state: 'LOADING' }), row({ workerTargets: { 'worker-0': 8 } })).orders).toEqual([])
    expect(reconcile(follower(), row({ status: 'STARTING', startAtMs: null })).orders).toEqual([])
  })

  it('makes up for a START that was never seen', () => {
    expect(reconcile(follower(), row()).orders).toEqual([BEGIN])
  })

  it('makes up for a target that was never seen', () => {
    expect(reconcile(follower({ state: 'LOADING' }), row({ workerTargets: { 'worker-0': 2, 'worker-1': 5 } })).orders).toEqual([
      { type: 'TARGET', connections: 2 },
    ])
  })

  it.each(['STOPPING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'] as const)('stops a run that is %s, STOP or not', status => {
    for (const state of ['WAITING', 'LOADING'] as const) expect(reconcile(follower({ state }), row({ status })).orders).toEqual([STOP])
    expect(reconcile(follower({ state: 'ENDING' }), row({ status })).orders).toEqual([])
  })

  it('stops when the run is gone', () => {
    expect(reconcile(follower({ state: 'LOADING' }), null).orders).toEqual([STOP])
  })

  it('does not believe a row that is older than the last event', () => {
    const ahead = follower({ state: 'LOADING', appliedSequenceId: 5, targetConnections: 12 })
    expect(reconcile(ahead, row({ nextSequenceId: 5, workerTargets: { 'worker-0': 8 } })).orders).toEqual([])
    expect(reconcile(ahead, row({ nextSequenceId: 6, workerTargets: { 'worker-0': 8 } })).orders).toHaveLength(1)
  })
})

describe('the watchdog', () => {
  const sight = { polledAtMs: 10_000, leaseLapsedSeconds: -5, ownedAtMs: 10_000 }
  it.each([
    ['all is well', sight, 10_100, null],
    ['no poll has succeeded for so long', sight, 40_000, 'NO_CONTROL_PLANE'],
    ['no poll has succeeded for almost so long', sight, 39_999, null],
    ['the lease lapsed just now', { ...sight, leaseLapsedSeconds: 1 }, 10_100, null],
    ['the lease has lapsed for so long', { ...sight, leaseLapsedSeconds: 30 }, 10_100, 'NO_OWNER'],
    [
      'the lease was given back and not taken again',
      { polledAtMs: 39_900, leaseLapsedSeconds: null, ownedAtMs: 10_000 },
      40_000,
      'NO_OWNER',
    ],
    ['there never was an owner', { polledAtMs: 99_900, leaseLapsedSeconds: null, ownedAtMs: null }, 100_000, null],
  ] as const)('judges that %s', (_, seen, nowMs, loss) => {
    expect(decideLoss(seen, nowMs, 30)).toBe(loss)
  })
})
