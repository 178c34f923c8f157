import type { ExecutionView } from '../../stores/executionView.ts'
import type { HeatCell } from '../../ui/charts/heatCells.ts'
import { roundedOutwards } from '../../ui/words/ranges.ts'

/** The executions that a cell of the heat map counts: those that succeeded and are in the figures. Edges are rounded outwards to what one can read. */
export const pickedCell = ({ fromSeconds, toSeconds, fromMs, toMs }: HeatCell): Partial<ExecutionView> => {
  const [fromS, toS] = roundedOutwards(fromSeconds, toSeconds)
  const [minMs, maxMs] = roundedOutwards(fromMs, toMs)
  return { fromSeconds: fromS, toSeconds: toS, minMs, maxMs, success: true, counted: true, field: 'RESPONSE', direction: 'DESC' }
}

/** Values of a histogram are the upper ends of its buckets, and these are as wide as this part of them. */
const BUCKET_PART = 0.001

/** The executions of the measurement that took at least as long as a percentile says, those at it first. `label` null: of all statements. */
export const pickedPercentile = (label: string | null, valueMs: number): Partial<ExecutionView> => {
  const [minMs] = roundedOutwards(valueMs * (1 - BUCKET_PART), valueMs)
  return { labels: label === null ? [] : [label], minMs, phase: 'MEASUREMENT', success: true, counted: true, field: 'RESPONSE' }
}
