import { describe, expect, it } from 'vitest'
import type { RunDetail, RunStatus } from '../../client/src/api/documents/runDocuments.ts'
import { endingOf } from '../../client/src/features/run/endingWords.ts'
import { phaseSteps, totalTimer } from '../../client/src/features/run/phaseSteps.ts'
import { workerFacts } from '../../client/src/features/run/workerFacts.ts'
import { at, atMs, runState, runWorker, type timing } from '../kit/sampleConsole.ts'

type Times = Parameters<typeof timing>[0]

const NOT_YET = { startedAt: null, measurementStartsAt: null, measurementEndsAt: null }
const ended = (seconds: number): Times => ({ endedAt: at(seconds) })
const processing = (seconds: number): Times => ({ phaseStartedAt: at(seconds) })

/** Status and phase, the times, now, and the five steps: d one, c urrent, p ending, f ailed, s topped, - skipped; with their timers. */
const STEPS: readonly (readonly [RunStatus, RunDetail['phase'], Times, number, string, readonly string[]])[] = [
  ['STARTING', 'PREPARING', NOT_YET, 1, 'cpppp', ['0:01', '', '', '', '']],
  ['STARTING', 'PREPARING', {}, 5, 'cpppp', ['0:02', '', '', '', '']],
  ['RUNNING', 'WARMUP', {}, 4, 'dcppp', ['0:02', '0:02 / 0:05', '', '', '']],
  ['RUNNING', 'MEASUREMENT', {}, 37, 'ddcpp', ['0:02', '0:05', '0:30 / 1:00', '', '']],
  ['RUNNING', 'MEASUREMENT', {}, 70, 'ddcpp', ['0:02', '0:05', '1:00 / 1:00', '', '']],
  ['STOPPING', 'PROCESSING', processing(68), 70, 'dddcp', ['0:02', '0:05', '1:01', '0:02', '']],
  ['CANCELLING', 'MEASUREMENT', {}, 17, 'ddcpp', ['0:02', '0:05', '0:10 / 1:00', '', '']],
  ['CANCELLING', 'PROCESSING', processing(20), 21, 'dddcp', ['0:02', '0:05', '0:13', '0:01', '']],
  ['COMPLETED', 'COMPLETED', ended(69), 99, 'ddddd', ['0:02', '0:05', '1:00', '0:02', '']],
  ['CANCELLED', 'COMPLETED', { ...NOT_YET, ...ended(1) }, 99, 's----', ['0:01', '', '', '', '']],
  ['CANCELLED', 'COMPLETED', { ...NOT_YET, startRequestedAt: null, ...ended(1) }, 99, 's----', ['', '', '', '', '']],
  ['CANCELLED', 'COMPLETED', ended(5), 99, 'ds---', ['0:02', '0:03', '', '', '']],
  ['CANCELLED', 'COMPLETED', ended(27), 99, 'dds--', ['0:02', '0:05', '0:20', '', '']],
  ['FAILED', 'COMPLETED', { ...NOT_YET, ...ended(30) }, 99, 'f----', ['0:30', '', '', '', '']],
  ['FAILED', 'COMPLETED', ended(5), 99, 'df---', ['0:02', '0:03', '', '', '']],
  ['FAILED', 'COMPLETED', ended(27), 99, 'ddf--', ['0:02', '0:05', '0:20', '', '']],
  ['FAILED', 'COMPLETED', ended(70), 99, 'dddf-', ['0:02', '0:05', '1:00', '0:03', '']],
]

const LETTERS = { DONE: 'd', CURRENT: 'c', PENDING: 'p', FAILED: 'f', STOPPED: 's', SKIPPED: '-' } as const

describe('the phase bubbles', () => {
  it.each(STEPS)('of a run that is %s in %s with %j at %d s are %s', (status, phase, times, now, letters, timers) => {
    const steps = phaseSteps(runState({ status, phase }, times), atMs(now))
    expect(steps.map(step => LETTERS[step.state]).join('')).toBe(letters)
    expect(steps.map(step => step.timer)).toEqual(timers)
  })

  it('of a run that was cut end when the measurement did, and what was measured was processed', () => {
    const look = (status: RunStatus, seconds: number, times: Times = {}, measured = 20) => {
      const steps = phaseSteps(runState({ status, phase: 'COMPLETED' }, { ...ended(seconds), ...times }), atMs(99), measured)
      return [steps.map(step => LETTERS[step.state]).join(''), ...steps.map(step => step.timer).slice(2, 4)]
    }
    expect(look('CANCELLED', 30)).toEqual(['ddsd-', '0:20', '0:03'])
    expect(look('FAILED', 30)).toEqual(['ddfd-', '0:20', '0:03'])
    expect(look('COMPLETED', 40, { measurementEndsAt: null })).toEqual(['ddddd', '0:20', '0:13'])
    expect(look('COMPLETED', 69, {}, 59.97)).toEqual(['ddddd', '1:00', '0:02'])
    expect(look('CANCELLED', 5, {}, 0)[0]).toBe('ds---')
  })

  it('are always five in one order, with one where the run is, or was when it ended', () => {
    for (const status of ['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'] as const) {
      for (const phase of ['PREPARING', 'WARMUP', 'MEASUREMENT', 'PROCESSING', 'COMPLETED'] as const) {
        const times = ['COMPLETED', 'CANCELLED', 'FAILED'].includes(status) ? ended(30) : {}
        const letters = phaseSteps(runState({ status, phase }, times), atMs(30)).map(step => LETTERS[step.state])
        expect(letters.join(''), `${status} in ${phase}`).toMatch(status === 'COMPLETED' ? /^d{5}$/ : /^(?=.{5}$)d*(cp*|[fs]-*)$/)
      }
    }
  })

  it('tell how far warmup and measurement are, and never more than all of it', () => {
    const progressAt = (phase: RunDetail['phase'], now: number) =>
      phaseSteps(runState({ phase }), atMs(now)).find(step => step.phase === phase)?.progress
    expect(progressAt('WARMUP', 1)).toBe(0)
    expect(progressAt('WARMUP', 4.5)).toBe(0.5)
    expect(progressAt('MEASUREMENT', 22)).toBe(0.25)
    expect(progressAt('MEASUREMENT', 500)).toBe(1)
    expect(progressAt('PROCESSING', 70)).toBeNull()
  })
})

describe('the timer of the run', () => {
  it.each([
    ['before the start', runState({ status: 'PREPARED' }, { ...NOT_YET, startRequestedAt: null }), null],
    ['until the start is agreed', runState({ status: 'STARTING' }, NOT_YET), { elapsedSeconds: 10, expectedSeconds: 65 }],
    ['while it runs', runState(), { elapsedSeconds: 10, expectedSeconds: 67 }],
    ['while it stops', runState({ status: 'STOPPING' }), { elapsedSeconds: 10, expectedSeconds: null }],
    ['once it is over', runState({ status: 'COMPLETED' }, { elapsedSeconds: 69 }), { elapsedSeconds: 69, expectedSeconds: null }],
  ])('%s', (_, state, expected) => {
    expect(totalTimer(state, atMs(10))).toEqual(expected)
  })

  it('is never negative', () => {
    expect(totalTimer(runState(), atMs(-3))?.elapsedSeconds).toBe(0)
  })
})

describe('the words at the end of a run', () => {
  const over = (change: Parameters<typeof runState>[0]) => endingOf(runState({ phase: 'COMPLETED', ...change }))

  it('are none while it runs, and none when it ran its course', () => {
    for (const status of ['PREPARED', 'STARTING', 'RUNNING', 'STOPPING', 'CANCELLING'] as const) expect(over({ status })).toBeNull()
    expect(over({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })).toBeNull()
  })

  it('give the reason as a sentence, and say what to do', () => {
    expect(over({ status: 'FAILED', completionReason: 'STARTUP_FAILURE', cancellationReason: 'The table x does not exist' })).toEqual({
      title: 'Failed',
      sentence: 'The table x does not exist.',
      advice: 'Mend that, then run again.',
      tone: 'bad',
    })
    expect(over({ status: 'FAILED' })).toMatchObject({
      sentence: 'The run failed without giving a reason.',
      advice: expect.stringMatching(/below/),
    })
    expect(over({ status: 'FAILED', cancellationReason: 'Gone!' })?.sentence).toBe('Gone!')
    expect(over({ status: 'COMPLETED', cancellationReason: 'enough' })).toMatchObject({ title: 'Ended early', tone: 'warn' })
  })

  it('point to figures only where there are some', () => {
    const cancelled = { status: 'CANCELLED', completionReason: 'USER_REQUESTED', cancellationReason: null } as const
    expect(over(cancelled)).toEqual({
      title: 'Cancelled',
      sentence: 'The run was stopped on request.',
      advice: 'What was measured until then is below.',
      tone: 'warn',
    })
    expect(over({ ...cancelled, aggregateMetrics: null })?.advice).toBe('')
    expect(over({ status: 'FAILED', completionReason: 'SLO_ABORT' })?.advice).toMatch(/missed for too long\. What was measured/)
  })
})

describe('the facts of a worker', () => {
  const told = (worker: ReturnType<typeof runWorker>, isOver: boolean) =>
    Object.fromEntries(workerFacts(worker, isOver).map(({ word, text }) => [word, text]))

  it('tell how it is while it runs', () => {
    expect(told(runWorker(), false)).toMatchObject({
      Heartbeat: '0.4 s ago',
      'In flight': '16 / 16',
      'Client-limited': 'event loop 91.0 % busy',
    })
    expect(told(runWorker({ clientLimited: false, lastHeartbeatAgoSeconds: null }), false)).toMatchObject({
      Heartbeat: '—',
      'Client-limited': 'no',
    })
  })

  it('tell what it measured once the run is over, and nothing of now', () => {
    const done = runWorker({ status: 'COMPLETED', phase: 'COMPLETED', lastHeartbeatAgoSeconds: 1_263, eventLoopDelayP99Ms: null })
    expect(told(done, true)).toEqual({
      Status: 'Done',
      QPS: '9.21 k/s',
      p50: '0.817 ms',
      p95: '5.84 ms',
      p99: '13.3 ms',
      Operations: '138,487',
      Errors: '0 · 0.00 %',
      'Client-limited': 'at times',
    })
    expect(told({ ...done, clientLimited: false }, true)).toMatchObject({ 'Client-limited': 'never' })
  })

  it('are counts alone for a worker that ended before the run, or that never worked', () => {
    expect(Object.keys(told(runWorker({ status: 'FAILED' }), false))).toEqual(['Status', 'Operations', 'Errors'])
    expect(told(runWorker({ status: 'FAILED', operations: 0 }), true)).toEqual({ Status: 'Failed', Operations: '0', Errors: '0' })
    expect(told(runWorker({ health: 'DEAD' }), true)['Status']).toBe('Dead')
  })
})
