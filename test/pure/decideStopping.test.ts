import type { RunRecord } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { decideRun, type RunDecision } from '../../server/src/decide/decideRun.ts'
import type { FleetMember, Standing } from '../../server/src/decide/fleet.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleMembers as fleetOf, sampleMember as member } from '../kit/sampleMember.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS, sampleRun } from '../kit/sampleRun.ts'

const NOTHING: RunDecision = { set: null, commands: [], effect: null }
const FINISH = { ...NOTHING, effect: { type: 'FINISH' } }
const signal = (signal: 'SIGTERM' | 'SIGKILL', ...workerIds: readonly string[]) => ({
  ...NOTHING,
  effect: { type: 'SIGNAL', signal, workerIds },
})
const failing = (cancellationReason: string) => ({ ...NOTHING, set: { completionReason: 'WORKER_FAILURE', cancellationReason } })

/** A run that was stopped so long ago, because its duration had elapsed. */
const stopping = (sinceStopSeconds: number | null, change: Partial<RunRecord> = {}): RunRecord => {
  const nowMs = SAMPLE_START_MS + 500_000
  const stopRequestedAtMs = sinceStopSeconds === null ? null : nowMs - sinceStopSeconds * 1_000
  return sampleRun({ status: 'STOPPING', phase: 'PROCESSING', completionReason: 'DURATION_ELAPSED', nowMs, stopRequestedAtMs, ...change })
}
const CANCELLING = { status: 'CANCELLING', completionReason: 'USER_REQUESTED' } as const

const decide = (run: RunRecord, fleet: readonly FleetMember[], undelivered: number | null = 0): RunDecision =>
  decideRun({ run, fleet, spawned: new Set(), undelivered, queue: null, startInMs: 300 })

const COMPLETING = ['DURATION_ELAPSED', 'BOUNDS_LIMIT_REACHED', 'FIND_MAX_DONE', 'SOFT_GUARDRAIL_DEGRADED'] as const
const NOT_COMPLETING = ['USER_REQUESTED', 'STARTUP_FAILURE', 'WORKER_FAILURE', 'SLO_ABORT', 'RESOURCE_EXHAUSTION'] as const
const statusFor = (reason: (typeof NOT_COMPLETING)[number]) => (reason === 'USER_REQUESTED' ? 'CANCELLING' : 'STOPPING')

describe('a run that stops', () => {
  it('is finished when all have delivered and left', () => {
    expect(decide(stopping(1), fleetOf('DONE', 'DONE'))).toEqual(FINISH)
    const gone = [member(0, 'DONE', { process: 'GONE' }), member(1, 'DONE', { process: 'GONE' })]
    expect(decide(stopping(1), gone)).toEqual(FINISH)
  })

  it.each(['DONE DONE', 'ABSENT DONE', 'ABSENT ABSENT', 'LOST DONE'])(
    'by a person is finished when nobody is there any more: %s',
    standings => {
      expect(decide(stopping(1, CANCELLING), fleetOf(...(standings.split(' ') as Standing[])))).toEqual(FINISH)
    },
  )

  it.each([
    { seconds: 0, sent: null },
    { seconds: 120, sent: null },
    { seconds: 125, sent: null },
    { seconds: 125.1, sent: 'SIGTERM' as const },
    { seconds: 130, sent: 'SIGTERM' as const },
    { seconds: 130.1, sent: 'SIGKILL' as const },
    { seconds: 9_999, sent: 'SIGKILL' as const },
    { seconds: null, sent: null },
  ])('$seconds seconds after STOP sends those that still work: $sent', ({ seconds, sent }) => {
    const decision = sent === null ? NOTHING : signal(sent, 'worker-0', 'worker-2')
    for (const change of [{}, CANCELLING])
      expect(decide(stopping(seconds, change), fleetOf('WORKING', 'DONE', 'READY', 'LOST'))).toEqual(decision)
  })

  it('waits as long as its plan lets operations drain', () => {
    const plan = samplePlan({ advanced: { drainTimeoutSeconds: 1 } })
    expect(decide(stopping(6, { plan }), fleetOf('WORKING'))).toEqual(NOTHING)
    expect(decide(stopping(6.1, { plan }), fleetOf('WORKING'))).toEqual(signal('SIGTERM', 'worker-0'))
  })

  it('does not wait for those that still prepare, registered or not: they are asked to end at once', () => {
    const unheard = member(1, 'ABSENT', { process: 'ALIVE' })
    const fleet = [member(0, 'STARTING'), unheard, member(2, 'ABSENT'), member(3, 'WORKING'), member(4, 'READY')]
    for (const seconds of [null, 0, 60])
      expect(decide(stopping(seconds, CANCELLING), fleet)).toEqual(signal('SIGTERM', 'worker-0', 'worker-1'))
    expect(decide(stopping(125.1, CANCELLING), fleet)).toEqual(signal('SIGTERM', 'worker-0', 'worker-1', 'worker-3', 'worker-4'))
    expect(decide(stopping(130.1, CANCELLING), fleet)).toEqual(signal('SIGKILL', 'worker-0', 'worker-1', 'worker-3', 'worker-4'))
  })

  it('waits for a worker that is done until its process has left', () => {
    const lingering = [member(0, 'DONE', { process: 'ALIVE' }), member(1, 'DONE', { process: 'GONE' })]
    expect(decide(stopping(1), lingering)).toEqual(NOTHING)
    expect(decide(stopping(125.1), lingering)).toEqual(signal('SIGTERM', 'worker-0'))
    expect(decide(stopping(130.1), lingering)).toEqual(signal('SIGKILL', 'worker-0'))
  })
})

describe('a worker that was given up for lost', () => {
  const lost = (process: FleetMember['process'], ageSeconds: number, change: Partial<FleetMember['heartbeat']> = {}): FleetMember =>
    member(0, 'LOST', {
      process,
      reason: `worker-0 has been silent for ${ageSeconds} seconds`,
      heartbeat: sampleHeartbeat({ ageSeconds, ...change }),
    })
  const run = (change: Partial<RunRecord> = {}) => stopping(1, { completionReason: 'WORKER_FAILURE', ...change })

  it('and is there is ended at once, for it may still send; the others drain', () => {
    expect(decide(run(), [lost('ALIVE', 16), member(1, 'WORKING')])).toEqual(signal('SIGKILL', 'worker-0'))
    expect(decide(stopping(null, CANCELLING), [lost('ALIVE', 16)])).toEqual(signal('SIGKILL', 'worker-0'))
    expect(decide(run(), [member(0, 'LOST', { process: 'ALIVE' }), member(1, 'DONE')])).toEqual(signal('SIGKILL', 'worker-0'))
  })

  it('but has reported its failure itself is on its way out, and waited for', () => {
    const failed = lost('ALIVE', 1, { status: 'FAILED' })
    expect(decide(run(), [failed, member(1, 'DONE')])).toEqual(NOTHING)
    expect(decide(stopping(125.1, { completionReason: 'WORKER_FAILURE' }), [failed])).toEqual(signal('SIGTERM', 'worker-0'))
    expect(decide(stopping(130.1, { completionReason: 'WORKER_FAILURE' }), [failed])).toEqual(signal('SIGKILL', 'worker-0'))
    expect(decide(run(), [lost('GONE', 1, { status: 'FAILED' }), member(1, 'DONE')])).toEqual(FINISH)
    expect(decide(run(), [lost('UNSEEN', 1, { status: 'FAILED' }), member(1, 'DONE')])).toEqual(FINISH)
  })

  it('and nobody can see is waited for until it has stopped by its own deadline', () => {
    const plan = samplePlan({ advanced: { controlLossSeconds: 40 } })
    const fleet = (ageSeconds: number) => [lost('UNSEEN', ageSeconds), member(1, 'DONE')]
    expect(decide(run({ plan }), fleet(16))).toEqual(NOTHING)
    expect(decide(run({ plan }), fleet(39.9))).toEqual(NOTHING)
    expect(decide(run({ plan }), fleet(40))).toEqual(FINISH)
    expect(decide(stopping(999, { plan, ...CANCELLING }), fleet(39.9))).toEqual(NOTHING)
  })

  it('and is known to be gone, or was never heard of, is not waited for', () => {
    expect(decide(run(), [lost('GONE', 1), member(1, 'DONE')])).toEqual(FINISH)
    expect(decide(run(), fleetOf('LOST', 'DONE'))).toEqual(FINISH)
  })
})

describe('a run that would complete', () => {
  it.each(COMPLETING)(
    'after %s fails when a worker was lost before it had delivered everything, and is finished then',
    completionReason => {
      const fleet = fleetOf('LOST', 'DONE', 'LOST')
      expect(decide(stopping(1, { completionReason }), fleet)).toEqual(
        failing(
          'worker-0 was killed by SIGKILL, before all its figures were delivered; worker-2 was killed by SIGKILL, before all its figures were delivered',
        ),
      )
      expect(decide(stopping(1, { completionReason: 'WORKER_FAILURE' }), fleet)).toEqual(FINISH)
    },
  )

  it.each(COMPLETING)('after %s fails when a worker is done that never began to send', completionReason => {
    const idle = member(1, 'DONE', { heartbeat: sampleHeartbeat({ workerGroupId: 1, status: 'COMPLETED', startOffsetMs: null }) })
    expect(decide(stopping(1, { completionReason }), [member(0, 'DONE'), idle])).toEqual(failing('worker-1 never began to send'))
    expect(decide(stopping(1, { completionReason }), fleetOf('DONE', 'ABSENT'))).toEqual(failing('worker-1 never began to send'))
  })

  it('does not mind a worker that was given no connection, or came later, and had nothing to send', () => {
    const idle = (snapshotsTaken: number) =>
      member(1, 'DONE', { heartbeat: sampleHeartbeat({ workerGroupId: 1, status: 'COMPLETED', startOffsetMs: null, snapshotsTaken }) })
    const none = { workerTargets: { 'worker-0': 8, 'worker-1': 0 } }
    expect(decide(stopping(1, none), [member(0, 'DONE'), idle(6)])).toEqual(FINISH)
    expect(decide(stopping(1, none), [member(0, 'DONE'), idle(0)])).toEqual(failing('worker-1 never began to send'))
    const joined = { plan: samplePlan({ workerCount: 1 }), workersExpected: 2 }
    expect(decide(stopping(1, joined), [member(0, 'DONE'), idle(6)])).toEqual(FINISH)
  })

  it('does not mind a worker that began to send at the very start', () => {
    const prompt = member(0, 'DONE', { heartbeat: sampleHeartbeat({ status: 'COMPLETED', startOffsetMs: 0 }) })
    expect(decide(stopping(1), [prompt])).toEqual(FINISH)
  })

  it.each(COMPLETING)('after %s waits for snapshots that are on their way, and fails when they do not come', completionReason => {
    const fleet = fleetOf('DONE', 'DONE')
    expect(decide(stopping(0, { completionReason }), fleet, 3)).toEqual(NOTHING)
    expect(decide(stopping(14.9, { completionReason }), fleet, 1)).toEqual(NOTHING)
    expect(decide(stopping(14.9, { completionReason }), fleet, 0)).toEqual(FINISH)
    expect(decide(stopping(15, { completionReason }), fleet, 3)).toEqual(failing('3 snapshots were never delivered'))
    expect(decide(stopping(15, { completionReason: 'WORKER_FAILURE' }), fleet, 3)).toEqual(FINISH)
  })

  it('is not judged before all that has been delivered was read, however long that takes', () => {
    expect(decide(stopping(999), fleetOf('DONE', 'DONE'), null)).toEqual(NOTHING)
    expect(decide(stopping(999, CANCELLING), fleetOf('DONE', 'LOST'), null)).toEqual(NOTHING)
  })

  it('says all that it falls short of', () => {
    expect(decide(stopping(20), fleetOf('LOST', 'ABSENT', 'DONE'), 2)).toEqual(
      failing(
        'worker-0 was killed by SIGKILL, before all its figures were delivered; worker-1 never began to send; 2 snapshots were never delivered',
      ),
    )
  })
})

describe('a run that ends without completing', () => {
  it.each(NOT_COMPLETING)('for %s keeps that reason whoever was lost, was idle or has not delivered', completionReason => {
    const run = (seconds: number) => stopping(seconds, { status: statusFor(completionReason), completionReason })
    expect(decide(run(1), fleetOf('LOST', 'ABSENT'))).toEqual(FINISH)
    expect(decide(run(20), fleetOf('LOST', 'DONE'), 4)).toEqual(FINISH)
  })

  it('waits for snapshots that are on their way all the same', () => {
    expect(decide(stopping(1, CANCELLING), fleetOf('DONE'), 4)).toEqual(NOTHING)
  })
})
