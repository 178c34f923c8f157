import { type QpsState, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { decideQps, firstConnections } from '../../server/src/decide/controllers/qps.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { decide, type Second, SHORT, STATE, seconds, sightOf, times } from '../kit/rateSight.ts'

beforeAll(() => startHistograms())

describe('the first guess', () => {
  it('is what Little’s law and the square root of it ask for, by three times the floor and two milliseconds', () => {
    // 200/s × 14 ms = 2.8 in flight; 2.8 + 2·√2.8 = 6.15
    expect(firstConnections(ratePlan(), 4)).toBe(7)
    // 200/s × 10 ms = 2; 2 + 2·√2 = 4.83
    expect(firstConnections(ratePlan(), null)).toBe(5)
  })

  it('is what the template says, within the bounds of the workers that begin', () => {
    expect(firstConnections(ratePlan({ load: { startingConnections: 40 } }), 4)).toBe(40)
    expect(firstConnections(ratePlan({ load: { startingConnections: 0 } }), 4)).toBe(7)
    expect(firstConnections(ratePlan({ load: { startingConnections: 40, targetConnections: 15 }, workerCount: 2 }), 4)).toBe(30)
    expect(firstConnections(ratePlan({ limits: { minConnections: 6 }, workerCount: 2 }), 4)).toBe(12)
    expect(firstConnections(ratePlan({ scaling: { mode: 'FIXED' }, targetConnections: 37 }), 4)).toBe(37)
  })
})

describe('the connections of a rate', () => {
  it('begin as the workers hold them, and nothing is decided before anything was measured', () => {
    const wish = decideQps(null, sightOf([]))
    expect(wish).toMatchObject({ connections: 10, workers: 1, steps: [], finish: null, remarks: [], bounds: null })
    expect(decideQps(wish.state, sightOf([])).state).toBe(wish.state)
  })

  it('become what the measured service time asks for, with what waits worked off in 5 s', () => {
    // 200/s × 66 ms = 13.2; 13.2 + 2·√13.2 = 20.47 → 21; 50 / 5 s × 66 ms = 0.66 → 1
    const wish = decide([{ ...SHORT, open: 10 }], { plan: { load: { maxConnectionIncrease: 50 } } })
    expect(wish.connections).toBe(22)
    expect(wish.steps).toHaveLength(1)
    expect(wish.steps[0]).toMatchObject({
      type: 'QPS_SCALING',
      stepNumber: 1,
      fromConnections: 10,
      toConnections: 22,
      observedFromMs: 0,
      observedSeconds: 1,
      operations: 150,
      qps: 150,
      targetQps: 200,
      qpsErrorPercent: -25,
      outcome: 'SCALED',
    })
    expect(wish.steps[0]?.latency?.count).toBe(2)
    expect(wish.state.recent[0]).not.toHaveProperty('latency')
    expect(wish.remarks).toEqual([wish.state.reason])
    expect(JSON.parse(JSON.stringify(wish.state))).toEqual(wish.state)
  })

  it('at most double at once, but grow by four, or by what the template says', () => {
    expect(decide([SHORT]).connections).toBe(20)
    expect(decide([{ ...SHORT, open: 2 }], { targetConnections: 2 }, { targetConnections: 2 }).connections).toBe(6)
    expect(decide([SHORT], { plan: { load: { maxConnectionIncrease: 3 } } }).connections).toBe(13)
  })

  it('are not changed before those of the last change stand, and one whole second has passed', () => {
    const state = { changedAtMs: 2_100 }
    const before = times(3, SHORT)
    const ramping: Second = { ...SHORT, open: 9 }
    expect(decide([...before, ramping], {}, state).steps).toEqual([])
    expect(decide([...before, ramping, SHORT], {}, state).steps).toEqual([])
    expect(decide([...before, ramping, SHORT, SHORT], {}, state).steps).toHaveLength(1)
  })

  it('are judged anew after guardrails have taken some away, or a worker began to serve', () => {
    expect(decide(times(4, SHORT), { backedOffAtMs: 2_500 }).steps).toEqual([])
    expect(decide(times(4, SHORT), { fleetChangedAtMs: 2_500 }).steps).toEqual([])
    expect(decide(times(5, SHORT), { backedOffAtMs: 2_500 }).steps).toHaveLength(1)
  })

  it('are held when they cannot be opened in 30 seconds, which is said once', () => {
    const all = times(31, { ...SHORT, open: 8 })
    const wish = decide(all)
    expect(wish).toMatchObject({ connections: 10, steps: [] })
    expect(wish.remarks).toEqual(['Not all of 10 connections could be opened in 30 seconds: 8 are open, no more are asked for'])
    const again = decideQps(wish.state, sightOf(seconds(...all, { ...SHORT, open: 8 })))
    expect(again.state).toBe(wish.state)
    expect(again.remarks).toEqual([])
  })

  it('are not refused before an interval has ended that shows it, however long it is', () => {
    const long = (count: number) =>
      seconds(...times(count, { ...SHORT, open: 8 })).map((one, i) => ({ ...one, startMs: i * 20_000, endMs: (i + 1) * 20_000 }))
    const wishAt = (nowMs: number, count: number) => decideQps({ ...STATE, changedAtMs: 100 }, sightOf(long(count), { nowMs }))
    expect(wishAt(39_000, 1).remarks).toEqual([])
    expect(wishAt(41_000, 2).remarks[0]).toMatch(/^Not all of 10 connections/)
  })

  it('become more for operations that outlast the intervals, in most of which none ends', () => {
    const plan = { load: { targetQps: 5 } }
    const none: Second = { planned: 5, started: 0, open: 1, serviceMs: null }
    const one: Second = { planned: 5, started: 1, open: 1, serviceMs: 3_000 }
    const all = [none, none, none, one, none, none].map((second, i) => ({ ...second, waiting: 5 * (i + 1) }))
    const state = { targetConnections: 1 }
    expect(decide(all.slice(0, 3), { plan, targetConnections: 1 }, state).steps).toEqual([])
    expect(decide(all, { plan, targetConnections: 1 }, state).connections).toBe(5)
  })

  it('stay when nothing was completed: more would not help', () => {
    expect(decide(times(6, { started: 0, waiting: 500, serviceMs: null })).steps).toEqual([])
  })

  it('stay when what waits is being worked off', () => {
    expect(
      decide([
        { ...SHORT, waiting: 300 },
        { started: 290, waiting: 210, serviceMs: 34 },
      ]).steps,
    ).toEqual([])
  })

  it('become fewer only when far too many for ten seconds in a row', () => {
    const idle: Second = { open: 40, serviceMs: 20 }
    const held = { targetConnections: 40 }
    const sighting = { targetConnections: 40 }
    expect(decide(times(9, idle), sighting, held).steps).toEqual([])
    expect(decide([...times(9, idle), { ...idle, started: 190, waiting: 10 }], sighting, held).steps).toEqual([])
    // 4 + 2·√4 = 8, and a tenth more.
    expect(decide(times(10, idle), sighting, held)).toMatchObject({ connections: 9, workers: 1 })
    expect(decide(times(10, { ...idle, open: 11 }), { targetConnections: 11 }, { targetConnections: 11 }).steps).toEqual([])
  })

  it('become fewer only after a minute where few operations end', () => {
    const idle: Second = { planned: 2, open: 40, serviceMs: 20 }
    const few = { plan: { load: { targetQps: 2 } }, targetConnections: 40 }
    expect(decide(times(59, idle), few, { targetConnections: 40 }).steps).toEqual([])
    expect(decide(times(60, idle), few, { targetConnections: 40 }).connections).toBe(2)
  })

  it('do not grow on when the last ones did not raise the rate, which is said once', () => {
    const behind = (open: number): Second => ({ started: 100, waiting: 900, open, serviceMs: open * 10 })
    const all = [behind(10), behind(10), behind(20), behind(20), behind(20)]
    const state = { targetConnections: 20, changedAtMs: 1_500 }
    const wish = decide(all, { targetConnections: 20 }, state)
    expect(wish).toMatchObject({ connections: 20, steps: [] })
    expect(wish.remarks[0]).toMatch(/^More than 20 connections are not tried: the last ones did not raise the rate; 100 of 200/)
    const again = decideQps(wish.state, sightOf(seconds(...all, behind(20)), { targetConnections: 20 }))
    expect(again.remarks).toEqual([])
  })

  it('go back to those with which the rate was higher', () => {
    const behind = (open: number, started: number): Second => ({ started, waiting: 900, open, serviceMs: open * 10 })
    const all = [...times(3, behind(10, 150)), ...times(7, behind(20, 100))]
    expect(decide(all, { targetConnections: 20 }, { targetConnections: 20, changedAtMs: 2_500 }).connections).toBe(10)
  })

  it('grow on when the rate fell because the database became slower, not because of them', () => {
    const plan = { load: { targetQps: 100 } }
    const before = times(11, { planned: 100, open: 1, serviceMs: 5 })
    const half: Second = { planned: 100, started: 60, waiting: 40, open: 1, serviceMs: 16 }
    const slow: Second = { planned: 100, started: 50, waiting: 200, open: 5, serviceMs: 100 }
    const state = { targetConnections: 5, changedAtMs: 12_100 }
    const wish = decide([...before, half, { ...slow, started: 44, waiting: 100 }, ...times(6, slow)], { plan, targetConnections: 5 }, state)
    expect(wish.connections).toBe(10)
  })

  it('that were held back are judged anew when operations have become clearly faster or slower, or the shortage lasts for a minute', () => {
    const behind = (open: number, started = 100): Second => ({ started, waiting: 900, open, serviceMs: (1_000 * open) / started })
    const state = { targetConnections: 20, changedAtMs: 1_500 }
    const heldBack = [behind(10), behind(10), ...times(6, behind(20))]
    const decideAfter = (...more: Second[]) => decide([...heldBack, ...more], { targetConnections: 20 }, state)
    expect(decideAfter(...times(40, behind(20))).connections).toBe(20)
    expect(decideAfter(...times(60, behind(20))).connections).toBe(40)
    expect(decideAfter(...times(3, behind(20, 160))).connections).toBeGreaterThan(20)
    expect(decideAfter(...times(3, behind(20, 50))).connections).toBe(40)
  })

  it('of steps that are done are kept, the newest ten', () => {
    let state: QpsState = { ...STATE, targetConnections: 5 }
    let intervals = seconds({ ...SHORT, open: 5, started: 50 })
    for (let step = 1; step <= 12; step++) {
      const wish = decideQps(
        state,
        sightOf(intervals, { plan: { load: { maxConnectionIncrease: 1 } }, targetConnections: state.targetConnections }),
      )
      expect(wish.state.stepNumber).toBe(step)
      state = wish.state
      const open = state.targetConnections
      const next: Second = { started: open * 10, waiting: 900, open, serviceMs: 100 }
      intervals = [...intervals, ...seconds(...times(intervals.length + 3, next)).slice(intervals.length)]
    }
    expect(state.recent.map(({ stepNumber }) => stepNumber)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })
})
