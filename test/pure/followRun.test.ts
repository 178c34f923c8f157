import type { ControlEvent, Plan } from '@flakebench/contract'
import type { RunControl } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { type Follower, type Following, followEvents, type Order, reconcile } from '../../worker/src/control/decideFollow.ts'
import { decideLoss, isUnsure, WAKE_GRACE_MS } from '../../worker/src/control/decideLoss.ts'
import { forAll } from '../kit/seeded.ts'

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
  shares: null,
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

describe('following arrival shares and retirement', () => {
  const loading = follower({ state: 'LOADING' })
  const early = [{ fromMs: 0, parts: { 'worker-0': 1 } }]
  const later = [...early, { fromMs: 9_000, parts: { 'worker-0': 1, 'worker-1': 1 } }]
  const shares = (sequenceId: number, given: typeof early): ControlEvent => ({
    sequenceId,
    type: 'SET_ARRIVAL_SHARES',
    data: { shares: given },
  })
  const retire = (sequenceId: number, ...workerIds: string[]): ControlEvent => ({
    sequenceId,
    type: 'RETIRE',
    data: { workerIds, drainTimeoutSeconds: 30 },
  })
  const leaving = (standing: 'LEAVING' | 'LOST' | 'JOINING') => ({ 'worker-0': { standing, atMs: 5_000, reason: null } })

  it('takes the shares before the start and after it, each once', () => {
    const { follower: after, orders } = followEvents(follower(), [
      shares(1, early),
      { ...start, sequenceId: 2 },
      shares(3, later),
      shares(4, later),
    ])
    expect(orders).toEqual([{ type: 'SHARES', shares: early }, BEGIN, { type: 'SHARES', shares: later }])
    expect(after.shares).toEqual(later)
  })

  it('retires when it is named, and then hears nothing more', () => {
    expect(followEvents(loading, [retire(3, 'worker-1')]).orders).toEqual([])
    const { follower: after, orders } = followEvents(loading, [retire(3, 'worker-0', 'worker-1'), target(4, { 'worker-0': 1 }), stop])
    expect(orders).toEqual([{ type: 'RETIRE', drainTimeoutSeconds: 30 }])
    expect(after.state).toBe('ENDING')
    expect(reconcile(after, row({ fleetNotes: leaving('LEAVING') })).orders).toEqual([])
  })

  it('makes up for shares that were never seen', () => {
    expect(reconcile(loading, row({ arrivalShares: later })).orders).toEqual([{ type: 'SHARES', shares: later }])
    expect(reconcile({ ...loading, shares: later }, row({ arrivalShares: later })).orders).toEqual([])
    expect(reconcile(follower(), row({ arrivalShares: early })).orders).toEqual([{ type: 'SHARES', shares: early }, BEGIN])
  })

  it.each(['WAITING', 'LOADING'] as const)('makes up for a RETIRE that was never seen, %s', state => {
    const { orders } = reconcile(follower({ state }), row({ fleetNotes: leaving('LEAVING'), workerTargets: { 'worker-0': 3 } }))
    expect(orders).toEqual([{ type: 'RETIRE', drainTimeoutSeconds: 120 }])
    expect(reconcile(follower({ state: 'LOADING' }), row({ fleetNotes: leaving('JOINING') })).orders).toEqual([])
  })

  it('gives up when the run goes on without it', () => {
    expect(reconcile(loading, row({ fleetNotes: leaving('LOST') })).orders).toEqual([{ type: 'GIVE_UP', drainTimeoutSeconds: 120 }])
  })

  it('comes to the same state whatever is duplicated, reordered or missed', () => {
    const events = [
      shares(1, early),
      { ...start, sequenceId: 2 },
      target(3, { 'worker-0': 12 }),
      shares(4, later),
      target(5, { 'worker-0': 6 }),
    ]
    const now = row({ nextSequenceId: 6, arrivalShares: later, workerTargets: { 'worker-0': 6 } })
    forAll(random => {
      let state = follower()
      const orders: Order[] = []
      const apply = ({ follower: after, orders: given }: Following): void => {
        state = after
        orders.push(...given)
      }
      for (let i = random.whole(0, 4); i > 0; i--) {
        const heard = [...events, ...events].filter(() => random.fraction() < 0.5)
        apply(
          followEvents(
            state,
            heard.sort(() => random.fraction() - 0.5),
          ),
        )
      }
      apply(reconcile(state, now))
      expect(state).toMatchObject({ state: 'LOADING', targetConnections: 6, shares: later })
      expect(orders.filter(({ type }) => type === 'BEGIN')).toHaveLength(1)
      expect(reconcile(state, now).orders).toEqual([])
    })
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
  const sight = { polledAtMs: 10_000, leaseLapsedSeconds: -5, ownedAtMs: 10_000, wokeAtMs: null }
  const asleep = { ...sight, wokeAtMs: 60_000 }
  it.each([
    ['all is well', sight, 10_100, null],
    ['no poll has succeeded for so long', sight, 40_000, 'NO_CONTROL_PLANE'],
    ['no poll has succeeded for almost so long', sight, 39_999, null],
    ['the lease lapsed just now', { ...sight, leaseLapsedSeconds: 1 }, 10_100, null],
    ['the lease has lapsed for so long', { ...sight, leaseLapsedSeconds: 30 }, 10_100, 'NO_OWNER'],
    [
      'the lease was given back and not taken again',
      { polledAtMs: 39_900, leaseLapsedSeconds: null, ownedAtMs: 10_000, wokeAtMs: null },
      40_000,
      'NO_OWNER',
    ],
    ['there never was an owner', { polledAtMs: 99_900, leaseLapsedSeconds: null, ownedAtMs: null, wokeAtMs: null }, 100_000, null],
    ['it was asleep for so long, and has not looked since', asleep, 60_100, null],
    ['it was asleep, and nobody answers', asleep, 60_000 + WAKE_GRACE_MS, 'NO_CONTROL_PLANE'],
    ['it was asleep, and has looked since', { ...asleep, polledAtMs: 60_050 }, 60_100, null],
    ['nobody owned the run while it was asleep', { ...asleep, polledAtMs: 60_050, leaseLapsedSeconds: 35 }, 60_100, 'NO_OWNER'],
  ] as const)('judges that %s', (_, seen, nowMs, loss) => {
    expect(decideLoss(seen, nowMs, 30)).toBe(loss)
  })

  it('lets a worker that was asleep be unsure until it has looked, or nobody has answered for long', () => {
    expect(isUnsure(sight, 50_000)).toBe(false)
    expect(isUnsure(asleep, 60_100)).toBe(true)
    expect(isUnsure({ ...asleep, polledAtMs: 60_050 }, 60_100)).toBe(false)
    expect(isUnsure(asleep, 60_000 + WAKE_GRACE_MS)).toBe(false)
  })
})
