import type { SeriesMetric } from '../../api/documents/compareDocuments.ts'
import { isTerminal } from '../../stores/runState.ts'
import type { RunBand, RunEnd, RunLine } from '../../ui/charts/runLinesTypes.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { shortClockText } from '../../ui/words/durations.ts'
import { type ChartLine, METRICS, type MetricKey } from './chartMetrics.ts'
import type { TimeWindow } from './compareView.ts'
import type { RunLook } from './runLooks.ts'
import { type AxisRange, extentOf, firstAt, linearRange, logRange, type Points, pointsBetween, valueAt } from './seriesPoints.ts'
import type { RunStretch } from './timeWindow.ts'

export type PointsOf = (runId: string, metric: SeriesMetric) => Points

/** A run as the charts know it. */
export interface ChartRun {
  readonly look: RunLook
  readonly stretch: RunStretch
}

/** Whether there is any time of it to draw. */
export const hasTime = ({ stretch }: ChartRun): boolean => stretch.endsAt > stretch.startsAt

/** Of a run that goes on the points that came since are of it too. */
const lastMoment = ({ look, stretch }: ChartRun): number => (isTerminal(look.status) ? stretch.endsAt : Number.POSITIVE_INFINITY)

/** The same range for all charts of a metric; of what the window shows of the measurements, or of all where it shows none: a warmup would flatten them. */
export const rangeOf = (
  key: MetricKey,
  runs: readonly ChartRun[],
  lines: readonly ChartLine[],
  pointsOf: PointsOf,
  { window, isLog }: { readonly window: TimeWindow; readonly isLog: boolean },
): AxisRange => {
  const all = runs.flatMap(run => lines.map(line => ({ run, points: pointsOf(run.look.id, line.metric) })))
  const measured = all
    .filter(({ run }) => run.stretch.measuredFrom < window.to)
    .map(({ run, points }) => pointsBetween(points, run.stretch.measuredFrom, lastMoment(run)))
  const extent =
    extentOf(measured, window, isLog) ??
    extentOf(
      all.map(({ points }) => points),
      window,
      isLog,
    )
  if (isLog && extent !== null) return logRange(extent.least, extent.most)
  return linearRange(extent?.most ?? 0, METRICS[key].isWhole === true)
}

export const linesOfRun = (key: MetricKey, run: ChartRun, lines: readonly ChartLine[], pointsOf: PointsOf): readonly RunLine[] =>
  lines.map(line => {
    const { seconds, values } = pointsOf(run.look.id, line.metric)
    return {
      run: run.look.place,
      seconds,
      values,
      width: line.width,
      dash: line.dash,
      strength: line.strength,
      isStepped: METRICS[key].isStepped === true,
      measuredFrom: run.stretch.measuredFrom,
      measuredTo: lastMoment(run),
    }
  })

/** Each warmup once, however many runs have it. */
export const warmupBands = (runs: readonly ChartRun[]): readonly RunBand[] => {
  const seen = new Map<string, RunBand>()
  for (const { stretch } of runs) {
    if (stretch.measuredFrom > stretch.startsAt) {
      seen.set(`${stretch.startsAt} ${stretch.measuredFrom}`, { kind: 'warmup', from: stretch.startsAt, to: stretch.measuredFrom })
    }
  }
  return [...seen.values()]
}

/** Where a run is over and the axis goes on. */
export const overBand = (run: ChartRun, whole: TimeWindow): readonly RunBand[] =>
  lastMoment(run) < whole.to - 0.5 ? [{ kind: 'over', from: run.stretch.endsAt, to: whole.to }] : []

/** Marks the ends of runs that are over before the longest is, and were measured at all; ends that fall together have their words once. */
export const endsOf = (runs: readonly ChartRun[], whole: TimeWindow): readonly RunEnd[] => {
  const near = (whole.to - whole.from) / 200
  const early = runs
    .filter(run => run.stretch.endsAt > run.stretch.measuredFrom && lastMoment(run) < whole.to - near)
    .sort((a, b) => a.stretch.endsAt - b.stretch.endsAt)
  return early.map(({ look, stretch }, at) => {
    const next = early[at + 1]
    const isCrowded = next !== undefined && next.stretch.endsAt - stretch.endsAt < near * 14
    return { run: look.place, at: stretch.endsAt, words: isCrowded ? '' : `end, ${shortClockText(stretch.endsAt)}` }
  })
}

/** Of the intervals of a run those in which its load generator could have been the limit, neighbours as one. */
export const limitBands = (
  history: readonly { readonly elapsedSeconds: number; readonly intervalSeconds: number; readonly clientLimited: boolean }[],
  startsAt: number,
): readonly RunBand[] => {
  const bands: RunBand[] = []
  for (const point of history) {
    if (!point.clientLimited) continue
    const [from, to] = [startsAt + point.elapsedSeconds - point.intervalSeconds, startsAt + point.elapsedSeconds]
    const last = bands.at(-1)
    if (last !== undefined && from - last.to < 0.75) bands[bands.length - 1] = { ...last, to }
    else bands.push({ kind: 'clientLimited', from, to })
  }
  return bands
}

/** What the lines of a run say at a moment; nothing before its start and after its end. */
export const readingsAt = (run: ChartRun, lines: readonly ChartLine[], pointsOf: PointsOf, moment: number): readonly (number | null)[] => {
  const isOutside = moment < run.stretch.startsAt || moment > lastMoment(run)
  return lines.map(line => (isOutside ? null : valueAt(pointsOf(run.look.id, line.metric), moment)))
}

export const hasPoints = (runs: readonly ChartRun[], lines: readonly ChartLine[], pointsOf: PointsOf): boolean =>
  runs.some(({ look }) => lines.some(line => pointsOf(look.id, line.metric).values.some(value => value !== null)))

/** Every point, a row for each moment of each run. */
export const seriesCsv = (key: MetricKey, runs: readonly ChartRun[], lines: readonly ChartLine[], pointsOf: PointsOf): CsvTable => {
  const unit = METRICS[key].unit === '' ? '' : ` (${METRICS[key].unit})`
  const rows = runs.flatMap(({ look }) => {
    const all = lines.map(line => pointsOf(look.id, line.metric))
    const seconds = [...new Set(all.flatMap(points => points.seconds))].sort((a, b) => a - b)
    return seconds.map(second => [
      look.title,
      second,
      ...all.map(points => {
        const at = firstAt(points.seconds, second)
        return points.seconds[at] === second ? (points.values[at] ?? null) : null
      }),
    ])
  })
  return { columns: ['Run', 'Elapsed (s)', ...lines.map(line => `${line.word}${unit}`)], rows }
}
