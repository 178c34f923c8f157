import type { ControllerStep, FindMaxResult } from '../../api/documents/loadFields.ts'
import type { HistoryPoint } from '../../api/documents/runFields.ts'
import type { RunState } from '../../stores/runState.ts'
import { spanText } from '../../ui/words/durations.ts'
import { countText } from '../../ui/words/numbers.ts'
import { connectionsText } from '../../ui/words/plans.ts'
import { meanOf, measuredPoints } from './chartPoints.ts'

/** The figures that the page begins with: of the newest interval, of the measurement, or of the best step of a search that is over. */
interface Headline {
  readonly qps: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly errorRate: number
  readonly errorsTitle: string
  /** In flight: a mean once nothing is in flight any more. */
  readonly active: number | null
  readonly target: number | null
  /** They are of one step of a search, that kept all objectives. */
  readonly isBestStep: boolean
  /** Of what they are. */
  readonly scope: string
}

type Seen = Pick<RunState, 'aggregateMetrics' | 'controller'>

const EDGE_SECONDS = 0.05

/** The intervals that a step was judged by. */
const observedPoints = (history: readonly HistoryPoint[], { elapsedSeconds, observedSeconds }: ControllerStep): readonly HistoryPoint[] =>
  history.filter(
    point =>
      point.elapsedSeconds - point.intervalSeconds >= elapsedSeconds - observedSeconds - EDGE_SECONDS &&
      point.elapsedSeconds <= elapsedSeconds + EDGE_SECONDS,
  )

const ofBestStep = (best: FindMaxResult, steps: readonly ControllerStep[], history: readonly HistoryPoint[]): Headline => {
  const step = steps.find(each => each.stepNumber === best.stepNumber)
  const of = step === undefined ? '' : `, ${spanText(step.observedSeconds)}`
  return {
    qps: best.qps,
    p50Ms: best.p50Ms,
    p95Ms: best.p95Ms,
    p99Ms: best.p99Ms,
    errorRate: best.errorRate,
    errorsTitle: step === undefined ? 'Of its operations' : `Of the ${countText(step.operations)} operations of the step`,
    active: step === undefined ? null : meanOf(observedPoints(history, step), point => point.activeConnections),
    target: best.connections,
    isBestStep: true,
    scope: `Best step, ${connectionsText(best.connections)}${of}`,
  }
}

/** Null where there are no figures. */
export const headlineOf = ({ aggregateMetrics: metrics, controller }: Seen, history: readonly HistoryPoint[]): Headline | null => {
  if (metrics === null) return null
  const isWhole = metrics.scope === 'MEASUREMENT'
  const search = controller?.findMax ?? null
  if (isWhole && search?.result != null) return ofBestStep(search.result, search.steps, history)
  const measured = measuredPoints(history)
  const whole = search === null ? 'Whole measurement' : 'All steps together'
  const newest = metrics.windowSeconds < 1.5 ? 'Last second' : `Last ${spanText(metrics.windowSeconds)}`
  return {
    qps: metrics.qps,
    p50Ms: metrics.p50Ms,
    p95Ms: metrics.p95Ms,
    p99Ms: metrics.p99Ms,
    errorRate: metrics.errorRate,
    errorsTitle: `${countText(metrics.errors)} of ${countText(metrics.operations)} operations failed`,
    active: isWhole ? meanOf(measured, point => point.activeConnections) : metrics.activeConnections,
    target: isWhole ? meanOf(measured, point => point.targetConnections) : metrics.targetConnections,
    isBestStep: false,
    scope: isWhole ? `${whole}, ${spanText(metrics.windowSeconds)}` : newest,
  }
}
