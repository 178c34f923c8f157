import { addEncoded, type ControllerStep, type DoneStep, type QpsState, type Rollup } from '@flakebench/contract'
import { percentilesOf } from '../rollUp.ts'
import { secondsOf } from './qpsRates.ts'
import type { QpsView } from './qpsView.ts'

/** The figures of a step are of its newest intervals, at most so many: adding an hour's histograms would hold the server up. */
const MOST_INTERVALS = 60
const MOST_RECENT = 10

/** Another number of connections or workers, and why. */
export interface QpsChange {
  readonly connections: number
  readonly workers: number
  readonly reason: string
}

/** The state after a change, and the step that it ends, with what was observed since the change before. */
export const changeQps = (view: QpsView, change: QpsChange): { readonly state: QpsState; readonly step: ControllerStep } => {
  const { state, sight } = view
  const step = stepOf(view, change)
  const { latency: _latency, ...done }: ControllerStep = step
  const recent: readonly DoneStep[] = [...state.recent, done].slice(-MOST_RECENT)
  return {
    step,
    state: {
      targetConnections: change.connections,
      workers: change.workers,
      changedAtMs: sight.nowMs,
      stepNumber: step.stepNumber,
      reason: change.reason,
      recent,
    },
  }
}

const stepOf = ({ state, sight, targetQps, observed }: QpsView, change: QpsChange): ControllerStep => {
  const counted = observed.slice(-MOST_INTERVALS)
  const seconds = secondsOf(counted)
  const total = (pick: (one: Rollup) => number): number => counted.reduce((sum, one) => sum + pick(one), 0)
  const operations = total(one => one.operations)
  const errors = total(one => one.errors)
  const qps = seconds === 0 ? 0 : (operations - errors) / seconds
  const latency = addEncoded(counted.map(one => one.latency))
  const { p50Ms, p95Ms, p99Ms } = percentilesOf(latency)
  const before = state.recent.at(-1)
  const isLimited = (one: Rollup): boolean => one.clientLimited
  return {
    stepNumber: state.stepNumber + 1,
    type: 'QPS_SCALING',
    purpose: null,
    workers: change.workers,
    fromConnections: state.targetConnections,
    toConnections: change.connections,
    startMs: state.changedAtMs,
    observedFromMs: counted[0]?.startMs ?? null,
    endMs: sight.nowMs,
    observedSeconds: seconds,
    operations,
    errors,
    qps,
    targetQps,
    p50Ms,
    p95Ms,
    p99Ms,
    errorRate: operations === 0 ? 0 : errors / operations,
    qpsVsPriorPercent: before === undefined ? null : percentAgainst(qps, before.qps),
    p95VsBaselinePercent: null,
    qpsErrorPercent: seconds === 0 ? null : percentAgainst(qps, targetQps),
    isQueued: sight.queueSamples.some(one => one.queued > 0 && one.atMs >= (counted[0]?.startMs ?? sight.nowMs)),
    clientLimitedSeconds: secondsOf(counted.filter(isLimited)),
    outcome: 'SCALED',
    reason: change.reason,
    latency,
  }
}

const percentAgainst = (value: number, base: number): number | null => (base === 0 ? null : ((value - base) / base) * 100)
