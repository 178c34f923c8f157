import type { HistoryPoint } from '../../api/documents/runFields.ts'

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
  const round = (value: number): number => Math.round(value * 1_000) / 1_000
  return { fromSeconds: round(Math.max(0, nearest.elapsedSeconds - nearest.intervalSeconds)), toSeconds: round(nearest.elapsedSeconds) }
}
