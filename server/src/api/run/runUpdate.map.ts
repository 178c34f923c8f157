import { isTerminal, LATENCY_AGGREGATION_METHOD, type Result, type Rollup, type RunRecord, servingWorkers } from '@flakebench/contract'
import type { HealthThresholds } from '../../decide/workerHealth.ts'
import type { RunLiveView } from '../../live/runView.ts'
import { toLoadState, toSlos } from '../load/load.map.ts'
import { toRunWarehouse } from '../warehouse/warehouse.map.ts'
import { toHistoryPoint, toIntervalMetrics, toMeasurementMetrics } from './metrics.map.ts'
import type { Metrics } from './metrics.type.ts'
import { toTiming } from './run.map.ts'
import type { RunUpdate } from './runState.type.ts'
import { toRunWorker } from './worker.map.ts'

const made = new WeakMap<RunLiveView, RunUpdate>()

/** The update that a view of the tables gives: made once, however many watch. */
export const toRunUpdate = (view: RunLiveView, thresholds: HealthThresholds): RunUpdate => {
  const before = made.get(view)
  if (before !== undefined) return before
  const { run, heartbeats, newest, result } = view
  const update: RunUpdate = {
    run: {
      id: run.id,
      status: run.status,
      phase: run.phase,
      completionReason: run.completionReason,
      cancellationReason: run.cancellationReason,
      workerCount: servingWorkers(run).length,
      workersReady: heartbeats.filter(beat => beat.status !== 'STARTING' && beat.status !== 'FAILED').length,
      timing: toTiming(run, result?.startSkewMs ?? null),
      aggregateMetrics: momentaryMetrics(run, newest.at(-1) ?? null, result),
      measurementMetrics: result === null ? null : toMeasurementMetrics(result),
      arrivals: result?.arrivals ?? null,
      warehouse: toRunWarehouse(run, view.warehouse),
      ...toLoadState(run),
      slos: toSlos(run, result?.byKind ?? null),
      slosNow: toSlos(run, newest.at(-1)?.byKind ?? null),
    },
    workers: heartbeats.map(beat => toRunWorker(run, beat, view.workers, thresholds)),
    newestPoints: newest.map(toHistoryPoint),
    latencyAggregationMethod: LATENCY_AGGREGATION_METHOD,
  }
  made.set(view, update)
  return update
}

/** The newest interval while load is sent; the measurement once it is over. */
export const momentaryMetrics = (run: RunRecord, newest: Rollup | null, result: Result | null): Metrics | null => {
  const over = run.phase === 'PROCESSING' || isTerminal(run.status)
  if (over) return result === null ? null : toMeasurementMetrics(result)
  return newest === null ? null : toIntervalMetrics(newest)
}
