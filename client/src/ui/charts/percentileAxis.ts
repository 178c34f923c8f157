/** The x of a percentile: log10 of 1 / (1 − p). 0 % is at 0, 90 % at 1, 99 % at 2, 99.9 % at 3; 100 % has none. */
export const percentileX = (percent: number): number | null => (percent >= 100 ? null : percent <= 0 ? 0 : -Math.log10(1 - percent / 100))

const NINES = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999, 99.99999]

/** Marks that a curve reaching to `furthestX` needs. */
export const percentileMarks = (furthestX: number): readonly number[] =>
  NINES.map(percent => percentileX(percent) ?? 0).filter(mark => mark <= furthestX + 1e-9)

/** 99.99 % at 4. */
export const percentileText = (x: number): string => {
  const percent = 100 * (1 - 10 ** -x)
  return `${Number(percent.toFixed(Math.max(0, Math.ceil(x) - 1)))} %`
}

interface PointAt {
  readonly percent: number
  readonly valueMs: number
}

/** The curve as a chart draws it. The maximum has no place on the axis: it stands a little beyond the last percentile. */
export const curveXs = (points: readonly PointAt[]): readonly (readonly [x: number, valueMs: number])[] => {
  const last = points.reduce((furthest, point) => Math.max(furthest, percentileX(point.percent) ?? 0), 0)
  return points.map(point => [percentileX(point.percent) ?? last + 0.1, point.valueMs] as const)
}
