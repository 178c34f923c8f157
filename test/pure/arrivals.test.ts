import { type HeartbeatRecord, type Plan, type Result, type RunRecord, startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { countBeyond } from '../../server/src/decide/arrivalTally.ts'
import { RunLedger } from '../../server/src/decide/runLedger.ts'
import { exactPercentile, shuffled } from '../kit/sampleFleet.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { type Fate, fatesOf, openLoopPlan, someOpenLoop, toldBy } from '../kit/sampleOpenLoop.ts'
import { sampleRun } from '../kit/sampleRun.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const over = (plan: Plan, change: Partial<RunRecord> = {}): RunRecord =>
  sampleRun({ plan, status: 'STOPPING', phase: 'PROCESSING', ...change })

const beatOf = (workerGroupId: number, change: Partial<HeartbeatRecord> = {}): HeartbeatRecord =>
  sampleHeartbeat({ workerGroupId, status: 'COMPLETED', snapshotsTaken: 0, ...change })

const account = (run: RunRecord, told: readonly (readonly WorkerSnapshot[])[]): { run: Result; workers: Result[] } => {
  const ledger = new RunLedger()
  ledger.absorb(
    [...told.flat()].sort((a, b) => a.intervalIndex - b.intervalIndex),
    told.length,
  )
  const beats = told.map((_, groupId) => beatOf(groupId))
  const results = { run: ledger.result(beats, run), workers: beats.map(beat => ledger.workerResult(beat)) }
  ledger.free()
  return results
}

const isMeasured = (plan: Plan) => (one: Fate) => one.intendedMs >= plan.load.warmupSeconds * 1_000
const missedOf = (fates: readonly Fate[]): number => fates.filter(one => one.isMissed).length

describe('the account of arrivals', () => {
  it('is absent in a closed loop, and without the run', () => {
    const ledger = new RunLedger()
    ledger.absorb(toldBy(0, openLoopPlan(10, 0, 2), []), 1)
    expect(ledger.result([]).arrivals).toBeNull()
    ledger.free()
    expect(account(over(sampleRun().plan), [[]]).run.arrivals).toBeNull()
  })

  it('has every arrival of the measurement as started, missed or unassigned, whatever waited at its edges', () => {
    forAll(random => {
      const plan = openLoopPlan(random.whole(5, 40), random.whole(0, 15), random.whole(1, 30))
      const { fates, told } = someOpenLoop(random, plan, random.whole(1, 3))
      const measured = fates.flat().filter(isMeasured(plan))
      const { run, workers } = account(over(plan), told)
      expect(run.arrivals).toMatchObject({
        planned: measured.length,
        started: measured.length - missedOf(measured),
        missed: missedOf(measured),
        unassigned: 0,
        achievedRate: (measured.length - missedOf(measured)) / plan.load.durationSeconds,
      })
      for (const [groupId, result] of workers.entries()) {
        const own = (fates[groupId] as Fate[]).filter(isMeasured(plan))
        expect(result.arrivals).toMatchObject({ planned: own.length, missed: missedOf(own), unassigned: 0 })
      }
    }, 15)
  })

  it('is the same in whatever order and portions the workers are heard, and when it is asked for in between', () => {
    forAll(random => {
      const plan = openLoopPlan(20, 3, 12)
      const { told } = someOpenLoop(random, plan, 3)
      const ledger = new RunLedger()
      const queues = told.map(own => [...own])
      const beats = told.map((_, groupId) => beatOf(groupId, { status: 'RUNNING' }))
      while (queues.some(queue => queue.length > 0)) {
        for (const queue of shuffled(random, queues)) ledger.absorb(queue.splice(0, random.whole(0, 4)), 3)
        const { arrivals } = ledger.result(beats, sampleRun({ plan }))
        expect(arrivals?.planned).toBe((arrivals?.started ?? 0) + (arrivals?.missed ?? 0) + (arrivals?.unassigned ?? 0))
        expect(arrivals?.unassigned, 'while all are heard').toBe(0)
      }
      expect(ledger.result(beats, over(plan)).arrivals).toEqual(account(over(plan), told).run.arrivals)
      ledger.free()
    }, 6)
  })

  it('gives what nobody tells of as unassigned: the share of a worker that was lost', () => {
    const plan = openLoopPlan(20, 2, 20)
    const endMs = 22_000
    const intended = Array.from({ length: 440 }, (_, n) => n * 50)
    const own = [0, 1].map(groupId =>
      fatesOf(
        intended.filter((_, n) => n % 2 === groupId),
        2,
        () => 5,
        endMs,
      ),
    )
    const [one, other] = own.map((fates, groupId) => toldBy(groupId, plan, fates)) as [WorkerSnapshot[], WorkerSnapshot[]]
    const { arrivals } = account(over(plan), [one, other.filter(snapshot => snapshot.endMs <= 12_000)]).run
    expect(arrivals).toMatchObject({ planned: 400, started: 300, missed: 0, unassigned: 100, achievedRate: 15 })
  })

  it('leaves out what two workers sent of the same arrivals, and tells how many', () => {
    const plan = openLoopPlan(20, 0, 10)
    const own = (from: number, to: number) =>
      toldBy(
        from === 0 ? 0 : 1,
        plan,
        fatesOf(
          Array.from({ length: to - from }, (_, n) => (from + n) * 50),
          2,
          () => 5,
          10_000,
        ),
      )
    const { run, workers } = account(over(plan), [own(0, 110), own(100, 200)])
    expect(run.arrivals).toMatchObject({ planned: 200, started: 200, missed: 0, unassigned: 0, achievedRate: 20 })
    const beyond = (result: Result) =>
      countBeyond(
        result.arrivals,
        workers.map(({ arrivals }) => arrivals),
      )
    expect(beyond(run)).toBe(10)
    expect(beyond({ ...run, arrivals: null })).toBe(0)
  })

  it('does not count those that wait while the load lasts', () => {
    const plan = openLoopPlan(10, 0, 20)
    const stalled = fatesOf(
      Array.from({ length: 200 }, (_, n) => n * 100),
      1,
      () => 3_000,
      20_000,
    )
    const soFar = toldBy(0, plan, stalled).filter(one => one.endMs <= 6_000)
    const ledger = new RunLedger()
    ledger.absorb(soFar, 1)
    expect(ledger.result([beatOf(0)], sampleRun({ plan })).arrivals).toMatchObject({ planned: 2, started: 2, missed: 0, unassigned: 0 })
    ledger.free()
  })

  it('has response times from the intended start, service times from the actual one, and how late the clock was', () => {
    const plan = openLoopPlan(20, 0, 20)
    const fates = fatesOf(
      Array.from({ length: 400 }, (_, n) => n * 50),
      1,
      () => 48,
      20_000,
    ).map((one, n) => (n === 0 ? { ...one, serviceMs: 40 } : one))
    const { run } = account(over(plan), [toldBy(0, plan, fates)])
    const ended = fates.filter(one => one.atMs + one.serviceMs < 20_000)
    expect(run.arrivals).toMatchObject({ serviceP50Ms: expect.closeTo(48, 1), serviceP99Ms: expect.closeTo(48, 1), clockErrorP99Ms: 0.25 })
    expect(run.p99Ms).toBeCloseTo(
      exactPercentile(
        ended.map(one => one.atMs - one.intendedMs + one.serviceMs),
        99,
      ),
      1,
    )
    expect(run.byKind[0]?.service?.count).toBe(ended.length)
  })
})
