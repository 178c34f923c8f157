import { CONTROL_PACE, type HeartbeatRecord } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { decideFleet, type FleetSight, type Standing, type WorkerExit } from '../../server/src/decide/fleet.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'

const exitOf = (change: Partial<WorkerExit> = {}): WorkerExit => ({ workerId: 'worker-0', code: 1, signal: null, lastWords: '', ...change })

interface Case {
  readonly when: string
  readonly beat?: Partial<HeartbeatRecord>
  readonly exit?: Partial<WorkerExit>
  readonly standing: Standing
  readonly reason?: string
}

const CASES: readonly Case[] = [
  { when: 'nothing was heard of it', standing: 'ABSENT' },
  { when: 'it has registered', beat: { status: 'STARTING' }, standing: 'STARTING' },
  { when: 'it is ready', beat: { status: 'READY' }, standing: 'READY' },
  { when: 'it sends', beat: { status: 'RUNNING' }, standing: 'WORKING' },
  { when: 'it drains', beat: { status: 'DRAINING' }, standing: 'WORKING' },
  { when: 'it is stale', beat: { status: 'RUNNING', ageSeconds: 14.9 }, standing: 'WORKING' },
  { when: 'it is silent', beat: { ageSeconds: 15.4 }, standing: 'LOST', reason: 'worker-0 has been silent for 15 seconds' },
  {
    when: 'it is silent before it was ready',
    beat: { status: 'STARTING', ageSeconds: 90 },
    standing: 'LOST',
    reason: 'worker-0 has been silent for 90 seconds',
  },
  { when: 'it has completed', beat: { status: 'COMPLETED' }, standing: 'DONE' },
  { when: 'it has completed long ago', beat: { status: 'COMPLETED', ageSeconds: 900 }, standing: 'DONE' },
  { when: 'it has completed and exited', beat: { status: 'COMPLETED' }, exit: { code: 0 }, standing: 'DONE' },
  {
    when: 'it has completed and was killed then',
    beat: { status: 'COMPLETED' },
    exit: { code: null, signal: 'SIGKILL' },
    standing: 'DONE',
  },
  { when: 'it has failed', beat: { status: 'FAILED', lastError: 'no such table' }, standing: 'LOST', reason: 'worker-0: no such table' },
  { when: 'it has failed in silence', beat: { status: 'FAILED' }, standing: 'LOST', reason: 'worker-0: it failed without saying why' },
  {
    when: 'it has failed and exited, its own word counts',
    beat: { status: 'FAILED', lastError: 'no such table' },
    exit: { code: 1, lastWords: 'stack trace' },
    standing: 'LOST',
    reason: 'worker-0: no such table',
  },
  { when: 'it exits without a word', exit: { code: 1 }, standing: 'LOST', reason: 'worker-0 ended with exit code 1' },
  { when: 'it exits with 0 but unfinished', beat: {}, exit: { code: 0 }, standing: 'LOST', reason: 'worker-0 ended with exit code 0' },
  {
    when: 'it was killed a moment after its heartbeat',
    beat: { ageSeconds: 0.1 },
    exit: { code: null, signal: 'SIGKILL' },
    standing: 'LOST',
    reason: 'worker-0 was killed by SIGKILL',
  },
  { when: 'nobody knows how it went', beat: {}, exit: { code: null }, standing: 'LOST', reason: 'worker-0 is no longer there' },
  {
    when: 'it wrote why before it exited',
    exit: { code: 2, lastWords: 'one\ntwo\nthree\nError: four\n' },
    standing: 'LOST',
    reason: 'worker-0 ended with exit code 2: two three Error: four',
  },
  {
    when: 'it reported an error before it exited',
    beat: { lastError: 'too many connections' },
    exit: { code: 2, lastWords: 'stack trace' },
    standing: 'LOST',
    reason: 'worker-0 ended with exit code 2: too many connections',
  },
]

describe('a worker', () => {
  it.each(CASES)('stands as $standing when $when', ({ beat, exit, standing, reason = null }) => {
    const heartbeat = beat === undefined ? null : sampleHeartbeat(beat)
    const fleet = decideFleet(1, heartbeat === null ? [] : [heartbeat], exit === undefined ? [] : [exitOf(exit)], CONTROL_PACE.postgres)
    expect(fleet).toEqual([{ workerId: 'worker-0', heartbeat, standing, reason, process: exit === undefined ? 'UNSEEN' : 'GONE' }])
  })
})

describe('what is seen of a worker', () => {
  const sight = (alive: readonly string[], listenedSeconds = 999): FleetSight => ({ alive: new Set(alive), listenedSeconds })

  it('is whether its process is there, is gone, or nobody here can tell', () => {
    const beats = [0, 1, 2].map(workerGroupId => sampleHeartbeat({ workerGroupId }))
    const fleet = decideFleet(4, beats, [exitOf({ workerId: 'worker-1' })], CONTROL_PACE.postgres, sight(['worker-0', 'worker-3']))
    expect(fleet.map(({ process, standing }) => [process, standing])).toEqual([
      ['ALIVE', 'WORKING'],
      ['GONE', 'LOST'],
      ['UNSEEN', 'WORKING'],
      ['ALIVE', 'ABSENT'],
    ])
  })

  it('does not speak for it: one that is there and silent is lost', () => {
    const fleet = decideFleet(1, [sampleHeartbeat({ ageSeconds: 20 })], [], CONTROL_PACE.postgres, sight(['worker-0']))
    expect(fleet).toMatchObject([{ standing: 'LOST', process: 'ALIVE', reason: 'worker-0 has been silent for 20 seconds' }])
  })

  it.each([
    { listened: 0, age: 3_600, standing: 'WORKING', reason: null },
    { listened: 14.9, age: 3_600, standing: 'WORKING', reason: null },
    { listened: 15, age: 3_600, standing: 'LOST', reason: 'worker-0 has been silent for 15 seconds' },
    { listened: 40, age: 3_600, standing: 'LOST', reason: 'worker-0 has been silent for 40 seconds' },
    { listened: 3_600, age: 14.9, standing: 'WORKING', reason: null },
    { listened: 3_600, age: 21, standing: 'LOST', reason: 'worker-0 has been silent for 21 seconds' },
  ])('with a heartbeat of $age s ago, after listening for $listened s, makes it $standing', ({ listened, age, standing, reason }) => {
    const fleet = decideFleet(1, [sampleHeartbeat({ ageSeconds: age })], [], CONTROL_PACE.postgres, sight([], listened))
    expect(fleet).toMatchObject([{ standing, reason }])
  })

  it('of an exit or a report counts at once, however short the listening', () => {
    const silent = sampleHeartbeat({ ageSeconds: 900 })
    expect(decideFleet(1, [silent], [exitOf()], CONTROL_PACE.postgres, sight([], 0))).toMatchObject([{ standing: 'LOST', process: 'GONE' }])
    const failed = { ...silent, status: 'FAILED' as const }
    expect(decideFleet(1, [failed], [], CONTROL_PACE.postgres, sight(['worker-0'], 0))).toMatchObject([
      { standing: 'LOST', process: 'ALIVE' },
    ])
  })
})

describe('a fleet', () => {
  it('has a member for each expected worker, by group id, whatever order they are heard in', () => {
    const beats = [sampleHeartbeat({ workerGroupId: 10 }), sampleHeartbeat({ workerGroupId: 0 }), sampleHeartbeat({ workerGroupId: 2 })]
    const fleet = decideFleet(11, beats, [exitOf({ workerId: 'worker-1' })], CONTROL_PACE.postgres)
    expect(fleet.map(member => member.workerId)).toEqual(Array.from({ length: 11 }, (_, i) => `worker-${i}`))
    expect(fleet.map(member => member.standing[0]).join('')).toBe('WLWAAAAAAAW')
  })

  it('leaves out workers that nobody expects', () => {
    expect(decideFleet(1, [sampleHeartbeat({ workerGroupId: 5 })], [], CONTROL_PACE.postgres)).toMatchObject([{ standing: 'ABSENT' }])
    expect(decideFleet(0, [], [], CONTROL_PACE.postgres)).toEqual([])
  })
})
