import type { RunRecord } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { decideGiveUp, decideRun, type RunDecision } from '../../server/src/decide/decideRun.ts'
import type { FleetMember } from '../../server/src/decide/fleet.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleMembers as fleetOf, sampleMember as member } from '../kit/sampleMember.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS, sampleRun } from '../kit/sampleRun.ts'

const START_IN_MS = 300
const NOTHING: RunDecision = { set: null, commands: [], effect: null }

const decide = (run: RunRecord, fleet: readonly FleetMember[], spawned: readonly string[] = []): RunDecision =>
  decideRun({ run, fleet, spawned: new Set(spawned), undelivered: 0, queue: null, startInMs: START_IN_MS })

/** What STOP looks like, with the status that it leads to. */
const stopped = (status: string, completionReason: string, cancellationReason?: string) => ({
  set: {
    status,
    phase: 'PROCESSING',
    phaseStartedAt: 'now',
    stopRequestedAt: 'now',
    completionReason,
    ...(cancellationReason === undefined ? {} : { cancellationReason }),
  },
  commands: [{ type: 'STOP', data: { reason: completionReason, drainTimeoutSeconds: 120 } }],
  effect: null,
})

describe('a run that starts', () => {
  const starting = (change: Partial<RunRecord> = {}): RunRecord =>
    sampleRun({
      status: 'STARTING',
      phase: 'PREPARING',
      startAtMs: null,
      measurementStartsAtMs: null,
      measurementEndsAtMs: null,
      ...change,
    })
  /** The same, after its workers have had so long. */
  const startingFor = (seconds: number, change: Partial<RunRecord> = {}): RunRecord =>
    starting({ phaseStartedAtMs: SAMPLE_START_MS, nowMs: SAMPLE_START_MS + seconds * 1_000, ...change })

  it('has all workers spawned that were not yet', () => {
    expect(decide(starting(), fleetOf('ABSENT', 'ABSENT'))).toEqual({ ...NOTHING, effect: { type: 'SPAWN', groupIds: [0, 1] } })
    expect(decide(starting(), fleetOf('ABSENT', 'ABSENT', 'READY'), ['worker-0'])).toEqual({
      ...NOTHING,
      effect: { type: 'SPAWN', groupIds: [1] },
    })
  })

  it.each([
    { what: 'spawned but not heard of', fleet: fleetOf('ABSENT', 'READY') },
    { what: 'preparing', fleet: fleetOf('STARTING', 'READY') },
  ])('waits for a worker that is $what', ({ fleet }) => {
    expect(decide(startingFor(60), fleet, ['worker-0', 'worker-1'])).toEqual(NOTHING)
  })

  it('agrees on a moment for all once all are ready', () => {
    const startAtMs = SAMPLE_START_MS + START_IN_MS
    expect(decide(starting({ nowMs: SAMPLE_START_MS - 0.75 }), fleetOf('READY', 'READY'))).toEqual({
      set: {
        status: 'RUNNING',
        phase: 'WARMUP',
        startAtMs,
        measurementStartsAtMs: startAtMs + 2_000,
        measurementEndsAtMs: startAtMs + 12_000,
        phaseStartedAt: startAtMs,
        workerTargets: { 'worker-0': 4, 'worker-1': 4 },
      },
      commands: [{ type: 'START', data: { startAtMs, warmupMs: 2_000, measurementMs: 10_000, intervalMs: 1_000 } }],
      effect: null,
    })
  })

  it('begins with the measurement when there is no warmup', () => {
    const { set, commands } = decide(starting({ plan: samplePlan({ load: { warmupSeconds: 0 } }) }), fleetOf('READY', 'READY'))
    expect(set?.phase).toBe('MEASUREMENT')
    expect(set?.measurementStartsAtMs).toBe(set?.startAtMs)
    expect(commands).toMatchObject([{ type: 'START', data: { warmupMs: 0, measurementMs: 10_000 } }])
  })

  it('has no end agreed for a search', () => {
    const { set, commands } = decide(starting({ plan: samplePlan({ load: { mode: 'FIND_MAX_CONCURRENCY' } }) }), fleetOf('READY', 'READY'))
    expect(set?.measurementEndsAtMs).toBeNull()
    expect(commands).toMatchObject([{ data: { measurementMs: null } }])
  })

  it('fails at once when a worker is lost, however few are waited for, with its words', () => {
    const lost = member(1, 'LOST', { reason: 'worker-1: password authentication failed' })
    expect(decide(starting(), [member(0, 'ABSENT'), lost])).toEqual(
      stopped('STOPPING', 'STARTUP_FAILURE', 'worker-1: password authentication failed'),
    )
    expect(decide(starting(), fleetOf('LOST', 'READY', 'LOST')).set?.cancellationReason).toBe(
      'worker-0 was killed by SIGKILL; worker-2 was killed by SIGKILL',
    )
  })

  it('fails at once when a worker has left before the start', () => {
    expect(decide(starting(), fleetOf('READY', 'DONE'))).toEqual(stopped('STOPPING', 'STARTUP_FAILURE', 'worker-1 left before the start'))
    expect(decide(starting(), fleetOf('DONE', 'DONE', 'LOST')).set?.cancellationReason).toBe(
      'worker-0 left before the start; worker-1 left before the start; worker-2 was killed by SIGKILL',
    )
  })

  it('fails when the workers take too long, and says who was waited for and why', () => {
    const plan = samplePlan({ advanced: { startupTimeoutSeconds: 30 } })
    const preparing = member(2, 'STARTING', { heartbeat: sampleHeartbeat({ lastError: 'too many clients' }) })
    const fleet = [member(0, 'READY'), member(1, 'ABSENT'), preparing, member(3, 'STARTING')]
    expect(decide(startingFor(30, { plan }), fleet, ['worker-1'])).toEqual(NOTHING)
    expect(decide(startingFor(30.1, { plan }), fleet, ['worker-1'])).toEqual(
      stopped(
        'STOPPING',
        'STARTUP_FAILURE',
        'Only 1 of 4 workers became ready in 30 seconds: worker-1 has not registered; worker-2 is still preparing (too many clients); ' +
          'worker-3 is still preparing',
      ),
    )
  })

  it('that nobody has driven yet gives its workers all of their time, once', () => {
    const untouched = startingFor(9_999, { startRequestedAtMs: SAMPLE_START_MS })
    const fleet = fleetOf('ABSENT', 'ABSENT')
    expect(decide(untouched, fleet)).toEqual({ ...NOTHING, set: { phaseStartedAt: 'now' } })
    expect(decide({ ...untouched, phaseStartedAtMs: untouched.nowMs }, fleet).effect).toEqual({ type: 'SPAWN', groupIds: [0, 1] })
    const late = 'STARTUP_FAILURE'
    expect(decide({ ...untouched, phaseStartedAtMs: SAMPLE_START_MS + 1 }, fleet).set?.completionReason).toBe(late)
    expect(decide(untouched, fleet, ['worker-0']).set?.completionReason).toBe(late)
    expect(decide(untouched, fleetOf('STARTING', 'ABSENT')).set?.completionReason).toBe(late)
  })

  it('waits for nobody any more once it runs, whatever an heir has written', () => {
    expect(decide(starting({ waitsFor: 'RUN-A' }), fleetOf('READY', 'READY')).set).toMatchObject({ status: 'RUNNING', waitsFor: null })
  })

  it('of an open loop has connections and arrivals shared out before START', () => {
    const plan = ratePlan({ workerCount: 2, load: { startingConnections: 5 } })
    const { set, commands } = decide(starting({ plan }), fleetOf('READY', 'READY'))
    expect(set).toMatchObject({ workerTargets: { 'worker-0': 3, 'worker-1': 2 } })
    expect(Object.keys(set?.arrivalShares?.[0]?.parts ?? {})).toEqual(['worker-0', 'worker-1'])
    expect(commands.map(({ type }) => type)).toEqual(['SET_WORKER_TARGET', 'SET_ARRIVAL_SHARES', 'START'])
  })

  describe('while others load the same', () => {
    const look = (blockedBy: string | null, freeLooks: number, change: Partial<RunRecord> = {}): RunDecision =>
      decideRun({
        run: startingFor(9_999, change),
        fleet: fleetOf('ABSENT', 'ABSENT'),
        spawned: new Set(),
        undelivered: 0,
        queue: { blockedBy, freeLooks },
        startInMs: START_IN_MS,
      })
    it('waits, however long, and says for whom', () => {
      expect(look('RUN-A', 0)).toEqual({ ...NOTHING, set: { waitsFor: 'RUN-A' } })
      expect(look('RUN-A', 0, { waitsFor: 'RUN-A' })).toEqual(NOTHING)
      expect(look('RUN-B', 0, { waitsFor: 'RUN-A' })).toEqual({ ...NOTHING, set: { waitsFor: 'RUN-B' } })
    })

    it('looks twice before it goes on, and its time begins then', () => {
      expect(look(null, 1, { waitsFor: 'RUN-A' })).toEqual(NOTHING)
      expect(look(null, 2, { waitsFor: 'RUN-A' })).toEqual({ ...NOTHING, set: { waitsFor: null, phaseStartedAt: 'now' } })
      expect(look(null, 2, { nowMs: SAMPLE_START_MS }).effect).toEqual({ type: 'SPAWN', groupIds: [0, 1] })
    })
  })

  it('goes on when all are ready at the last moment', () => {
    expect(decide(startingFor(9_999), fleetOf('READY', 'READY')).set?.status).toBe('RUNNING')
  })
})

describe('a run that runs', () => {
  const at = (offsetMs: number, change: Partial<RunRecord> = {}): RunRecord => sampleRun({ nowMs: SAMPLE_START_MS + offsetMs, ...change })
  const working = fleetOf('WORKING', 'WORKING')

  it.each([
    { when: 'before the agreed start', run: at(-300, { phase: 'WARMUP' }), fleet: fleetOf('READY', 'READY') },
    { when: 'in its warmup', run: at(1_999, { phase: 'WARMUP' }), fleet: working },
    { when: 'in its measurement', run: at(6_000), fleet: working },
    { when: 'a moment before its end', run: at(11_999), fleet: working },
    { when: 'without an agreed end', run: at(9_999_999, { measurementEndsAtMs: null }), fleet: working },
    { when: 'as workers begin one after the other', run: at(50, { phase: 'WARMUP' }), fleet: fleetOf('WORKING', 'READY') },
  ])('is left alone $when', ({ run, fleet }) => {
    expect(decide(run, fleet)).toEqual(NOTHING)
  })

  it('enters its measurement at the agreed moment, however late that is noticed', () => {
    const change = {
      set: { phase: 'MEASUREMENT', phaseStartedAt: SAMPLE_START_MS + 2_000 },
      commands: [{ type: 'SET_PHASE', data: { phase: 'MEASUREMENT', atMs: 2_000 } }],
      effect: null,
    }
    expect(decide(at(2_000, { phase: 'WARMUP' }), working)).toEqual(change)
    expect(decide(at(3_700, { phase: 'WARMUP' }), working)).toEqual(change)
  })

  it.each([
    { fleet: working, left: 'all work' },
    { fleet: fleetOf('DONE', 'WORKING'), left: 'one is done' },
    { fleet: fleetOf('DONE', 'DONE'), left: 'all are done' },
  ])('ends when its measurement does, when $left', ({ fleet }) => {
    const ended = stopped('STOPPING', 'DURATION_ELAPSED')
    expect(decide(at(12_000), fleet)).toEqual({ ...ended, set: { ...ended.set, phaseStartedAt: SAMPLE_START_MS + 12_000 } })
  })

  it('fails even at its end when a worker is lost, for its figures would be too low', () => {
    expect(decide(at(12_000), fleetOf('LOST', 'WORKING')).set).toMatchObject({ status: 'STOPPING', completionReason: 'WORKER_FAILURE' })
  })

  it('ends even if nobody noticed that its measurement had begun', () => {
    expect(decide(at(99_000, { phase: 'WARMUP' }), working).set).toMatchObject({ status: 'STOPPING', completionReason: 'DURATION_ELAPSED' })
  })

  it.each([
    { fleet: fleetOf('WORKING', 'LOST'), words: '1 of 2 workers lost: worker-1 was killed by SIGKILL' },
    { fleet: fleetOf('ABSENT', 'WORKING'), words: '1 of 2 workers lost: worker-0 has not registered' },
    {
      fleet: fleetOf('LOST', 'LOST', 'DONE'),
      words: '2 of 3 workers lost: worker-0 was killed by SIGKILL; worker-1 was killed by SIGKILL',
    },
  ])('fails, and is drained, as soon as: $words', ({ fleet, words }) => {
    expect(decide(at(5_000), fleet)).toEqual(stopped('STOPPING', 'WORKER_FAILURE', words))
  })

  it('fails when a worker leaves before the end', () => {
    expect(decide(at(10_999), fleetOf('DONE', 'WORKING'))).toEqual(
      stopped('STOPPING', 'WORKER_FAILURE', 'worker-0 left before the end of the measurement'),
    )
    expect(decide(at(5_000, { measurementEndsAtMs: null }), fleetOf('DONE', 'DONE')).set?.cancellationReason).toBe(
      'worker-0, worker-1 left before the end of the measurement',
    )
  })

  it('starts a worker that joins once, and ends one that was given up and is there', () => {
    const note = (standing: 'JOINING' | 'LOST') => ({ 'worker-2': { standing, atMs: 4_000, reason: null } })
    const joining = at(5_000, { workersExpected: 3, fleetNotes: note('JOINING') })
    const fleet = fleetOf('WORKING', 'WORKING', 'ABSENT')
    expect(decide(joining, fleet)).toEqual({ ...NOTHING, effect: { type: 'SPAWN', groupIds: [2] } })
    expect(decide(joining, fleet, ['worker-2'])).toEqual(NOTHING)
    const undead = [...working, member(2, 'WORKING', { process: 'ALIVE' })]
    expect(decide(at(5_000, { workersExpected: 3, fleetNotes: note('LOST') }), undead)).toEqual({
      ...NOTHING,
      effect: { type: 'SIGNAL', signal: 'SIGKILL', workerIds: ['worker-2'] },
    })
  })

  it('is degraded when it ends with a back-off in force', () => {
    const guardrail = { state: 'DEGRADED', ceilings: { 'worker-0': 2 }, workersOverCpu: 0, workersOverMemory: 0, actions: [] } as const
    expect(decide(at(12_000, { guardrail }), working).set).toMatchObject({
      status: 'STOPPING',
      completionReason: 'SOFT_GUARDRAIL_DEGRADED',
    })
  })

  it('does not mind a worker that is done a little early by its own clock', () => {
    expect(decide(at(11_000), fleetOf('DONE', 'WORKING'))).toEqual(NOTHING)
  })
})

describe('a run that nothing has to be done for', () => {
  it.each(['PREPARED', 'COMPLETED', 'CANCELLED', 'FAILED'] as const)('is one that is %s', status => {
    expect(decide(sampleRun({ status }), fleetOf('ABSENT', 'LOST'))).toEqual(NOTHING)
  })
})

describe('giving up on a run', () => {
  it.each(['STARTING', 'RUNNING'] as const)('stops one that is %s, with the reason', status => {
    expect(decideGiveUp(sampleRun({ status }), 'column x holds nothing')).toEqual(
      stopped('STOPPING', 'WORKER_FAILURE', 'The orchestrator could not go on: column x holds nothing'),
    )
  })
  it.each(['STOPPING', 'CANCELLING'] as const)('ends one that is %s at once, for its end is what does not come', status => {
    const run = sampleRun({ status, completionReason: status === 'STOPPING' ? 'DURATION_ELAPSED' : 'USER_REQUESTED' })
    expect(decideGiveUp(run, 'a statement takes too long')).toEqual({
      set: {
        status: 'FAILED',
        phase: 'COMPLETED',
        endedAt: 'now',
        completionReason: 'WORKER_FAILURE',
        cancellationReason: 'The orchestrator could not go on: a statement takes too long',
      },
      commands: [],
      effect: null,
    })
  })
  it.each(['PREPARED', 'COMPLETED', 'CANCELLED', 'FAILED'] as const)('changes nothing when it is %s', status => {
    expect(decideGiveUp(sampleRun({ status }), 'x')).toEqual(NOTHING)
  })
})
