/** How far runs of one configuration come out differently. */
export interface RunToRun {
  /** Standard deviation on the metric's scale. */
  readonly deviation: number
  /** Degrees of freedom with which that is known. */
  readonly degrees: number
  /** That it is known from. */
  readonly runs: number
  /** Known from other runs of the same configurations, as those that are compared are too few. */
  readonly isFromOthers: boolean
}

/** Figures of one configuration, on the metric's scale. */
export interface RunSeries {
  /** Of the runs that are compared. */
  readonly own: readonly number[]
  /** Of runs that are not. */
  readonly others: readonly number[]
}

/** As many degrees the runs that are compared must have by themselves: else others of their configurations are asked. */
const ENOUGH_DEGREES = 2
/** And so many there must be with those: fewer would only make the interval wide. */
const FEWEST_WITH_OTHERS = 4

/** Deviations from the mean of each series, pooled: with as many degrees as there are runs beyond the first of each. Null: there are too few to know it from. */
export const runToRunOf = (series: readonly RunSeries[]): RunToRun | null => {
  const alone = pooled(series.map(({ own }) => own))
  const together = pooled(series.map(({ own, others }) => [...own, ...others]))
  const isFromOthers = alone.degrees < ENOUGH_DEGREES && together.degrees >= FEWEST_WITH_OTHERS && together.degrees > alone.degrees
  const { squares, degrees, runs } = isFromOthers ? together : alone
  return degrees === 0 ? null : { deviation: Math.sqrt(squares / degrees), degrees, runs, isFromOthers }
}

interface Pooled {
  readonly squares: number
  readonly degrees: number
  readonly runs: number
}

const pooled = (series: readonly (readonly number[])[]): Pooled => {
  const repeated = series.filter(figures => figures.length > 1)
  const runs = sumOf(repeated.map(figures => figures.length))
  const squares = repeated.map(figures => {
    const mean = sumOf(figures) / figures.length
    return sumOf(figures.map(figure => (figure - mean) ** 2))
  })
  return { squares: sumOf(squares), degrees: runs - repeated.length, runs }
}

const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
