import { MOST_RUNS } from '../../ui/words/comparedRuns.ts'
import { PERCENTILES, type Percentile } from '../../ui/words/percentiles.ts'
import { METRIC_KEYS, type MetricKey } from './chartMetrics.ts'
import { WORKER_FIGURES, type WorkerFigure } from './placeTables.ts'

export type ChartView = 'overlay' | 'multiples'

/** Seconds from where the axis begins; from before to. */
export interface TimeWindow {
  readonly from: number
  readonly to: number
}

/** How the reader looks at a comparison. */
export interface CompareView {
  readonly ids: readonly string[]
  /** So many more were named than can be compared. */
  readonly leftOut: number
  readonly baselineId: string | null
  readonly isChoosing: boolean
  readonly view: ChartView
  readonly metrics: readonly MetricKey[]
  readonly percentiles: readonly Percentile[]
  readonly hidden: readonly string[]
  readonly isLog: boolean
  readonly align: 'MEASUREMENT_START' | 'RUN_START'
  /** Null: all of it. */
  readonly window: TimeWindow | null
  readonly differencesOnly: boolean
  /** Verdicts on all metrics, not only on the main ones. */
  readonly hasAllVerdicts: boolean
  readonly hasMethod: boolean
  readonly workerFigure: WorkerFigure
}

type UrlWords = Readonly<Record<string, unknown>>

const METRICS_AT_FIRST: readonly MetricKey[] = ['qps', 'latency']
/** Five runs laid over each other take one line each; a chart of one run has room for three. */
const PERCENTILES_AT_FIRST: Readonly<Record<ChartView, readonly Percentile[]>> = { overlay: ['p95'], multiples: ['p50', 'p95', 'p99'] }

const wordOf = (words: UrlWords, key: string): string | null => (typeof words[key] === 'string' ? words[key] : null)
const listOf = (word: string | null, separator: string): readonly string[] => (word ?? '').split(separator).filter(each => each !== '')
const known = <Each extends string>(all: readonly Each[], word: string | null, atFirst: readonly Each[]): readonly Each[] =>
  word === null ? atFirst : all.filter(each => word.split(' ').includes(each))

const readWindow = (words: UrlWords): TimeWindow | null => {
  const [from, to] = [Number(wordOf(words, 'from') ?? Number.NaN), Number(wordOf(words, 'to') ?? Number.NaN)]
  return Number.isFinite(from) && Number.isFinite(to) && to > from ? { from, to } : null
}

/** What the URL asks for; what it does not know it ignores. */
export const readView = (words: UrlWords): CompareView => {
  const named = [...new Set(listOf(wordOf(words, 'ids'), ','))]
  const ids = named.slice(0, MOST_RUNS)
  const view: ChartView = wordOf(words, 'view') === 'multiples' ? 'multiples' : 'overlay'
  const baselineId = wordOf(words, 'baseline')
  return {
    ids,
    leftOut: named.length - ids.length,
    baselineId: baselineId !== null && ids.includes(baselineId) ? baselineId : null,
    isChoosing: wordOf(words, 'choose') !== null,
    view,
    metrics: known(METRIC_KEYS, wordOf(words, 'metrics'), METRICS_AT_FIRST),
    percentiles: known(PERCENTILES, wordOf(words, 'percentiles'), PERCENTILES_AT_FIRST[view]),
    hidden: listOf(wordOf(words, 'hidden'), ',').filter(id => ids.includes(id)),
    isLog: wordOf(words, 'scale') === 'log',
    align: wordOf(words, 'align') === 'run' ? 'RUN_START' : 'MEASUREMENT_START',
    window: readWindow(words),
    differencesOnly: wordOf(words, 'settings') !== 'all',
    hasAllVerdicts: wordOf(words, 'verdicts') === 'all',
    hasMethod: wordOf(words, 'method') !== null,
    workerFigure: WORKER_FIGURES.find(figure => figure.key === wordOf(words, 'worker'))?.key ?? WORKER_FIGURES[0].key,
  }
}

const secondsWord = (seconds: number): string => String(Math.round(seconds * 10) / 10)
const unless = (isUsual: boolean, word: string): string | undefined => (isUsual ? undefined : word)

/** What the URL has to say of a view; nothing of what is so at first. */
export const viewInUrl = (view: CompareView): Readonly<Record<string, string | undefined>> => ({
  ids: unless(view.ids.length === 0, view.ids.join(',')),
  baseline: view.baselineId === null || view.baselineId === view.ids[0] ? undefined : view.baselineId,
  choose: unless(!view.isChoosing, '1'),
  view: unless(view.view === 'overlay', view.view),
  metrics: unless(view.metrics.join() === METRICS_AT_FIRST.join(), view.metrics.join(' ')),
  percentiles: unless(view.percentiles.join() === PERCENTILES_AT_FIRST[view.view].join(), view.percentiles.join(' ')),
  hidden: unless(view.hidden.length === 0, view.hidden.join(',')),
  scale: unless(!view.isLog, 'log'),
  align: unless(view.align === 'MEASUREMENT_START', 'run'),
  from: view.window === null ? undefined : secondsWord(view.window.from),
  to: view.window === null ? undefined : secondsWord(view.window.to),
  settings: unless(view.differencesOnly, 'all'),
  verdicts: unless(!view.hasAllVerdicts, 'all'),
  method: unless(!view.hasMethod, '1'),
  worker: unless(view.workerFigure === WORKER_FIGURES[0].key, view.workerFigure),
})

/** The other way of laying charts out; percentiles that were so at first stay so. */
export const withView = (view: CompareView, chosen: ChartView): CompareView => ({
  ...view,
  view: chosen,
  percentiles: view.percentiles.join() === PERCENTILES_AT_FIRST[view.view].join() ? PERCENTILES_AT_FIRST[chosen] : view.percentiles,
})

/** One more, or one less if it is among them; always in the order of `all`. */
export const toggled = <Each>(all: readonly Each[], shown: readonly Each[], one: Each): readonly Each[] =>
  all.filter(each => (each === one) !== shown.includes(each))

export const withoutRun = (view: CompareView, id: string): CompareView => ({
  ...view,
  ids: view.ids.filter(each => each !== id),
  hidden: view.hidden.filter(each => each !== id),
  baselineId: view.baselineId === id ? null : view.baselineId,
})
