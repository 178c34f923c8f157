import type { Result } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { toRun } from '../../server/src/api/run/run.map.ts'
import { toRunUpdate } from '../../server/src/api/run/runUpdate.map.ts'
import type { RunLiveView } from '../../server/src/live/runView.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleRun } from '../kit/sampleRun.ts'

const THRESHOLDS = { staleSeconds: 30, deadSeconds: 60 }
const LOST = { standing: 'LOST', atMs: 9_000, reason: 'killed' } as const

const viewOf = (change: Partial<RunLiveView>): RunLiveView => ({
  run: sampleRun(),
  heartbeats: [],
  newest: [],
  result: null,
  workers: { newest: new Map(), results: new Map() },
  warehouse: null,
  ...change,
})
const told = (change: Partial<RunLiveView>) => toRunUpdate(viewOf(change), THRESHOLDS)

describe('what a live update tells', () => {
  const arrivals = { planned: 100, started: 98, late: 3, missed: 2, unassigned: 0, achievedRate: 98 }
  const result = { measuredSeconds: 1, byKind: [], arrivals, clientLimitedSeconds: 0 } as unknown as Result

  it('has the arrivals of the measurement so far as its result has them', () => {
    expect(told({ result }).run.arrivals).toEqual(arrivals)
    expect(told({}).run.arrivals).toBeNull()
  })

  it('has no target of a whole measurement: the plan holds only the first guess', () => {
    expect(told({ result }).run.measurementMetrics?.targetConnections).toBeNull()
  })

  it('counts the workers that serve, and neither lost nor retired ones', () => {
    const run = sampleRun({ workersExpected: 3, fleetNotes: { 'worker-1': LOST } })
    expect(told({ run }).run.workerCount).toBe(2)
    expect(toRun(run, null, null).workerCount).toBe(2)
  })

  it('has no rate of a worker before its first interval', () => {
    expect(told({ heartbeats: [sampleHeartbeat()] }).workers[0]).toMatchObject({ qps: null, errorRate: null })
  })
})
