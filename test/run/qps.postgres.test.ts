import { listSteps, readResults } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { withOwnKit } from '../kit/ownKit.ts'
import type { RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'
import { openTunedKit } from '../kit/tunedKit.ts'
import type { WholeRun } from '../kit/wholeRun.ts'

const resultOf = async (kit: RunKit, runId: string) => {
  const result = (await readResults(kit.control.db, [runId])).get(runId)
  if (result === undefined) throw new Error('there is no result')
  return result
}

/** Operations a second, added over the last so many. */
const lastSecondsOf = ({ history }: WholeRun, seconds: number): number => history.slice(-seconds).reduce((sum, { qps }) => sum + qps, 0)

describe.concurrent('a run at a rate', () => {
  it.each(['CONSTANT', 'POISSON'] as const)(
    'sends its schedule with arrivals that are %s, shared by two workers, and accounts for each',
    arrival =>
      withOwnKit(openTunedKit, async ({ kit }) => {
        const run = await kit.run(
          {},
          {
            name: `Rate ${arrival}`,
            load: { mode: 'QPS', targetQps: 200, arrival, warmupSeconds: 1, durationSeconds: 5 },
            scaling: { mode: 'BOUNDED', minWorkers: 2, maxWorkers: 2 },
          },
        )
        expect(run).toMatchObject({
          status: 'COMPLETED',
          completionReason: 'DURATION_ELAPSED',
          workerCount: 2,
          result: { failedOperations: 0 },
        })
        const { arrivals, totalOperations, cutOffOperations } = await resultOf(kit, run.id)
        if (arrivals === null) throw new Error('there is no account of arrivals')
        if (arrival === 'CONSTANT') expect(arrivals.planned).toBe(1_000)
        expect(arrivals.planned).toBe(arrivals.started + arrivals.missed + arrivals.unassigned)
        expect(arrivals).toMatchObject({ unassigned: 0 })
        // Every operation that counts was started, and what was started beyond them was cut off. So were late ones of the warmup.
        expect(arrivals.started).toBeGreaterThanOrEqual(totalOperations)
        expect(arrivals.started).toBeLessThanOrEqual(totalOperations + cutOffOperations)
        expect(totalOperations).toBeGreaterThan(0)
        const { arrivalShares } = await kit.record(run.id)
        expect(arrivalShares).toEqual([{ fromMs: 0, parts: { 'worker-0': 1, 'worker-1': 1 } }])
      }),
  )

  it(
    'is given the connections that it needs, however few it begins with',
    () =>
      withOwnKit(openTunedKit, async ({ kit, sut }) => {
        // Ten connections at the least.
        sut.setResponseTime(100)
        const run = await kit.run(
          {},
          { name: 'Begins low', load: { mode: 'QPS', targetQps: 100, warmupSeconds: 4, durationSeconds: 12, startingConnections: 2 } },
        )
        expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
        const steps = await listSteps(kit.control.db, run.id)
        expect(steps[0]).toMatchObject({ type: 'QPS_SCALING', stepNumber: 1, fromConnections: 2, outcome: 'SCALED' })
        expect((await kit.record(run.id)).qpsController?.targetConnections).toBeGreaterThanOrEqual(10)
        expect(lastSecondsOf(run, 3)).toBeGreaterThan(3 * 90)
      }),
    180_000,
  )

  it(
    'is given more connections when the system under test becomes twenty times slower on the way',
    () =>
      withOwnKit(openTunedKit, async ({ kit, sut }) => {
        sut.setResponseTime(5)
        const id = await kit.prepare(
          {},
          { name: 'Becomes slower', load: { mode: 'QPS', targetQps: 100, warmupSeconds: 1, durationSeconds: 24, startingConnections: 1 } },
        )
        await kit.start(id)
        await untilMeasuring(kit, id, 4)
        sut.setResponseTime(100)
        const run = await kit.end(id)
        expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED' })
        expect((await kit.record(id)).qpsController?.targetConnections).toBeGreaterThanOrEqual(10)
        expect(lastSecondsOf(run, 3)).toBeGreaterThan(3 * 90)
      }),
    180_000,
  )

  it(
    'that its bounds do not allow ends when they have been met for long enough, and says what was achieved',
    () =>
      withOwnKit(openTunedKit, async ({ kit, sut }) => {
        sut.setResponseTime(100)
        const run = await kit.run(
          {},
          {
            name: 'Out of bounds',
            load: { mode: 'QPS', targetQps: 100, warmupSeconds: 1, durationSeconds: 120 },
            scaling: { mode: 'BOUNDED', minWorkers: 1, maxWorkers: 1, maxConnections: 4, boundsPatienceIntervals: 3 },
          },
        )
        expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'BOUNDS_LIMIT_REACHED' })
        const { bounds } = await kit.record(run.id)
        expect(bounds).toMatchObject({ targetQps: 100, targetConnections: 4, maxWorkers: 1, ceilingConnections: 4 })
        expect(bounds?.achievedQps).toBeGreaterThan(4)
        expect(bounds?.achievedQps).toBeLessThan(41)
        const { arrivals } = await resultOf(kit, run.id)
        expect(arrivals?.planned).toBe((arrivals?.started ?? 0) + (arrivals?.missed ?? 0) + (arrivals?.unassigned ?? 0))
      }),
    180_000,
  )
})
