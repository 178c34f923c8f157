import { type ArrivalPlan, type ArrivalShare, arrivalsOf, countArrivals, MISSED_AFTER_MS, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineConnection } from '../../worker/src/engines/engine.ts'
import { SignInHeld } from '../../worker/src/engines/signInGuard.ts'
import { Loops } from '../../worker/src/load/loops.ts'
import { OpenLoop } from '../../worker/src/load/openLoop.ts'
import type { SenderShared } from '../../worker/src/load/sender.ts'
import { type ClosedInterval, Recorder } from '../../worker/src/measure/recorder.ts'
import type { Operation } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { type HeldSession, heldSession } from '../kit/heldSession.ts'
import { until } from '../kit/processes.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

beforeAll(startHistograms)

const WORKER = 'worker-0'
const MINE: readonly ArrivalShare[] = [{ fromMs: 0, parts: { [WORKER]: 1 } }]
const HUNDRED: ArrivalPlan = { rate: 100, arrival: 'CONSTANT', seed: 1 }
const lookUp: Operation = {
  index: 0,
  kind: 'POINT_LOOKUP',
  label: 'POINT_LOOKUP',
  statement: { name: 'look up', text: '', valueCount: 0 },
  bind: () => [],
  firstValues: () => [],
}

/** An open loop whose time is what the test says. */
const openLoopAt = (endMs: number, plan: ArrivalPlan = HUNDRED, change: Partial<SenderShared> = {}) => {
  const time = { nowMs: -10 }
  const sinceStartMs = (): number => time.nowMs
  const recorder = new Recorder({ startAtMs: 0, warmupMs: 0, measurementMs: endMs, intervalMs: 1_000 }, 1, 0, true)
  const gate = { endMs, permittedUntilMs: Number.POSITIVE_INFINITY }
  const shared = { recorder, gate, sinceStartMs, spool: null }
  const pace = new OpenLoop({ ...shared, plan, workerId: WORKER, clock: 'HYBRID' })
  const loops = new Loops(
    {
      ...shared,
      pace,
      nextOperation: () => lookUp,
      open: () => new Promise<EngineConnection>(() => undefined),
      failureOf: () => ({ category: 'CONNECTION', sample: 'refused' }),
      jitter: seededRandom(1, 0, 'reconnect'),
      ...change,
    },
    Number.POSITIVE_INFINITY,
  )
  const begin = (sessions: readonly HeldSession[]): void => {
    time.nowMs = 0
    loops.begin(
      sessions.map(({ connection }) => connection),
      sessions.length,
    )
  }
  /** What the clock would do then. */
  const goTo = (nowMs: number): void => {
    time.nowMs = nowMs
    pace.begin()
  }
  /** As `Load` stops, wherever time is. */
  const end = (): ClosedInterval[] => {
    gate.endMs = Math.min(gate.endMs, time.nowMs)
    recorder.stop(time.nowMs)
    loops.close()
    return takeAll(recorder)
  }
  return { time, recorder, gate, pace, loops, begin, goTo, end }
}

const takeAll = (recorder: Recorder): ClosedInterval[] => {
  const all: ClosedInterval[] = []
  for (let closed = recorder.takeClosed(); closed !== null; closed = recorder.takeClosed()) all.push(closed)
  return all
}
const sumOf = (all: readonly ClosedInterval[], figure: 'planned' | 'started' | 'late' | 'missed'): number =>
  all.reduce((sum, { counts }) => sum + counts[figure], 0)

describe('an open loop', () => {
  it('sends each arrival when it is due, on whatever connection is free', async () => {
    const sessions = [heldSession(), heldSession()]
    const { begin, goTo, pace, recorder, end } = openLoopAt(1_000)
    pace.setShares(MINE)
    begin(sessions)
    expect(recorder.totals.started).toBe(1)
    goTo(10)
    expect(sessions.map(({ isBusy }) => isBusy)).toEqual([true, true])
    for (const { end } of sessions) end()
    goTo(19.9)
    expect(recorder.totals.started).toBe(2)
    goTo(20)
    expect(recorder.totals.started).toBe(3)
    end()
  })

  it('has arrivals wait for a connection in their order, with response times from their intended start', async () => {
    const session = heldSession()
    const { begin, goTo, pace, time, end } = openLoopAt(1_000)
    pace.setShares(MINE)
    begin([session])
    goTo(35)
    for (const endMs of [100, 110, 120, 130]) {
      time.nowMs = endMs
      session.end()
    }
    const { counts } = end()[0] as ClosedInterval
    const { latency, service } = counts.kinds[0] as ClosedInterval['counts']['kinds'][number]
    // Arrivals at 0, 10, 20, 30 ended at 100, 110, 120, 130.
    expect([latency.count, latency.minMs(), latency.maxMs()]).toEqual([4, 100, 100])
    expect([service?.minMs(), service?.maxMs()]).toEqual([10, 100])
    // The first found the connection when it was opened, the others waited: the clock has not erred.
    expect(counts.clockError?.count).toBe(0)
    expect(counts).toMatchObject({ planned: 14, started: 5, late: 4, missed: 9 })
  })

  it('gives up what has waited for ten seconds, and what still waits at the end', async () => {
    const session = heldSession()
    const { begin, goTo, time, pace, end } = openLoopAt(20_000)
    pace.setShares(MINE)
    begin([session])
    goTo(MISSED_AFTER_MS + 40)
    time.nowMs = MISSED_AFTER_MS + 45
    session.end()
    pace.sweep(time.nowMs)
    time.nowMs = 20_000
    const closed = end()
    // Those at 10, 20, 30 and 40 were given up by then; the one at 50 was sent.
    expect(sumOf(closed.slice(0, 11), 'missed')).toBe(4)
    expect(sumOf(closed, 'started')).toBe(2)
    expect(sumOf(closed, 'planned')).toBe(2_000)
    expect(sumOf(closed, 'missed')).toBe(1_998)
    expect(closed[0]?.waiting).toBe(99)
    expect(closed.at(-1)?.waiting).toBe(0)
  })

  it('sends nothing while no share is known, or none names it, and begins where its own share does', async () => {
    const session = heldSession()
    const { begin, goTo, pace, recorder, time, end } = openLoopAt(1_000)
    begin([session])
    goTo(200)
    pace.setShares([{ fromMs: 0, parts: { 'worker-1': 1 } }])
    goTo(300)
    expect(recorder.totals.started).toBe(0)
    pace.setShares([
      { fromMs: 0, parts: { 'worker-1': 1 } },
      { fromMs: 405, parts: { 'worker-0': 1, 'worker-1': 1 } },
    ])
    goTo(404)
    expect(recorder.totals.started).toBe(0)
    goTo(420)
    expect(recorder.totals.started).toBe(1)
    time.nowMs = 500
    expect(sumOf(end(), 'planned')).toBe(4)
  })

  it('takes a waiting arrival when a connection is refused, as its failure, and none when nothing waits', async () => {
    let refusals = 0
    const { begin, pace, recorder, goTo, loops, time, end } = openLoopAt(100_000, HUNDRED, {
      open: async () => {
        refusals += 1
        throw new Error('refused')
      },
    })
    begin([])
    loops.setTarget(1)
    await until(
      'the connection was refused',
      () => refusals,
      times => times >= 1,
    )
    expect(recorder.totals).toMatchObject({ started: 0, errors: 0 })
    pace.setShares(MINE)
    goTo(15)
    await until(
      'both arrivals have failed',
      () => recorder.totals.errors,
      errors => errors === 2,
    )
    await until(
      'it was refused again',
      () => refusals,
      times => times >= 4,
    )
    expect(recorder.totals).toMatchObject({ started: 2, errors: 2 })
    time.nowMs = 100
    expect([sumOf(takeAll(recorder), 'missed'), sumOf(end(), 'missed')]).toEqual([0, 8])
  })

  it('lets arrivals wait while nothing may be sent, and sends them when it may again', () => {
    const sessions = [heldSession(), heldSession()]
    const { begin, goTo, pace, recorder, gate, time, end } = openLoopAt(1_000)
    pace.setShares(MINE)
    begin(sessions)
    gate.permittedUntilMs = 5
    goTo(35)
    sessions[0]?.end()
    sessions[1]?.end()
    expect(recorder.totals).toMatchObject({ started: 1, operations: 1 })
    gate.permittedUntilMs = 1_000
    pace.permitted()
    expect(recorder.totals.started).toBe(3)
    time.nowMs = 45
    const closed = end()
    expect([sumOf(closed, 'planned'), sumOf(closed, 'missed')]).toEqual([5, 2])
  })

  it('lets arrivals wait when connections may not be tried', async () => {
    let asked = 0
    const { begin, pace, recorder, goTo, loops, end } = openLoopAt(1_000, HUNDRED, {
      open: async () => {
        asked += 1
        throw new SignInHeld(20, null)
      },
    })
    pace.setShares(MINE)
    begin([])
    loops.setTarget(2)
    goTo(45)
    await until(
      'both have asked again',
      () => asked,
      times => times >= 4,
    )
    expect(recorder.totals).toMatchObject({ started: 0, errors: 0 })
    const closed = end()
    expect([sumOf(closed, 'planned'), sumOf(closed, 'missed')]).toEqual([5, 5])
  })

  it('opens a session anew that was lost while nothing was sent on it', async () => {
    const fresh = heldSession()
    const lost = heldSession()
    const { begin, pace, goTo, loops, recorder, end } = openLoopAt(1_000, HUNDRED, { open: async () => fresh.connection })
    begin([lost])
    lost.lose()
    expect(loops.openConnections).toBe(0)
    pace.sweep(0)
    await until(
      'it stands again',
      () => loops.openConnections,
      open => open === 1,
    )
    pace.setShares(MINE)
    goTo(1)
    expect(fresh.sent).toHaveLength(1)
    expect(recorder.totals).toMatchObject({ started: 1, errors: 0 })
    end()
  })

  it('sends or gives up each of its arrivals once, whatever ends, fails, is lost, stalls, or is shared anew', () => {
    forAll(random => {
      const plan: ArrivalPlan = {
        rate: random.pick([50, 400]),
        arrival: random.pick(['CONSTANT', 'POISSON'] as const),
        seed: random.whole(0, 99),
      }
      const endMs = random.whole(200, 14_000)
      const { time, begin, goTo, pace, loops, recorder, gate, end } = openLoopAt(endMs, plan)
      const sessions = Array.from({ length: random.whole(1, 4) }, heldSession)
      const shares: ArrivalShare[] = [{ fromMs: random.pick([0, 50]), parts: anyParts(random) }]
      pace.setShares([...shares])
      begin(sessions)
      while (time.nowMs < endMs && random.fraction() > 0.001) {
        const session = random.pick(sessions)
        const chance = random.fraction()
        if (chance < 0.6) session.end()
        else if (chance < 0.65) session.end({ category: 'OTHER', sample: 'x' })
        else if (chance < 0.66) session.lose()
        else if (chance < 0.68) loops.setTarget(random.whole(0, 4))
        else if (chance < 0.7) {
          shares.push({ fromMs: Math.max(shares.at(-1)?.fromMs ?? 0, time.nowMs + random.fraction() * 300), parts: anyParts(random) })
          pace.setShares([...shares])
        } else if (chance < 0.8) pace.sweep(time.nowMs)
        const stallMs = random.whole(0, 30) === 0 ? 3_000 : 40
        goTo(Math.min(time.nowMs + random.fraction() * stallMs, endMs))
      }
      const closed = end()
      const own = arrivalsOf(plan, shares, WORKER, 0)
      let planned = 0
      while (own.next() < gate.endMs) planned += 1
      expect(sumOf(closed, 'planned')).toBe(planned)
      expect(sumOf(closed, 'started') + sumOf(closed, 'missed')).toBe(planned)
      expect(recorder.totals.started).toBe(sumOf(closed, 'started'))
      expect(closed.at(-1)?.waiting ?? 0).toBe(0)
    })
  })

  it('is planned in each interval what the schedule has in it', () => {
    const plan: ArrivalPlan = { rate: 777, arrival: 'POISSON', seed: 3 }
    const { begin, goTo, pace, end } = openLoopAt(5_000, plan)
    pace.setShares(MINE)
    begin([heldSession()])
    for (const nowMs of [600, 1_700, 1_701, 4_200]) goTo(nowMs)
    const planned = end().map(({ startMs, endMs, counts }) => [counts.planned, countArrivals(plan, startMs, endMs)])
    expect(planned).toHaveLength(5)
    for (const [shown, exact] of planned) expect(shown).toBe(exact)
  })
})

const anyParts = (random: Seeded): Record<string, number> =>
  Object.fromEntries(Array.from({ length: random.whole(1, 3) }, () => [`worker-${random.whole(0, 2)}`, random.whole(1, 3)]))
