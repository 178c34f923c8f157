import { type DeadWorkerPolicy, type FleetNotes, MOST_WORKERS, type RunRecord, servingWorkers, type WorkerNote } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import type { FleetMember, Standing } from '../../server/src/decide/fleet.ts'
import { decideLosses } from '../../server/src/decide/losses.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleMember, sampleMembers } from '../kit/sampleMember.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS, sampleRun } from '../kit/sampleRun.ts'
import { forAll } from '../kit/seeded.ts'

/** A run of two workers at first, four seconds into its measurement. */
const runOf = (deadWorkerPolicy: DeadWorkerPolicy, workersExpected: number, fleetNotes: FleetNotes = {}): RunRecord =>
  sampleRun({ plan: samplePlan({ advanced: { deadWorkerPolicy, startupTimeoutSeconds: 60 } }), workersExpected, fleetNotes })

const NOW_MS = 6_000
const note = (standing: WorkerNote['standing'], reason: string | null = null, atMs = 5_000): WorkerNote => ({ standing, atMs, reason })
const decide = (run: RunRecord, ...standings: readonly (Standing | FleetMember)[]) =>
  decideLosses(
    run,
    standings.map((one, groupId) => (typeof one === 'string' ? sampleMember(groupId, one) : one)),
    NOW_MS,
  )
/** One that was lost, and had begun to send at this moment. */
const lostAfter = (groupId: number, startOffsetMs: number | null): FleetMember =>
  sampleMember(groupId, 'LOST', { heartbeat: sampleHeartbeat({ workerGroupId: groupId, startOffsetMs }) })

describe('the loss of workers', () => {
  it.each<DeadWorkerPolicy>(['FAIL', 'CONTINUE', 'REPLACE'])('is none while all serve, under %s', policy => {
    const run = runOf(policy, 2, {})
    const { notes, workersExpected, finish, remarks } = decide(run, 'WORKING', 'WORKING')
    expect(notes).toBe(run.fleetNotes)
    expect({ workersExpected, finish, remarks }).toEqual({ workersExpected: 2, finish: null, remarks: [] })
  })

  it('ends the run under FAIL, and says who and why', () => {
    expect(decide(runOf('FAIL', 2), 'WORKING', 'LOST')).toMatchObject({
      notes: {},
      finish: { reason: 'WORKER_FAILURE', words: '1 of 2 workers lost: worker-1 was killed by SIGKILL' },
    })
    expect(decide(runOf('FAIL', 3), 'ABSENT', 'WORKING', 'LOST').finish?.words).toBe(
      '2 of 3 workers lost: worker-0 has not registered; worker-2 was killed by SIGKILL',
    )
    expect(decide(runOf('FAIL', 2), 'DONE', 'DONE').finish?.words).toBe('worker-0, worker-1 left before the end of the measurement')
  })

  it('leaves the run to the others under CONTINUE', () => {
    const before = { 'worker-2': note('LEAVING') }
    const { notes, workersExpected, finish, remarks } = decide(runOf('CONTINUE', 3, before), 'WORKING', 'LOST', 'DONE')
    expect(notes).toEqual({ ...before, 'worker-1': { standing: 'LOST', atMs: NOW_MS, reason: 'worker-1 was killed by SIGKILL' } })
    expect({ workersExpected, finish, remarks }).toEqual({
      workersExpected: 3,
      finish: null,
      remarks: ['worker-1 was killed by SIGKILL: the run goes on'],
    })
    expect(decide(runOf('CONTINUE', 2), 'WORKING', 'DONE').notes).toEqual({
      'worker-1': { standing: 'LOST', atMs: NOW_MS, reason: 'worker-1 left before the end of the measurement' },
    })
  })

  it('starts another with the next group id under REPLACE', () => {
    const { notes, workersExpected, finish, remarks } = decide(runOf('REPLACE', 3), 'LOST', 'WORKING', 'ABSENT')
    expect(notes).toEqual({
      'worker-0': { standing: 'LOST', atMs: NOW_MS, reason: 'worker-0 was killed by SIGKILL' },
      'worker-2': { standing: 'LOST', atMs: NOW_MS, reason: 'worker-2 has not registered' },
      'worker-3': { standing: 'JOINING', atMs: NOW_MS, reason: 'replaces worker-0' },
      'worker-4': { standing: 'JOINING', atMs: NOW_MS, reason: 'replaces worker-2' },
    })
    expect({ workersExpected, finish }).toEqual({ workersExpected: 5, finish: null })
    expect(remarks).toEqual([
      'worker-0 was killed by SIGKILL: the run goes on',
      'worker-2 has not registered: the run goes on',
      'worker-3 replaces worker-0',
      'worker-4 replaces worker-2',
    ])
  })

  it.each<DeadWorkerPolicy>(['FAIL', 'CONTINUE'])('of all of them ends the run, under %s', policy => {
    expect(decide(runOf(policy, 2), 'LOST', 'LOST')).toMatchObject({
      workersExpected: 2,
      finish: {
        reason: 'WORKER_FAILURE',
        words: '2 of 2 workers lost: worker-0 was killed by SIGKILL; worker-1 was killed by SIGKILL',
      },
    })
  })

  it('of the only worker has it replaced under REPLACE, and its note says how long nobody served', () => {
    const { notes, workersExpected, finish, remarks } = decide(runOf('REPLACE', 1), 'LOST')
    const words = 'worker-0 was killed by SIGKILL; nobody was left to serve'
    expect(notes).toEqual({
      'worker-0': { standing: 'LOST', atMs: NOW_MS, reason: words },
      'worker-1': { standing: 'JOINING', atMs: NOW_MS, reason: 'replaces worker-0' },
    })
    expect({ workersExpected, finish }).toEqual({ workersExpected: 2, finish: null })
    expect(remarks).toEqual(['worker-0 was killed by SIGKILL: the run goes on', 'worker-1 replaces worker-0'])
    const joining = runOf('REPLACE', 2, notes)
    expect(decideLosses(joining, sampleMembers('LOST', 'STARTING'), NOW_MS + 1_000).notes).toBe(notes)
    const begun = { ...sampleMember(1, 'WORKING'), heartbeat: sampleHeartbeat({ workerGroupId: 1, status: 'RUNNING' }) }
    expect(decideLosses(joining, [sampleMember(0, 'LOST'), begun], NOW_MS + 4_200)).toEqual({
      notes: { 'worker-0': { standing: 'LOST', atMs: NOW_MS, reason: `${words} until worker-1 did, 4.2 s later` } },
      workersExpected: 2,
      finish: null,
      remarks: ['worker-1 has begun to serve'],
    })
  })

  it('of the only worker ends the run when three in its place have come to nothing', () => {
    let run = runOf('REPLACE', 1)
    run = { ...run, plan: { ...run.plan, workerCount: 1 } }
    const fleet = sampleMembers('LOST')
    for (let replacements = 1; replacements <= 3; replacements++) {
      const { notes, workersExpected, finish } = decideLosses(run, fleet, NOW_MS)
      expect({ workersExpected, finish }).toEqual({ workersExpected: replacements + 1, finish: null })
      fleet.push(sampleMember(replacements, 'LOST'))
      run = { ...run, fleetNotes: notes, workersExpected }
    }
    const { finish, remarks, workersExpected } = decideLosses(run, fleet, NOW_MS)
    expect(finish).toMatchObject({ reason: 'WORKER_FAILURE', words: expect.stringMatching(/^4 of 4 workers lost: worker-0 was killed/) })
    expect(remarks.at(-1)).toBe('3 workers in a row did not serve for 60 s: no more are started in place of lost ones')
    expect(workersExpected).toBe(4)
  })

  it('is not made up for beyond the last group id, which is said', () => {
    const standings = (lost: number): Standing[] => Array.from({ length: MOST_WORKERS }, (_, id) => (id < lost ? 'LOST' : 'WORKING'))
    const { workersExpected, finish, remarks } = decide(runOf('REPLACE', MOST_WORKERS), ...standings(1))
    expect({ workersExpected, finish }).toEqual({ workersExpected: MOST_WORKERS, finish: null })
    expect(remarks.at(-1)).toBe('A run is given at most 64 workers, lost ones included: no more are started in place of lost ones')
    const one = decide(runOf('REPLACE', MOST_WORKERS - 1), ...standings(1).slice(0, -1))
    expect(one).toMatchObject({ workersExpected: MOST_WORKERS, notes: { 'worker-63': { standing: 'JOINING' } } })
    expect(decide(runOf('REPLACE', MOST_WORKERS), ...standings(MOST_WORKERS)).finish).toMatchObject({ reason: 'WORKER_FAILURE' })
  })

  it('one after the other ends the run with the last, and names them all', () => {
    const lost = { 'worker-0': note('LOST', 'worker-0 was killed by SIGKILL') }
    expect(decide(runOf('CONTINUE', 2, lost), 'LOST', 'LOST').finish?.words).toBe(
      '2 of 2 workers lost: worker-0 was killed by SIGKILL; worker-1 was killed by SIGKILL',
    )
    expect(decide(runOf('CONTINUE', 2, lost), 'LOST', 'WORKING')).toMatchObject({ notes: lost, finish: null, remarks: [] })
  })

  it('of the last that serves does not end the run while another is about to serve', () => {
    const before = { 'worker-0': note('LOST'), 'worker-2': note('JOINING', 'replaces worker-0') }
    const { finish, notes, workersExpected } = decide(runOf('REPLACE', 3, before), 'LOST', 'LOST', 'READY')
    expect(finish).toBeNull()
    expect([notes['worker-3'], workersExpected]).toEqual([{ standing: 'JOINING', atMs: NOW_MS, reason: 'replaces worker-1' }, 4])
  })

  it('is none when a worker is done a moment before the end', () => {
    const nearlyOver = { measurementEndsAtMs: SAMPLE_START_MS + 12_000, nowMs: SAMPLE_START_MS + 11_200 }
    expect(decide({ ...runOf('FAIL', 2), ...nearlyOver }, 'DONE', 'WORKING').finish).toBeNull()
    expect(decide({ ...runOf('FAIL', 2), ...nearlyOver, measurementEndsAtMs: null }, 'DONE', 'WORKING').finish).not.toBeNull()
  })
})

describe('workers that join a run', () => {
  const joining = (atMs = 5_000): FleetNotes => ({ 'worker-2': note('JOINING', null, atMs) })
  const begun = (status: 'READY' | 'RUNNING'): FleetMember => ({
    ...sampleMember(2, status === 'READY' ? 'READY' : 'WORKING'),
    heartbeat: sampleHeartbeat({ workerGroupId: 2, status }),
  })

  it('serve when they have begun to send, and not before', () => {
    const run = runOf('FAIL', 3, joining())
    for (const early of ['ABSENT', 'STARTING', begun('READY')] as const)
      expect(decide(run, 'WORKING', 'WORKING', early).notes).toBe(run.fleetNotes)
    const { notes, remarks, finish } = decide(run, 'WORKING', 'WORKING', begun('RUNNING'))
    expect({ notes, remarks, finish }).toEqual({ notes: {}, remarks: ['worker-2 has begun to serve'], finish: null })
    expect(servingWorkers({ workersExpected: 3, fleetNotes: notes })).toEqual(['worker-0', 'worker-1', 'worker-2'])
  })

  it.each<[string, Standing, number, string]>([
    ['are killed', 'LOST', 5_000, 'worker-2 was killed by SIGKILL'],
    ['leave', 'DONE', 5_000, 'worker-2 left before it served'],
    ['never register', 'ABSENT', -60_000, 'worker-2 did not begin to serve in 60 seconds'],
    ['are never ready', 'STARTING', -60_000, 'worker-2 did not begin to serve in 60 seconds'],
  ])('and %s are lost, which never fails the run', (_, standing, sinceMs, reason) => {
    for (const policy of ['FAIL', 'CONTINUE', 'REPLACE'] as const) {
      const { notes, finish, workersExpected, remarks } = decide(runOf(policy, 3, joining(sinceMs)), 'WORKING', 'WORKING', standing)
      expect(notes).toEqual({ 'worker-2': { standing: 'LOST', atMs: NOW_MS, reason } })
      expect({ finish, workersExpected, remarks }).toEqual({
        finish: null,
        workersExpected: 3,
        remarks: [`worker-2 could not join: ${reason}`],
      })
    }
  })

  it('in place of another, and fail, are replaced in turn: three times, if none of them comes to serve for a minute', () => {
    let run = runOf('REPLACE', 2)
    const fleet = sampleMembers('WORKING', 'LOST')
    const expected: number[] = []
    for (let i = 0; i < 6; i++) {
      const { notes, workersExpected, finish } = decideLosses(run, fleet, NOW_MS)
      expect(finish).toBeNull()
      expected.push(workersExpected)
      while (fleet.length < workersExpected) fleet.push(sampleMember(fleet.length, 'LOST'))
      run = { ...run, fleetNotes: notes, workersExpected }
    }
    expect(expected).toEqual([3, 4, 5, 5, 5, 5])
    expect(servingWorkers(run)).toEqual(['worker-0'])
    expect(Object.values(run.fleetNotes).every(one => one.standing === 'LOST')).toBe(true)
  })

  it('are replaced as before once one of them has served for a minute', () => {
    const lost = note('LOST', null, 100_000)
    const run = runOf('REPLACE', 6, { 'worker-1': lost, 'worker-2': lost, 'worker-3': lost, 'worker-4': lost })
    const others = [lostAfter(1, 0), lostAfter(2, 99_000), lostAfter(3, null), lostAfter(4, 60_000)] as const
    const at = (atMs: number, ...last: readonly FleetMember[]) => decideLosses(run, [sampleMember(0, 'WORKING'), ...others, ...last], atMs)
    expect(at(120_000, lostAfter(5, 70_000))).toMatchObject({
      workersExpected: 6,
      remarks: [
        'worker-5 was killed by SIGKILL: the run goes on',
        '4 workers in a row did not serve for 60 s: no more are started in place of lost ones',
      ],
    })
    expect(at(131_000, lostAfter(5, 70_000))).toMatchObject({ workersExpected: 7, notes: { 'worker-6': { reason: 'replaces worker-5' } } })
  })
})

describe('workers that leave a run', () => {
  const leaving = { 'worker-1': note('LEAVING') }

  it('are missed by nobody, done or not', () => {
    for (const policy of ['FAIL', 'CONTINUE', 'REPLACE'] as const) {
      const run = runOf(policy, 2, leaving)
      for (const standing of ['WORKING', 'DONE'] as const) {
        expect(decide(run, 'WORKING', standing)).toEqual({ notes: leaving, workersExpected: 2, finish: null, remarks: [] })
        expect(decide(run, 'WORKING', standing).notes).toBe(run.fleetNotes)
      }
    }
  })

  it('and die on the way are noted as lost, and neither fail the run nor are replaced', () => {
    for (const policy of ['FAIL', 'CONTINUE', 'REPLACE'] as const) {
      expect(decide(runOf(policy, 2, leaving), 'WORKING', 'LOST')).toEqual({
        notes: { 'worker-1': { standing: 'LOST', atMs: NOW_MS, reason: 'worker-1 was killed by SIGKILL' } },
        workersExpected: 2,
        finish: null,
        remarks: ['worker-1 was killed by SIGKILL, when it was leaving'],
      })
    }
  })
})

describe('any course of losses', () => {
  it('keeps a note that is LOST, gives out group ids upwards only, and ends the run exactly when FAIL says so or nobody is left', () => {
    forAll(random => {
      const policy = random.pick(['FAIL', 'CONTINUE', 'REPLACE'] as const)
      let run = runOf(policy, 2)
      const dead = new Set<number>()
      for (let step = 0; step < 30; step++) {
        const atMs = step * 20_000
        for (let id = 0; id < run.workersExpected; id++) if (random.fraction() < 0.08) dead.add(id)
        const fleet = Array.from({ length: run.workersExpected }, (_, id) =>
          dead.has(id) ? sampleMember(id, 'LOST') : sampleMember(id, random.fraction() < 0.7 ? 'WORKING' : 'READY'),
        )
        const { notes, workersExpected, finish } = decideLosses(run, fleet, atMs)
        expect(workersExpected).toBeGreaterThanOrEqual(run.workersExpected)
        for (const [id, before] of Object.entries(run.fleetNotes))
          if (before.standing === 'LOST') expect(notes[id]).toMatchObject({ standing: 'LOST', atMs: before.atMs })
        const isServedByTheDead = servingWorkers(run).some(id => dead.has(Number(id.slice('worker-'.length))))
        const isAnybodyLeft = Array.from({ length: run.workersExpected }, (_, id) => id).some(id => !dead.has(id))
        const isReplaced = workersExpected > run.workersExpected
        expect(finish !== null).toBe((policy === 'FAIL' && isServedByTheDead) || (!isAnybodyLeft && !isReplaced))
        if (finish !== null) return
        for (const id of dead) expect(notes[`worker-${id}`]?.standing).toBe('LOST')
        run = { ...run, fleetNotes: notes, workersExpected }
      }
    })
  })
})
