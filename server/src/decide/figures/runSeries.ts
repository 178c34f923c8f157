import type { LoadPhase, Rollup, RunSeries } from '@flakebench/contract'

export interface SeriesMaker {
  /** The intervals of a run in order. */
  add(interval: Rollup): void
  done(): RunSeries
}

type Columns = { [Column in keyof RunSeries]: RunSeries[Column][number][] }

/** The intervals of a run, a column a figure. */
export const seriesMaker = (): SeriesMaker => {
  const columns: Columns = {
    startMs: [],
    endMs: [],
    phase: [] as LoadPhase[],
    qps: [],
    operations: [],
    errors: [],
    p50Ms: [],
    p95Ms: [],
    p99Ms: [],
    maxMs: [],
    activeConnections: [],
    targetConnections: [],
    workersReported: [],
    workersExpected: [],
    clientLimited: [],
    cpuPercent: [],
    eventLoopDelayP99Ms: [],
  }
  return {
    add: one => {
      columns.startMs.push(one.startMs)
      columns.endMs.push(one.endMs)
      columns.phase.push(one.phase)
      columns.qps.push(one.qps)
      columns.operations.push(one.operations)
      columns.errors.push(one.errors)
      columns.p50Ms.push(one.p50Ms)
      columns.p95Ms.push(one.p95Ms)
      columns.p99Ms.push(one.p99Ms)
      columns.maxMs.push(one.maxMs)
      columns.activeConnections.push(one.activeConnections)
      columns.targetConnections.push(one.targetConnections)
      columns.workersReported.push(one.workersReported)
      columns.workersExpected.push(one.workersExpected)
      columns.clientLimited.push(one.clientLimited)
      columns.cpuPercent.push(one.client.cpuPercent)
      columns.eventLoopDelayP99Ms.push(one.client.eventLoopDelayP99Ms)
    },
    done: () => columns,
  }
}

export const runSeriesOf = (intervals: readonly Rollup[]): RunSeries => {
  const maker = seriesMaker()
  for (const interval of intervals) maker.add(interval)
  return maker.done()
}
