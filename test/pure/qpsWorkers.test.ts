import { startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { decideQps } from '../../server/src/decide/controllers/qps.ts'
import type { RateChange } from '../kit/ratePlan.ts'
import { decide, type Second, SHORT, seconds, sightOf, times } from '../kit/rateSight.ts'

beforeAll(() => startHistograms())

const FULL = { targetConnections: 10, fleet: { connectionsPerWorker: 10, capacity: 10, mostCapacity: 40 } }

describe('the workers of a rate', () => {
  it('become one more when all are full and the rate is short in two seconds', () => {
    expect(decide([SHORT], FULL)).toMatchObject({ workers: 1, steps: [] })
    expect(decide([SHORT, SHORT], FULL)).toMatchObject({ workers: 2, connections: 10 })
  })

  it('become one more when they could be the limit themselves, with the connections that each holds at least', () => {
    const limited = { ...SHORT, limited: true }
    expect(decide([limited, SHORT], { plan: { load: { maxConnectionIncrease: 1 } } }).workers).toBe(1)
    const wish = decide([limited, limited], { plan: { limits: { minConnections: 8 } } })
    expect(wish).toMatchObject({ workers: 2, connections: 16 })
    expect(wish.steps[0]).toMatchObject({ workers: 2, clientLimitedSeconds: 2 })
  })

  it('stay while one joins or leaves', () => {
    expect(decide([SHORT, SHORT], { ...FULL, fleet: { ...FULL.fleet, joining: 1 } }, { workers: 2 }).steps).toEqual([])
    expect(decide([SHORT, SHORT], { fleet: { serving: 2 } }).steps).toEqual([])
  })

  it('are at the most that this machine can have: AUTO goes on, and says so once', () => {
    const sighting = { ...FULL, fleet: { ...FULL.fleet, most: 1, mostCapacity: 10 } }
    const wish = decide(times(9, SHORT), sighting)
    expect(wish).toMatchObject({ finish: null, workers: 1, connections: 10 })
    expect(wish.remarks[0]).toMatch(/^1 worker with 10 connections are the most that can be had on this machine: 150 of 200/)
    expect(decideQps(wish.state, sightOf(seconds(...times(10, SHORT)), sighting)).remarks).toEqual([])
  })

  it('become one fewer with AUTO when the others have room and time for ten seconds', () => {
    const two = { targetConnections: 20, fleet: { serving: 2, capacity: 400 } }
    const held = { targetConnections: 20, workers: 2 }
    const easy: Second = { open: 20, serviceMs: 50 }
    expect(decide(times(9, easy), two, held).workers).toBe(2)
    expect(decide(times(10, easy), two, held)).toMatchObject({ workers: 1, connections: 20 })
    expect(decide([...times(9, easy), { ...easy, limited: true }], two, held).workers).toBe(2)
    expect(decide(times(10, easy), { ...two, plan: { scaling: { mode: 'BOUNDED' } } }, held).workers).toBe(2)
    expect(decide(times(10, easy), { ...two, plan: { limits: { minWorkers: 2 } } }, held).workers).toBe(2)
    expect(decide(times(10, easy), { ...two, fleet: { ...two.fleet, connectionsPerWorker: 15 } }, held).workers).toBe(2)
  })

  it('do not become so few as once could be the limit', () => {
    const limited = { ...SHORT, limited: true }
    const grown = decide([limited, limited]).state
    const easy: Second = { open: 10, serviceMs: 20 }
    const all = [limited, limited, ...times(14, easy)]
    expect(decideQps(grown, sightOf(seconds(...all), { fleet: { serving: 2, capacity: 400 } })).workers).toBe(2)
  })

  it('that are lost are done without, until more are needed', () => {
    const wish = decide(times(3, {}), { fleetChangedAtMs: 2_500 }, { workers: 2 })
    expect(wish).toMatchObject({ workers: 1, connections: 10 })
    expect(wish.remarks).toEqual(['Goes on with 1 worker of 2'])
    expect(decide(times(3, {}), { fleet: { most: 1 } }, { workers: 2 }).workers).toBe(1)
  })

  it('and connections are as they are with FIXED scaling', () => {
    const fixed: RateChange = { scaling: { mode: 'FIXED', boundsPatienceIntervals: 60 }, limits: { maxWorkers: 1 }, targetConnections: 10 }
    const all = times(20, { ...SHORT, limited: true })
    expect(decide(all, { plan: fixed })).toMatchObject({ workers: 1, connections: 10, steps: [], finish: null })
    expect(decide(times(20, { serviceMs: 1 }), { plan: fixed })).toMatchObject({ workers: 1, connections: 10, steps: [] })
  })
})

describe('the bounds of a rate', () => {
  const bounded: RateChange = { scaling: { mode: 'BOUNDED' }, limits: { maxWorkers: 1, maxConnections: 10 } }
  const atBounds = { plan: bounded, ...FULL, fleet: { ...FULL.fleet, most: 1, mostCapacity: 10 } }

  it('end the run when all of them is in use and the measurement is short for as long as is patient', () => {
    expect(decide([...times(5, {}), SHORT, SHORT], atBounds).finish).toBeNull()
    const wish = decide([...times(5, {}), SHORT, SHORT, SHORT], atBounds)
    const words =
      '150 of 200 operations a second were started (75.0 %) in 3 intervals with all that the bounds allow: 1 worker, 10 connections'
    expect(wish.finish).toEqual({ reason: 'BOUNDS_LIMIT_REACHED', words })
    expect(wish.bounds).toEqual({
      atMs: 8_100,
      achievedQps: 150,
      targetQps: 200,
      targetConnections: 10,
      maxWorkers: 1,
      ceilingConnections: 10,
      words,
    })
  })

  it('neither end it nor call for a worker when a burst of arrivals has to wait, or little by little falls behind by chance', () => {
    const plan = { ...bounded, load: { targetQps: 5 } }
    const burst: Second[] = [
      { planned: 8, started: 7, waiting: 1 },
      { planned: 9, started: 8, waiting: 2 },
      { planned: 9, started: 8, waiting: 3 },
    ]
    const slack: Second[] = [
      { planned: 4, started: 3, waiting: 1 },
      { planned: 4, started: 3, waiting: 2 },
      { planned: 4, started: 3, waiting: 3 },
    ]
    for (const few of [burst, slack]) {
      const all = [...times(5, { planned: 5 }), ...few]
      expect(decide(all, { ...atBounds, plan }).finish).toBeNull()
      expect(decide(all, { ...FULL, plan: { load: { targetQps: 5 } } }).workers).toBe(1)
    }
    const lasting = Array.from({ length: 40 }, (_, i): Second => ({ planned: 5, started: 3, waiting: 2 * (i + 1) }))
    expect(decide([...times(5, { planned: 5 }), ...lasting], { ...atBounds, plan }).finish?.words).toMatch(
      /^3 of 5 operations a second were started \(60.0 %\)/,
    )
  })

  it('do not end it in the warmup, nor when less is in use than they allow', () => {
    expect(decide(times(5, SHORT), atBounds).finish).toBeNull()
    expect(decide([...times(4, {}), SHORT, SHORT, SHORT], atBounds).finish).toBeNull()
    const backedOff = { ...atBounds, targetConnections: 8, fleet: { ...atBounds.fleet, capacity: 8, mostCapacity: 8 } }
    expect(decide(times(12, { ...SHORT, open: 8 }), backedOff).finish).toBeNull()
    const lost = { ...atBounds, plan: { ...bounded, limits: { ...bounded.limits, maxWorkers: 2 } } }
    expect(decide(times(12, SHORT), lost).finish).toBeNull()
  })

  it('are none of FIXED scaling, whose numbers are exact', () => {
    const fixed: RateChange = { scaling: { mode: 'FIXED' }, limits: { maxWorkers: 1 }, targetConnections: 10 }
    expect(decide([...times(5, {}), SHORT, SHORT, SHORT], { plan: fixed })).toMatchObject({ bounds: null, finish: null })
  })

  it('are tried out before a database is called saturated, when they are near', () => {
    const behind = (open: number): Second => ({ started: 100, waiting: 900, open, serviceMs: open * 10 })
    const all = [behind(5), behind(5), ...times(3, behind(10))]
    const state = { targetConnections: 10, changedAtMs: 1_500 }
    const near = { plan: bounded, fleet: { connectionsPerWorker: 20, capacity: 20, most: 1, mostCapacity: 20 } }
    expect(decide(all, near, state).connections).toBe(20)
    expect(decide(all, { ...near, plan: { scaling: { mode: 'AUTO' } } }, state).connections).toBe(10)
  })
})
