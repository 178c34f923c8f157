import type { FleetNotes, RunRecord, WorkerNote } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { sizeFleet } from '../../server/src/decide/sizeFleet.ts'
import { type RateChange, ratePlan } from '../kit/ratePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'

const note = (standing: WorkerNote['standing']): WorkerNote => ({ standing, atMs: 5_000, reason: null })
const runOf = (workersExpected: number, fleetNotes: FleetNotes, plan: RateChange = {}, change: Partial<RunRecord> = {}): RunRecord =>
  sampleRun({ plan: ratePlan({ workerCount: 2, ...plan }), workersExpected, fleetNotes, ...change })

describe('the size of a fleet', () => {
  it('is that of the plan at first', () => {
    expect(sizeFleet(runOf(2, {}))).toEqual({
      serving: 2,
      joining: 0,
      most: 4,
      connectionsPerWorker: 200,
      capacity: 400,
      mostCapacity: 800,
    })
  })

  it('counts those who join, and not those who leave or are lost', () => {
    const notes = { 'worker-1': note('LOST'), 'worker-2': note('LEAVING'), 'worker-3': note('JOINING') }
    expect(sizeFleet(runOf(4, notes))).toMatchObject({ serving: 1, joining: 1, most: 4, capacity: 200, mostCapacity: 800 })
  })

  it('may become smaller by each that was lost before it served', () => {
    const notes = { 'worker-2': note('LOST') }
    expect(sizeFleet(runOf(3, notes))).toMatchObject({ serving: 2, most: 3, mostCapacity: 600 })
    expect(sizeFleet(runOf(3, notes, {}, { workerTargets: { 'worker-2': 0 } })).most).toBe(3)
    const served = [{ fromMs: 3_000, parts: { 'worker-0': 1, 'worker-1': 1, 'worker-2': 1 } }]
    expect(sizeFleet(runOf(3, notes, {}, { arrivalShares: served })).most).toBe(4)
    expect(sizeFleet(runOf(3, notes, {}, { workerTargets: { 'worker-2': 5 } })).most).toBe(4)
  })

  it('grows no more when three in a row were lost before they served, until then by one after the other', () => {
    const wide: RateChange = { limits: { maxWorkers: 64 } }
    const two = { 'worker-2': note('LOST'), 'worker-3': note('LOST') }
    const three = { ...two, 'worker-4': note('LOST') }
    expect(sizeFleet(runOf(4, two, wide)).most).toBe(62 - 2 + 2)
    expect(sizeFleet(runOf(5, three, wide))).toMatchObject({ serving: 2, most: 2, mostCapacity: 400 })
    expect(sizeFleet(runOf(6, { ...three, 'worker-5': note('JOINING') }, wide))).toMatchObject({ serving: 2, joining: 1, most: 3 })
    // One of the three had served.
    expect(sizeFleet(runOf(5, three, wide, { workerTargets: { 'worker-3': 5 } })).most).toBe(61)
  })

  it('is never less than those who serve', () => {
    const notes = { 'worker-2': note('LOST'), 'worker-3': note('LOST'), 'worker-4': note('LOST') }
    expect(sizeFleet(runOf(5, notes)).most).toBe(2)
  })

  it('grows no further than the group ids last, those of lost workers included', () => {
    const wide: RateChange = { limits: { maxWorkers: 64 } }
    const served = { workerTargets: { 'worker-2': 5 } }
    expect(sizeFleet(runOf(64, { 'worker-2': note('LOST'), 'worker-63': note('JOINING') }, wide, served))).toMatchObject({
      joining: 1,
      most: 63,
    })
    expect(sizeFleet(runOf(63, { 'worker-2': note('LOST') }, wide, served)).most).toBe(63)
  })

  it('is without room while the only worker is being replaced, and as large as before in the end', () => {
    const notes = { 'worker-0': note('LOST'), 'worker-1': note('JOINING') }
    const run = runOf(2, notes, { workerCount: 1, limits: { maxWorkers: 1 } }, { workerTargets: { 'worker-0': 10, 'worker-1': 0 } })
    expect(sizeFleet(run)).toMatchObject({ serving: 0, joining: 1, most: 1, capacity: 0, mostCapacity: 200 })
  })

  it('is not made up for a lost worker with FIXED scaling, unless lost ones are replaced', () => {
    const fixed: RateChange = { scaling: { mode: 'FIXED' }, limits: { maxWorkers: 2 } }
    const run = runOf(2, { 'worker-1': note('LOST') }, fixed)
    expect(sizeFleet(run)).toMatchObject({ serving: 1, most: 1 })
    const replacing = { ...run.plan, advanced: { ...run.plan.advanced, deadWorkerPolicy: 'REPLACE' as const } }
    expect(sizeFleet({ ...run, plan: replacing })).toMatchObject({ serving: 1, most: 2 })
  })

  it('has less room where guardrails have taken connections away', () => {
    const guardrail = { state: 'DEGRADED', ceilings: { 'worker-1': 40 }, workersOverCpu: 0, workersOverMemory: 0, actions: [] } as const
    expect(sizeFleet(runOf(2, {}, {}, { guardrail }))).toMatchObject({ capacity: 240, mostCapacity: 640 })
  })

  it('has no more room in a worker of a rate than its ceiling', () => {
    expect(sizeFleet(runOf(2, {}, { load: { targetConnections: 30 } }))).toMatchObject({
      connectionsPerWorker: 30,
      capacity: 60,
      mostCapacity: 120,
    })
    const fixed = runOf(2, {}, { load: { targetConnections: 30 }, scaling: { mode: 'FIXED' } })
    expect(sizeFleet(fixed).connectionsPerWorker).toBe(200)
  })
})
