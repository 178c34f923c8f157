import { expect } from 'vitest'
import { until } from './processes.ts'
import type { RunKit } from './runKit.ts'
import type { WholeRun } from './wholeRun.ts'

/** Several runs may be starting on the same two cores. */
const PATIENCE_MS = 100_000

/** The processes of its workers, by group id. */
export const pidsOf = async (kit: RunKit, runId: string): Promise<readonly number[]> => (await kit.heartbeats(runId)).map(({ pid }) => pid)

/** Waits until so many seconds of the measurement can be seen. */
export const untilMeasuring = async (kit: RunKit, runId: string, seconds = 1): Promise<void> => {
  await until(
    `second ${seconds} of the measurement`,
    async () => (await kit.read(runId)).history.filter(({ phase }) => phase === 'MEASUREMENT').length,
    points => points >= seconds,
    PATIENCE_MS,
  )
}

/** Every second has its point, with every worker in it, and nothing is missing from the whole. */
export const expectNoGap = ({ history, result, workerCount }: WholeRun, seconds: number): void => {
  expect(history.map(point => point.elapsedSeconds)).toEqual(Array.from({ length: seconds }, (_, i) => i + 1))
  expect(history.every(point => point.workersReported === workerCount && point.operations > 0)).toBe(true)
  const measured = history.filter(({ phase }) => phase === 'MEASUREMENT')
  expect(measured.reduce((sum, point) => sum + point.operations, 0)).toBe(result?.totalOperations)
  expect(result).toMatchObject({ failedOperations: 0, lostOperations: 0 })
}
