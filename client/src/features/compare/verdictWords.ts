import type { Comparison, Verdict } from '../../api/documents/compareDocuments.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { threeDigits } from '../../ui/words/numbers.ts'
import type { Look } from '../../ui/words/statuses.ts'
import type { RunLook } from './runLooks.ts'

type Outcome = Verdict['outcome']
type Metric = Verdict['metric']

const WORDS: Readonly<Partial<Record<Metric, Readonly<Record<'BETTER' | 'WORSE', string>>>>> = {
  ERROR_RATE: { BETTER: 'Fewer errors', WORSE: 'More errors' },
  OPERATIONS: { BETTER: 'More', WORSE: 'Fewer' },
}
const USUAL = { BETTER: 'Faster', WORSE: 'Slower' } as const
/** Where nobody knows what the next two runs would do. */
const USUAL_OF_RUNS = { BETTER: 'Faster run', WORSE: 'Slower run' } as const
const LOOKS: Readonly<Record<Outcome, Omit<Look, 'word'>>> = {
  BETTER: { icon: 'check', tone: 'good' },
  WORSE: { icon: 'cross', tone: 'bad' },
  NO_EVIDENCE: { icon: 'minus', tone: 'neutral' },
  NOT_COMPARABLE: { icon: 'alert', tone: 'warn' },
}

type LookedAt = Pick<Verdict, 'metric' | 'outcome'> & Partial<Pick<Verdict, 'isOfTheseRunsOnly'>>

/** How an outcome looks: a word, an icon, a tone. */
export const outcomeLook = ({ metric, outcome, isOfTheseRunsOnly = false }: LookedAt): Look => {
  if (outcome === 'NO_EVIDENCE') return { ...LOOKS[outcome], word: 'No evidence' }
  if (outcome === 'NOT_COMPARABLE') return { ...LOOKS[outcome], word: 'Not comparable' }
  return { ...LOOKS[outcome], word: (WORDS[metric] ?? (isOfTheseRunsOnly ? USUAL_OF_RUNS : USUAL))[outcome] }
}

const unitOf = (metric: Metric): string => (metric === 'ERROR_RATE' ? 'pp' : '%')
/** Without trailing zeros from a thousandth on: that small, they pretend to know more than is known. */
const digits = (size: number): string => (size < 0.1 ? String(Number(size.toFixed(3))) : threeDigits(size))
const signed = (value: number): string => `${digits(Math.abs(value)) === '0' ? '±' : value > 0 ? '+' : '−'}${digits(Math.abs(value))}`

/** +12.3 %; percentage points for the error rate. */
export const effectText = ({ metric, effectPercent }: Pick<Verdict, 'metric' | 'effectPercent'>): string =>
  effectPercent === null ? '—' : `${signed(effectPercent)} ${unitOf(metric)}`

/** 95 %: −1.2 to +3.4 % */
export const intervalText = (verdict: Pick<Verdict, 'metric' | 'lowPercent' | 'highPercent' | 'confidencePercent'>): string =>
  verdict.lowPercent === null || verdict.highPercent === null
    ? ''
    : `${verdict.confidencePercent} %: ${signed(verdict.lowPercent)} to ${signed(verdict.highPercent)} ${unitOf(verdict.metric)}`

/** One card: a metric and what is said of it for each group but the baseline's. */
export interface VerdictCard {
  readonly metric: Metric
  readonly title: string
  readonly verdicts: readonly Verdict[]
  /** The forest plots of a card share their scale: so many percent to each side of nothing. */
  readonly reachPercent: number
}

const FIRST: readonly Metric[] = ['QPS', 'P50', 'P95', 'P99', 'ERROR_RATE']
const LEAST_REACH = 0.5

const reachOf = (verdicts: readonly Verdict[]): number =>
  Math.max(
    LEAST_REACH,
    ...verdicts.flatMap(each => [each.lowPercent, each.effectPercent, each.highPercent]).map(end => Math.abs(end ?? 0)),
  ) * 1.08

/** A card a metric, those that matter most first. */
export const verdictCards = (verdicts: readonly Verdict[]): readonly VerdictCard[] => {
  const metrics = [...new Set(verdicts.map(each => each.metric))]
  const rank = (metric: Metric): number => (FIRST.includes(metric) ? FIRST.indexOf(metric) : FIRST.length)
  return metrics
    .sort((a, b) => rank(a) - rank(b))
    .map(metric => {
      const own = verdicts.filter(each => each.metric === metric)
      return { metric, title: own[0]?.title ?? metric, verdicts: own, reachPercent: reachOf(own) }
    })
}

/** How many cards are seen before "more". */
export const MAIN_CARDS = FIRST.length

/** The places of the runs of a group. */
export const placesOf = ({ groups, runs }: Comparison, groupId: string): readonly number[] => {
  const ids = groups.find(group => group.id === groupId)?.runIds ?? []
  return ids.map(id => runs.findIndex(run => run.id === id)).filter(place => place >= 0)
}

/** Where a percentage lies in a plot `reach` wide to each side, from 0 to 1. */
export const forestPlace = (percent: number, reach: number): number => Math.min(1, Math.max(0, (percent / reach + 1) / 2))

/** Reasons that hold for all metrics are said once, above the cards. */
export const sharedReasons = (verdicts: readonly Verdict[], groupId: string): readonly string[] => {
  const own = verdicts.filter(each => each.groupId === groupId)
  const first = own[0]
  if (first === undefined || own.some(each => each.outcome !== 'NOT_COMPARABLE')) return []
  return first.reasons.filter(reason => own.every(each => each.reasons.includes(reason)))
}

/** The verdicts as a file. */
export const verdictCsv = (comparison: Comparison, looks: readonly RunLook[]): CsvTable => ({
  columns: [
    'Runs',
    'Metric',
    'Outcome',
    'Baseline',
    'Candidate',
    'Effect',
    'Low',
    'High',
    'Unit',
    'Confidence (%)',
    'Sentence',
    'Reasons',
    'Cautions',
  ],
  rows: comparison.verdicts.map(each => [
    placesOf(comparison, each.groupId)
      .map(place => looks[place]?.title ?? '')
      .join(', '),
    each.title,
    each.outcome,
    each.baseline,
    each.candidate,
    each.effectPercent,
    each.lowPercent,
    each.highPercent,
    unitOf(each.metric),
    each.confidencePercent,
    each.sentence,
    each.reasons.join('; '),
    each.cautions.join('; '),
  ]),
})
