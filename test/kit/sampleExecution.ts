import type { Execution } from '@flakebench/contract'

/** An execution of `worker-0`, successful, half a millisecond long. @param number from 0, as in its id */
export const sampleExecution = (number: number, change: Partial<Execution> = {}): Execution => {
  const startMs = number * 0.5
  return {
    id: `worker-0.1.${number}`,
    workerId: 'worker-0',
    connection: number % 8,
    kind: 'POINT_LOOKUP',
    label: 'point lookup',
    phase: 'MEASUREMENT',
    counted: true,
    intendedStartMs: startMs,
    startMs,
    endMs: startMs + 0.5,
    responseMs: 0.5,
    rows: 1,
    success: true,
    retried: false,
    errorCategory: null,
    error: null,
    errorGroup: null,
    queryId: null,
    ...change,
  }
}
