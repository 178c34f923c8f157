import type { ControllerStep } from '../../api/documents/loadFields.ts'
import type { HistoryPoint } from '../../api/documents/runFields.ts'
import { ERROR_CATEGORIES, type ExecutionView } from '../../stores/executionView.ts'
import type { MomentPart } from '../../ui/charts/momentPick.ts'

/** The subject of a chart that shows errors only; its bars are their categories. */
export const ERRORS = 'errors'

/** Which executions of the interval a chart shows. */
export const pickedPart = ({ subject, key }: MomentPart): Partial<ExecutionView> =>
  subject === ERRORS ? { success: false, category: ERROR_CATEGORIES.find(each => each === key) ?? null } : {}

const round = (seconds: number): number => Math.round(seconds * 1_000) / 1_000

/** The executions that a step of a search was judged by. Null: it never came so far. */
export const pickedStep = ({ elapsedSeconds, observedSeconds }: ControllerStep): Partial<ExecutionView> | null =>
  observedSeconds === 0 ? null : { fromSeconds: round(elapsedSeconds - observedSeconds), toSeconds: round(elapsedSeconds), counted: true }

/** The interval that a chart shows at this moment: the one whose end is nearest, as the crosshair snaps. Null: nothing was measured. */
export const pickedInterval = (
  history: readonly HistoryPoint[],
  seconds: number,
): { readonly fromSeconds: number; readonly toSeconds: number } | null => {
  const nearest = history.reduce<HistoryPoint | null>(
    (best, point) => (best === null || Math.abs(point.elapsedSeconds - seconds) < Math.abs(best.elapsedSeconds - seconds) ? point : best),
    null,
  )
  if (nearest === null) return null
  return { fromSeconds: round(Math.max(0, nearest.elapsedSeconds - nearest.intervalSeconds)), toSeconds: round(nearest.elapsedSeconds) }
}
