import { type FindMaxResult, type HeartbeatRecord, type RunRecord, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { countIntervalsAtHand } from '../../server/src/decide/intervalsAtHand.ts'
import { RunLedger } from '../../server/src/decide/runLedger.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { ofSome, takeIn } from '../kit/sampleLedger.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'
import { sampleKind, sampleSnapshot } from '../kit/sampleSnapshot.ts'

beforeAll(() => startHistograms())

describe('a ledger that knows its run', () => {
  it('keeps as many at hand as a search or the grace of an SLO needs', () => {
    const findMax = { ...samplePlan().load.findMax, stepDurationSeconds: 120 }
    const load = { mode: 'FIND_MAX_CONCURRENCY' as const, findMax }
    for (const [plan, atHand] of [
      [samplePlan(), 300],
      [samplePlan({ load }), 550],
      [samplePlan({ load, advanced: { metricsIntervalSeconds: 0.5 } }), 1_070],
      [samplePlan({ sloAbort: { enabled: true, graceSeconds: 600 } }), 630],
      [samplePlan({ sloAbort: { enabled: false, graceSeconds: 600 } }), 300],
      [
        samplePlan({ load: { ...load, findMax: { ...findMax, stepDurationSeconds: 3_600 } }, advanced: { metricsIntervalSeconds: 0.1 } }),
        20_000,
      ],
    ] as const) {
      expect(countIntervalsAtHand(plan)).toBe(atHand)
    }
    const ledger = new RunLedger()
    ledger.follow(samplePlan({ sloAbort: { enabled: true, graceSeconds: 370 } }))
    takeIn(
      ledger,
      Array.from({ length: 600 }, (_, index) => [ofSome(0, index, 0)]),
      1,
    )
    expect(ledger.atHand().map(one => one.intervalIndex)).toEqual(Array.from({ length: 400 }, (_, i) => 200 + i))
    ledger.free()
  })

  it('says in the run’s result what only the run knows: SLOs, the best step, and who was lost on the way', () => {
    const ledger = new RunLedger()
    const slow = (workerGroupId: number) => sampleSnapshot({ workerGroupId, byKind: [sampleKind(Array(10).fill(50), 10)] })
    ledger.absorb([slow(0), slow(1)], 2)
    const best = { connections: 25, maxType: 'TRUE_MAX' } as FindMaxResult
    const run = sampleRun({
      plan: samplePlan({ slos: [{ kind: 'POINT_LOOKUP', p95Ms: 20, p99Ms: null, errorRatePercent: 50 }] }),
      workersExpected: 4,
      fleetNotes: {
        'worker-1': { standing: 'LOST', atMs: 7_000, reason: 'worker-1 was killed by SIGKILL' },
        'worker-2': { standing: 'LOST', atMs: 6_000, reason: 'worker-2 never began' },
        'worker-3': { standing: 'LEAVING', atMs: 6_000, reason: null },
      },
      findMax: { step: null, steps: [], baselineP95Ms: null, lastGood: null, firstBad: null, result: best, endedBecause: null },
    })
    const beats = [0.5, 1, null, 6_500].map((startOffsetMs, workerGroupId) => sampleHeartbeat({ workerGroupId, startOffsetMs }))
    expect(ledger.result(beats, run)).toMatchObject({
      startSkewMs: 0.5,
      slos: [
        { bound: 'P95', limit: 20, verdict: 'FAIL' },
        { bound: 'ERROR_RATE', limit: 50, observed: 50, verdict: 'PASS' },
      ],
      findMax: best,
      lostWorkers: [{ workerId: 'worker-1', atMs: 7_000, reason: 'worker-1 was killed by SIGKILL' }],
      arrivals: null,
    })
    expect(ledger.workerResult(beats[1] as HeartbeatRecord)).toMatchObject({ slos: [], findMax: null, lostWorkers: [], arrivals: null })
    ledger.free()
  })

  it('measures the skew of an open loop from when each worker’s own first arrival was due', () => {
    const ledger = new RunLedger()
    const skewOf = (offsetsMs: readonly number[], run: RunRecord) =>
      ledger.result(
        offsetsMs.map((startOffsetMs, workerGroupId) => sampleHeartbeat({ workerGroupId, startOffsetMs })),
        run,
      ).startSkewMs
    const plan = ratePlan({ load: { targetQps: 2 }, workerCount: 2 })
    const parts = { 'worker-0': 1, 'worker-1': 1 }
    expect(skewOf([1, 503], sampleRun({ plan, arrivalShares: [{ fromMs: 0, parts }] }))).toBe(2)
    expect(skewOf([1, 503], sampleRun())).toBe(502)
    ledger.free()
  })
})
