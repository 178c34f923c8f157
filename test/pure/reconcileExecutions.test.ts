import type { HeartbeatRecord, KindSnapshot, SpoolCount } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { reconcileExecutions, type WorkerBooks } from '../../server/src/decide/reconcileExecutions.ts'
import { sampleResult } from '../kit/sampleFigures.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'

const HERE = 'here'
const LOADING = { isKept: true, unread: [], host: HERE }

const lookups = (operations: number): KindSnapshot[] => [
  { kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operations, errors: 0, latency: null, service: null },
]

const count = (phase: SpoolCount['phase'], executions: number, counted = true): SpoolCount => ({
  phase,
  counted,
  label: 'POINT_LOOKUP',
  executions,
  failed: 0,
})

/** A worker that counted 10 in the warmup, 100 in the measurement and 3 that were cut off. */
const books = (counts: readonly SpoolCount[], beat: Partial<HeartbeatRecord> = {}): WorkerBooks => ({
  heartbeat: sampleHeartbeat({
    status: 'COMPLETED',
    host: HERE,
    spool: { state: 'CLOSED', spooled: 113, dropped: 0, folder: '/spool' },
    ...beat,
  }),
  result: sampleResult({
    warmupByKind: lookups(10),
    byKind: lookups(100),
    accounting: { started: 113, ended: 110, cutOff: 3, missingSnapshots: 0, silentWorkers: 0 },
  }),
  summary: { counts, errors: [] },
})

const ALL = [count('WARMUP', 10), count('MEASUREMENT', 100), count('MEASUREMENT', 1, false), count('PROCESSING', 2, false)]

describe('the books of executions and histograms', () => {
  it('agree when each that was counted is in the table', () => {
    expect(reconcileExecutions([books(ALL)], LOADING)).toEqual({
      state: 'COMPLETE',
      loaded: 113,
      expected: 113,
      dropped: 0,
      differences: [],
      unread: [],
    })
  })

  it('are not held against each other where none was kept', () => {
    expect(reconcileExecutions([books([])], { ...LOADING, isKept: false })).toMatchObject({
      state: 'NOT_KEPT',
      loaded: 0,
      expected: 113,
      differences: [],
    })
  })

  it('differ by a file that could not be read, even if the counts agree', () => {
    expect(reconcileExecutions([books(ALL)], { ...LOADING, unread: ['File 2 is torn'] })).toMatchObject({
      state: 'INCOMPLETE',
      unread: ['File 2 is torn'],
    })
  })

  const missing = [count('WARMUP', 10), count('MEASUREMENT', 90), count('PROCESSING', 3, false)]
  it.each<{ what: string; counts: readonly SpoolCount[]; beat: Partial<HeartbeatRecord>; why: RegExp; loaded: number }>([
    {
      what: 'a full spool',
      counts: missing,
      beat: { spool: { state: 'FULL', spooled: 103, dropped: 10, folder: '/spool' } },
      why: /bound .* was reached/,
      loaded: 90,
    },
    {
      what: 'a disk that refused',
      counts: missing,
      beat: { spool: { state: 'FAILED', spooled: 103, dropped: 10, folder: '/spool' } },
      why: /disk refused/,
      loaded: 90,
    },
    {
      what: 'a slow disk',
      counts: missing,
      beat: { spool: { state: 'CLOSED', spooled: 103, dropped: 10, folder: '/spool' } },
      why: /too slow/,
      loaded: 90,
    },
    { what: 'a worker that was killed', counts: missing, beat: { status: 'RUNNING' }, why: /was lost before .* on its disk/, loaded: 90 },
    { what: 'a lost file', counts: missing, beat: {}, why: /in \/spool could not be read, or was lost/, loaded: 90 },
    { what: 'an earlier start', counts: missing, beat: { attempt: 2 }, why: /was started 2 times/, loaded: 90 },
    {
      what: 'another machine that has the rest',
      counts: missing,
      beat: { host: 'elsewhere' },
      why: /disk of elsewhere \(\/spool\)/,
      loaded: 90,
    },
    {
      what: 'a worker whose last snapshot never came',
      counts: [count('WARMUP', 10), count('MEASUREMENT', 120), count('PROCESSING', 3, false)],
      beat: { status: 'RUNNING' },
      why: /before its last snapshot was delivered/,
      loaded: 120,
    },
  ])('tell the difference that $what makes', ({ counts, beat, why, loaded }) => {
    const { state, differences } = reconcileExecutions([books(counts, beat)], LOADING)
    expect(state).toBe('INCOMPLETE')
    expect(differences).toEqual([
      { workerId: 'worker-0', phase: 'MEASUREMENT', label: 'POINT_LOOKUP', counted: 100, loaded, why: expect.stringMatching(why) },
    ])
  })

  it('tell of a spool on another machine once a phase', () => {
    const { differences } = reconcileExecutions([books([], { host: 'elsewhere' })], LOADING)
    expect(differences.map(({ phase, loaded, why }) => ({ phase, loaded, isNamed: why.includes('elsewhere') }))).toEqual([
      { phase: 'WARMUP', loaded: 0, isNamed: true },
      { phase: 'MEASUREMENT', loaded: 0, isNamed: true },
      { phase: 'CUT_OFF', loaded: 0, isNamed: true },
    ])
  })
})
