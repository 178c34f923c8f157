import { listSnapshotsAfter } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type OwnDelay, type SlowSut, startSlowSut } from '../kit/slowSut.ts'
import type { WholeRun } from '../kit/wholeRun.ts'

let kit: RunKit
let slow: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    sutAddress: async sut => {
      slow = await startSlowSut(sut)
      return { host: '127.0.0.1', port: slow.port }
    },
  })
})
afterAll(async () => {
  await kit.close()
  await slow.close()
})

const RESPONSE_MS = 20
const FREEZE_MS = 300
const WARMUP_SECONDS = 1
const MEASURED_SECONDS = 5
/** Of a histogram with three significant digits. */
const PRECISION = 0.001
/** Two passages of the loopback device and a wake-up at each end, on a machine that others use too. */
const PASSAGE_MS = 2

/** The nearest-rank percentile. */
const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(Math.ceil((percent / 100) * sorted.length), 1) - 1] as number

/** What the dial imposed on the requests that came and were answered inside the measurement, smallest first. */
const imposedInMeasurement = ({ timing }: WholeRun): readonly number[] => {
  const startsAtMs = Date.parse(timing.measurementStartsAt ?? '')
  const endsAtMs = Date.parse(timing.measurementEndsAt ?? '')
  return slow.answered
    .filter(({ statement }) => /^flakebench_\d+$/.test(statement ?? ''))
    .filter(({ arrivedAtMs, imposedMs }) => arrivedAtMs >= startsAtMs && arrivedAtMs + imposedMs <= endsAtMs)
    .map(({ imposedMs }) => imposedMs)
    .sort((a, b) => a - b)
}

/** How late the worker's own event loop was, by its own record of the worst second. */
const readWorkerDelay = async (run: WholeRun): Promise<OwnDelay> => {
  const cursors = (await kit.heartbeats(run.id)).map(({ workerId, attempt }) => ({ workerId, attempt, sequence: -1 }))
  const snapshots = await listSnapshotsAfter(kit.control.db, run.id, cursors)
  return {
    p99Ms: Math.max(...snapshots.map(({ client }) => client.eventLoopDelayP99Ms)),
    maxMs: Math.max(...snapshots.map(({ client }) => client.eventLoopDelayMaxMs)),
  }
}

describe('a run against a server with a set response time that freezes three times', () => {
  it.each([1, 8])('shows the percentiles that were imposed, with %i connections', async connections => {
    slow.setResponseTime(RESPONSE_MS)
    const runId = await kit.prepare({
      workers: 1,
      targetConnections: connections,
      warmupSeconds: WARMUP_SECONDS,
      durationSeconds: MEASURED_SECONDS,
    })
    await kit.start(runId)
    for (const second of [1, 2, 3]) {
      await until(
        `second ${second} of the measurement`,
        async () => {
          const { nowMs, measurementStartsAtMs } = await kit.record(runId)
          return measurementStartsAtMs === null ? -1 : (nowMs - measurementStartsAtMs) / 1_000
        },
        measuredSeconds => measuredSeconds >= second,
      )
      if (second === 1) slow.readOwnDelay()
      slow.freeze(FREEZE_MS)
    }
    const run = await kit.end(runId)
    const dialDelay = slow.readOwnDelay()
    slow.setResponseTime(0)

    const imposed = imposedInMeasurement(run)
    const { result } = run
    expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0, lostOperations: 0 } })
    // The two clocks may disagree about what lies at an edge.
    expect(Math.abs((result?.totalOperations ?? 0) - imposed.length)).toBeLessThanOrEqual(2 * connections)
    const workerDelay = await readWorkerDelay(run)
    const often = PASSAGE_MS + dialDelay.p99Ms + workerDelay.p99Ms
    const atWorst = PASSAGE_MS + dialDelay.maxMs + workerDelay.maxMs
    for (const [name, percent, slack] of [
      ['p50Ms', 50, often],
      ['p95Ms', 95, often],
      ['p99Ms', 99, often],
      ['maxMs', 100, atWorst],
    ] as const) {
      const [shown, exact] = [result?.[name] ?? Number.NaN, percentile(imposed, percent)]
      const words = `${name}: ${exact} ms were imposed, up to ${slack} ms are the way`
      expect(shown, words).toBeGreaterThanOrEqual(exact * (1 - PRECISION))
      expect(shown, words).toBeLessThanOrEqual(exact * (1 + PRECISION) + slack)
    }
    expect(result?.p50Ms).toBeLessThan(FREEZE_MS / 2)
    expect(result?.p99Ms).toBeGreaterThan(FREEZE_MS)
    expect(result?.maxMs).toBeGreaterThan(FREEZE_MS)
  })
})
