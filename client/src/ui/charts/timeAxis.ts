const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400] as const
const RANGES_SECONDS = [
  15, 30, 60, 120, 180, 300, 600, 900, 1_800, 2_700, 3_600, 5_400, 7_200, 10_800, 14_400, 21_600, 28_800, 43_200, 86_400,
] as const

/** Between ticks: the smallest usual step that gives at most `ticks` of them. */
export const tickStepSeconds = (rangeSeconds: number, ticks = 7): number =>
  STEPS_SECONDS.find(step => rangeSeconds / step <= ticks) ?? 86_400

/**
 * How far the time axis of a live run reaches: it grows in steps, so that the plot does not slide each second, and ends
 * where the run is planned to end.
 */
export const liveRangeSeconds = (elapsedSeconds: number, plannedSeconds: number): number => {
  const step = RANGES_SECONDS.find(range => range >= elapsedSeconds) ?? elapsedSeconds
  return elapsedSeconds <= plannedSeconds ? Math.min(step, plannedSeconds) : step
}
