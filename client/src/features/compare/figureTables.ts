import type { Comparison } from '../../api/documents/compareDocuments.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { operationWord, plainWord } from '../../ui/words/kinds.ts'
import { countText, exactText, msText, qpsText, rateText } from '../../ui/words/numbers.ts'
import { foundCsvRows, foundRows } from './foundRows.ts'
import type { RunLook } from './runLooks.ts'
import { csvOf, deltaOf, EMPTY_CELL, pointsDeltaOf, type RunCell, type RunTableRow, unitText } from './runTable.ts'
import { settingTitleText, settingValueText } from './settingWords.ts'

/** What searches found comes first: the rest is of all their steps together. */
export const metricRows = (comparison: Comparison): readonly RunTableRow[] => {
  const { metrics, runs, baselineId } = comparison
  const baseline = runs.findIndex(run => run.id === baselineId)
  const whole = metrics.map((row): RunTableRow => {
    const hasBest = isBestTold(row.best, row.values)
    return {
      key: row.metric,
      title: row.title,
      cells: row.values.map((value, at): RunCell => {
        if (value === null) return EMPTY_CELL
        return {
          text: unitText(value, row.unit),
          exact: exactText(value, row.unit),
          delta: at === baseline ? null : metricDelta(row, at, row.values[baseline] ?? null),
          isBest: hasBest && row.best[at] === true,
          doubt: doubtOf(comparison, row.metric, at, DOUBTS),
        }
      }),
    }
  })
  const found = foundRows(comparison)
  return found.length === 0 ? whole : [...found, { key: 'all steps', title: SEARCHES_TOGETHER, look: 'head', cells: [] }, ...whole]
}

const SEARCHES_TOGETHER = 'Whole measurement, of a search all its steps together'

/** Where most are equal none of them is the best. */
const isBestTold = (best: readonly boolean[], values: readonly (number | null)[]): boolean =>
  best.filter(each => each).length * 2 <= values.filter(value => value !== null).length

/** To a baseline without errors no percentage is told: points are. */
const metricDelta = (row: Comparison['metrics'][number], at: number, base: number | null) =>
  row.unit === '%' && base === 0 ? pointsDeltaOf(row.values[at] ?? 0) : deltaOf(row.deltasPercent[at], row.better)

type Metric = Comparison['metrics'][number]['metric']
/** Metrics without a verdict of their own, by the one that says whether they may be compared. */
const JUDGED_AS: Readonly<Partial<Record<Metric, Metric>>> = { P999: 'P99', MAX: 'MEAN', LATE: 'ERROR_RATE', MISSED: 'ERROR_RATE' }

const UNFIT = { NOT_COMPARABLE: 'not comparable by this' } as const
const DOUBTS = { ...UNFIT, NO_EVIDENCE: 'no evidence of a difference' } as const

/** What the verdict on this metric says against telling the run from the baseline; of the baseline itself, what they all say. */
const doubtOf = (
  { verdicts, groups, runs }: Comparison,
  metric: Metric,
  at: number,
  doubts: Readonly<Partial<Record<Comparison['verdicts'][number]['outcome'], string>>>,
): string | undefined => {
  const group = groups.find(each => each.runIds.includes(runs[at]?.id ?? ''))
  const judged = verdicts.filter(
    each => each.metric === (JUDGED_AS[metric] ?? metric) && (group?.isBaseline === true || each.groupId === group?.id),
  )
  const said = judged.map(({ outcome }) => doubts[outcome])
  return said.includes(undefined) ? undefined : said[0]
}

export const metricCsv = (comparison: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Metric', 'Unit'],
    [
      ...foundCsvRows(comparison),
      ...comparison.metrics.map(row => [row.title, row.unit, ...row.values.flatMap((value, at) => [value, row.deltasPercent[at] ?? null])]),
    ],
    ['', 'delta (%)'],
  )

type LabelCell = NonNullable<Comparison['labels'][number]['cells'][number]>

interface LabelFigure {
  /** Whose verdict is asked whether the runs may be compared by it. */
  readonly metric?: Metric
  readonly title: string
  readonly value: (cell: LabelCell) => number | null
  readonly text: (value: number | null) => string
  readonly delta?: (cell: LabelCell) => number | null
  readonly better: 'HIGHER' | 'LOWER' | 'NEITHER'
  readonly unit: string
}

const LABEL_FIGURES: readonly LabelFigure[] = [
  {
    metric: 'QPS',
    title: 'QPS',
    value: cell => cell.qps,
    text: qpsText,
    delta: cell => cell.qpsDeltaPercent,
    better: 'HIGHER',
    unit: '/s',
  },
  {
    metric: 'P50',
    title: 'p50',
    value: cell => cell.p50Ms,
    text: msText,
    delta: cell => cell.p50DeltaPercent,
    better: 'LOWER',
    unit: 'ms',
  },
  {
    metric: 'P95',
    title: 'p95',
    value: cell => cell.p95Ms,
    text: msText,
    delta: cell => cell.p95DeltaPercent,
    better: 'LOWER',
    unit: 'ms',
  },
  {
    metric: 'P99',
    title: 'p99',
    value: cell => cell.p99Ms,
    text: msText,
    delta: cell => cell.p99DeltaPercent,
    better: 'LOWER',
    unit: 'ms',
  },
  { title: 'Operations', value: cell => cell.operations, text: countText, better: 'NEITHER', unit: '' },
  { title: 'Errors', value: cell => cell.errorRate, text: rateText, better: 'LOWER', unit: '(fraction)' },
]

export const labelRows = (comparison: Comparison): readonly RunTableRow[] => {
  const { labels, runs, baselineId } = comparison
  const baseline = runs.findIndex(run => run.id === baselineId)
  return labels.flatMap(row => [
    { key: row.label, title: operationWord(row.kind, row.label), look: 'head' as const, cells: [] },
    ...LABEL_FIGURES.map(figure => ({
      key: `${row.label} ${figure.title}`,
      title: figure.title,
      look: 'indented' as const,
      cells: row.cells.map((cell, at): RunCell => {
        if (cell === null) return EMPTY_CELL
        const value = figure.value(cell)
        return {
          text: figure.text(value),
          exact: exactText(value, figure.unit),
          delta: at === baseline ? null : deltaOf(figure.delta?.(cell), figure.better),
          // Of one operation nothing is judged: whether there is evidence of all says nothing of it.
          doubt: figure.metric === undefined ? undefined : doubtOf(comparison, figure.metric, at, UNFIT),
        }
      }),
    })),
  ])
}

export const labelCsv = ({ labels }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Operation', 'Kind'],
    labels.map(row => [
      row.label,
      row.kind,
      ...row.cells.flatMap(cell =>
        cell === null
          ? [null, null, null, null, null, null]
          : [cell.operations, cell.qps, cell.p50Ms, cell.p95Ms, cell.p99Ms, cell.errorRate],
      ),
    ]),
    ['operations', 'qps', 'p50 (ms)', 'p95 (ms)', 'p99 (ms)', 'error rate'],
  )

export const errorRows = ({ errors }: Comparison): readonly RunTableRow[] =>
  errors.map(row => ({
    key: row.category,
    title: plainWord(row.category),
    note: row.sample ?? plainWord(row.category),
    cells: row.counts.map(count => ({ text: countText(count) })),
  }))

export const errorCsv = ({ errors }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Category', 'Sample'],
    errors.map(row => [row.category, row.sample, ...row.counts]),
  )

/** A cell is marked where it says something else than the baseline's. */
export const settingRows = ({ settings, runs, baselineId }: Comparison, differencesOnly: boolean): readonly RunTableRow[] => {
  const baseline = runs.findIndex(run => run.id === baselineId)
  return settings
    .filter(row => row.differs || !differencesOnly)
    .map(row => ({
      key: row.path,
      title: settingTitleText(row.title),
      note: `${settingTitleText(row.title)} (${row.path})`,
      cells: row.values.map(value => ({
        text: value === null ? '—' : settingValueText(row.path, value),
        exact: value ?? 'not set',
        isMarked: row.differs && value !== row.values[baseline],
      })),
    }))
}

export const settingCsv = ({ settings }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Setting', 'Path', 'Differs'],
    settings.map(row => [row.title, row.path, row.differs, ...row.values]),
  )
