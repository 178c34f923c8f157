import type { TemplateInput } from '@flakebench/contract'
import { listRollups, listSteps, readResults } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { withOwnKit } from '../kit/ownKit.ts'
import { until } from '../kit/processes.ts'
import { openTunedKit, type TunedKit } from '../kit/tunedKit.ts'

const SERVERS = 8
const SERVICE_MS = 100
const RESOLUTION = 1
const SLOW_LOOP_MS = 10
const BUSY_PERCENT = 60

const LOAD = {
  mode: 'FIND_MAX_CONCURRENCY',
  warmupSeconds: 1,
  findMax: {
    startConnections: 2,
    connectionsIncrement: 4,
    stepDurationSeconds: 3,
    latencyStabilityPercent: 20,
    resolution: RESOLUTION,
    minSamples: 40,
  },
} as const

const search = (name: string, change: TemplateInput = {}): TemplateInput => ({
  name,
  load: LOAD,
  advanced: { metricsIntervalSeconds: 0.25 },
  ...change,
})

const searchOf = async ({ kit, sut }: TunedKit, name: string, change: TemplateInput = {}) => {
  sut.setCapacity({ servers: SERVERS, serviceMs: SERVICE_MS })
  const run = await kit.run({}, search(name, change))
  const record = await kit.record(run.id)
  return { run, record, steps: await listSteps(kit.control.db, run.id), result: (await readResults(kit.control.db, [run.id])).get(run.id) }
}

describe.concurrent('a search for the most connections', () => {
  it(
    'finds the knee of the database, or says that the load generator was in the way',
    () =>
      withOwnKit(openTunedKit, async tuned => {
        const { run, record, steps, result } = await searchOf(tuned, 'Knee')
        expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'FIND_MAX_DONE' })
        const { result: best } = record.findMax ?? {}
        expect(result?.findMax).toEqual(best)
        // One connection above the knee, each waits an eighth longer: less than what is tolerated.
        if (best?.maxType === 'TRUE_MAX') expect(Math.abs(best.connections - SERVERS)).toBeLessThanOrEqual(RESOLUTION + 1)
        else {
          // So few operations are no burden: it may only be blamed when the machine is busy with something else, by its own figures.
          expect(run.cancellationReason).toMatch(/load generator/)
          expect(steps.at(-1)?.outcome).toBe('CLIENT_LIMITED')
          const since = (await listRollups(tuned.kit.control.db, run.id)).filter(one => one.startMs >= (steps.at(-1)?.startMs ?? 0))
          const slow = since.filter(({ client }) => client.eventLoopDelayP99Ms > SLOW_LOOP_MS || client.cpuUsedPercent > BUSY_PERCENT)
          expect(slow.length).toBeGreaterThan(since.length / 3)
        }

        expect(steps.map(({ stepNumber }) => stepNumber)).toEqual(steps.map((_, i) => i + 1))
        expect(steps.map(({ latency: _, ...step }) => step)).toEqual(record.findMax?.steps)
        for (const step of steps) {
          if (step.observedFromMs === null) continue
          expect(step.observedFromMs).toBeGreaterThan(step.startMs)
          expect(step.observedSeconds * 1_000).toBeLessThanOrEqual(step.endMs - step.observedFromMs)
          expect(step.operations).toBe(Math.round(step.qps * step.observedSeconds) + step.errors)
        }
        // The next step's target was set right after the end of the one before.
        for (const [i, step] of steps.slice(1).entries()) expect(step.startMs).toBeGreaterThanOrEqual(steps[i]?.endMs ?? 0)
        // Nothing stood still for a second; the last interval is cut short by the end.
        const counts = run.history.slice(0, -1).map(({ operations }) => operations)
        for (let to = 4; to <= counts.length; to++) {
          expect(counts.slice(to - 4, to).some(count => count > 0)).toBe(true)
        }
      }),
    120_000,
  )

  it(
    'ends at the bounds, and says that they were the limit',
    () =>
      withOwnKit(openTunedKit, async tuned => {
        const { run, record, steps } = await searchOf(tuned, 'Bounded', {
          scaling: { mode: 'BOUNDED', minWorkers: 1, maxWorkers: 1, maxConnections: 4 },
          load: { ...LOAD, findMax: { ...LOAD.findMax, stepDurationSeconds: 2, minSamples: 20 } },
        })
        expect(run.status).toBe('COMPLETED')
        expect(record.findMax?.result).toMatchObject({ maxType: 'BOUNDED_MAX' })
        // Where other work loads the machine, the generator is at its end before the bounds are: then it says that.
        expect(run.cancellationReason).toMatch(
          /4 connections are the most that 1 worker may hold within the bounds of its scaling|the load generator was the limit, not the database/,
        )
        expect(Math.max(...steps.map(({ toConnections }) => toConnections))).toBeLessThanOrEqual(4)
      }),
    180_000,
  )

  it(
    'that is stopped by a person is cancelled, and keeps its steps',
    () =>
      withOwnKit(openTunedKit, async ({ kit, sut }) => {
        sut.setCapacity({ servers: SERVERS, serviceMs: SERVICE_MS })
        const id = await kit.prepare({}, search('Stopped'))
        await kit.start(id)
        await until(
          'a step is done',
          () => listSteps(kit.control.db, id),
          steps => steps.length > 0,
        )
        await kit.stop(id)
        const run = await kit.end(id)
        expect(run).toMatchObject({ status: 'CANCELLED', completionReason: 'USER_REQUESTED' })
        expect(await listSteps(kit.control.db, id)).not.toHaveLength(0)
      }),
    180_000,
  )
})
