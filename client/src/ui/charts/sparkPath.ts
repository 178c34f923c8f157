/** The x of each value and its value; null breaks the line. */
export type SparkPoint = readonly [x: number, y: number | null]

/** The path of a sparkline in a box of `width` × `height`: from zero to the greatest value, so that heights can be compared. */
export const sparkPath = (points: readonly SparkPoint[], width: number, height: number): string => {
  const values = points.flatMap(([, y]) => (y === null ? [] : [y]))
  const first = points[0]?.[0] ?? 0
  const span = (points.at(-1)?.[0] ?? 0) - first
  const top = Math.max(...values, Number.MIN_VALUE)
  let pen = 'M'
  return points
    .map(([x, y]) => {
      if (y === null) {
        pen = 'M'
        return ''
      }
      const step = `${pen}${(span === 0 ? width : ((x - first) / span) * width).toFixed(1)} ${(height - (y / top) * height).toFixed(1)}`
      pen = 'L'
      return step
    })
    .join('')
}
