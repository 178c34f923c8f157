import type { ExecutionView } from '../../stores/executionView.ts'
import type { HeatCell } from '../../ui/charts/heatCells.ts'
import { roundedOutwards } from '../../ui/words/ranges.ts'

/** The executions that a cell of the heat map counts: those that succeeded and are in the figures. Edges are rounded outwards to what one can read. */
export const pickedCell = ({ fromSeconds, toSeconds, fromMs, toMs }: HeatCell): Partial<ExecutionView> => {
  const [fromS, toS] = roundedOutwards(fromSeconds, toSeconds)
  const [minMs, maxMs] = roundedOutwards(fromMs, toMs)
  return { fromSeconds: fromS, toSeconds: toS, minMs, maxMs, success: true, counted: true, field: 'RESPONSE', direction: 'DESC' }
}
