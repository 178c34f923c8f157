/** A point of a chart that leads somewhere: where it is, and which line and which datum draws it. */
export interface PickPoint {
  readonly x: number
  readonly y: number
  /** 1 is the axis at the right. */
  readonly axis: 0 | 1
  readonly line: number
  readonly seriesIndex: number
  readonly dataIndex: number
}

interface Place {
  readonly x: number
  readonly y: number
  readonly line: number
}

/** The nearest along the x axis, as the tooltip snaps; of several there, the nearest in height. -1: there is none. */
const nearestOf = (places: readonly Place[], x: number, y: number, isMeant: (place: Place) => boolean): number =>
  places.reduce((best, place, at) => {
    if (!isMeant(place)) return best
    const before = places[best]
    if (before === undefined) return at
    const nearer = Math.abs(place.x - x) - Math.abs(before.x - x)
    return nearer < 0 || (nearer === 0 && Math.abs(place.y - y) < Math.abs(before.y - y)) ? at : best
  }, -1)

/** The point that a click means: of those that the tooltip tells of, one a line, the nearest in height. Places are pixels. -1: none. */
export const clickedPoint = (places: readonly Place[], x: number, y: number): number =>
  [...new Set(places.map(place => place.line))]
    .map(line => nearestOf(places, x, y, place => place.line === line))
    .reduce((best, at) => {
      const [one, other] = [places[best], places[at]]
      return one === undefined || (other !== undefined && Math.abs(other.y - y) < Math.abs(one.y - y)) ? at : best
    }, -1)

export const POINT_KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'])

/** Where a key leads from the point at `at`, -1 before the first key: along its line, or to the same place of the next one. */
export const steppedPoint = (points: readonly PickPoint[], at: number, key: string): number => {
  const here = points[at]
  const inLine = (line: number): readonly number[] => points.flatMap((point, index) => (point.line === line ? [index] : []))
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    if (here === undefined) return points.length === 0 ? -1 : 0
    const next = here.line + (key === 'ArrowDown' ? 1 : -1)
    const found = nearestOf(points, here.x, here.y, place => place.line === next)
    return found < 0 ? at : found
  }
  const along = inLine(here?.line ?? points[0]?.line ?? 0)
  if (key === 'Home') return along[0] ?? -1
  if (key === 'End') return along.at(-1) ?? -1
  if (here === undefined) return (key === 'ArrowLeft' ? along.at(-1) : along[0]) ?? -1
  return along[along.indexOf(at) + (key === 'ArrowRight' ? 1 : -1)] ?? at
}
