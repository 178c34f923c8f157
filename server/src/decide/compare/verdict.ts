import type { VerdictOutcome } from '@flakebench/contract'
import { cautionsFor, repeatCautions } from './cautions.ts'
import { reasonsAgainst } from './comparability.ts'
import { type Effect, effectOf, type GroupFigures } from './effect.ts'
import { amountWords, differencePercent, figureWords, metricWords } from './figureWords.ts'
import { isLatency, JUDGED_METRICS, type JudgedMetric, METRIC_TITLES } from './judgedMetrics.ts'
import type { RunToRun } from './runToRun.ts'
import { exactFigure, isMeasured, measuredOf, type Trial, type TrialGroup } from './trial.ts'
import { failureCautions } from './unmeasured.ts'

/** So many intervals in 100 hold the true difference, or more: on imagined runs. Reckoned with more than that (see `effectOf`), as blocks of short runs tell too little. */
export const CONFIDENCE_PERCENT = 95
/** Smaller differences are not called one, however sure: on no system do two runs agree more closely for long. Of logarithms; of an error rate, of the rate. */
const SMALLEST_CALLED = Math.log(1.01)
const SMALLEST_CALLED_RATE = 0.000_1
/** A verdict must be able to find this: else NO_EVIDENCE would say more than was looked at. */
const MUST_FIND = Math.log(1.1)
const MUST_FIND_RATE = 0.001
const MUST_FIND_OF_RATE = 0.1
/** Where not even a difference of so much would surely be found, the interval is of no use to anybody: three times as much, or 20 percentage points. */
const HOPELESS = Math.log(3)
const HOPELESS_RATE = 0.2

export interface Verdict {
  /** The candidate's. */
  readonly groupId: string
  readonly metric: JudgedMetric
  readonly title: string
  readonly outcome: VerdictOutcome
  /** Per second, milliseconds, or percent of the operations. */
  readonly baseline: number | null
  readonly candidate: number | null
  /** Of the candidate against the baseline; of the error rate percentage points. */
  readonly effectPercent: number | null
  readonly lowPercent: number | null
  readonly highPercent: number | null
  readonly confidencePercent: number
  /** What differs from run to run is not in the interval. */
  readonly isOfTheseRunsOnly: boolean
  /** Standard deviation from run to run of one configuration, and from how many runs that is known; of the error rate percentage points. */
  readonly runToRunPercent: number | null
  readonly runToRunRuns: number
  readonly sentence: string
  readonly reasons: readonly string[]
  readonly cautions: readonly string[]
}

/** A verdict for each metric of each group but the baseline's. */
export const decideVerdicts = (groups: readonly TrialGroup[]): Verdict[] => {
  const leftOut = groups.flatMap(({ trials }) => trials).filter(trial => !isMeasured(trial))
  const measured = groups.map(measuredOf)
  const baseline = measured.find(group => group.isBaseline)
  if (baseline === undefined) return []
  return measured
    .filter(group => group !== baseline)
    .flatMap(candidate => {
      const cautions = [
        ...leftOut.filter(({ run }) => isIn(groups, candidate, run.id) || isIn(groups, baseline, run.id)).map(leftOutWords),
        ...cautionsFor(baseline, candidate),
      ]
      return JUDGED_METRICS.map(metric => decideVerdict(metric, baseline, candidate, cautions))
    })
}

/** Whether the run is one of the group as it was, before what has no figures was left out. */
const isIn = (groups: readonly TrialGroup[], { id }: TrialGroup, runId: string): boolean =>
  groups.some(group => group.id === id && group.trials.some(({ run }) => run.id === runId))

const leftOutWords = ({ name }: Trial): string => `${name} has no figures, and is left out`

const decideVerdict = (metric: JudgedMetric, baseline: TrialGroup, candidate: TrialGroup, cautions: readonly string[]): Verdict => {
  const against = reasonsAgainst(metric, baseline, candidate)
  const found = against.length > 0 ? null : effectOf(metric, figuresOf(metric, baseline), figuresOf(metric, candidate))
  const outcome = found === null ? 'NOT_COMPARABLE' : outcomeOf(metric, found)
  const reasons = found !== null && outcome === 'NOT_COMPARABLE' ? [tooFewWords(metric, found)] : against
  const effect = found !== null && outcome === 'NOT_COMPARABLE' && isHopeless(metric, found) ? null : found
  const runToRun = found?.runToRun ?? null
  const shown = (own: TrialGroup, pooled: number | undefined): number | null => inUnit(metric, pooled ?? meanFigure(metric, own))
  return {
    groupId: candidate.id,
    metric,
    title: METRIC_TITLES[metric],
    outcome,
    baseline: shown(baseline, effect?.baseline),
    candidate: shown(candidate, effect?.candidate),
    effectPercent: effect === null ? null : differencePercent(metric, effect.difference),
    lowPercent: effect === null ? null : differencePercent(metric, effect.low),
    highPercent: effect === null ? null : differencePercent(metric, effect.high),
    confidencePercent: CONFIDENCE_PERCENT,
    isOfTheseRunsOnly: effect !== null && runToRun === null,
    runToRunPercent: runToRun === null ? null : differencePercent(metric, runToRun.deviation),
    runToRunRuns: runToRun?.runs ?? 0,
    sentence: sentenceOf(metric, outcome, effect, reasons),
    reasons,
    cautions: [
      ...(isLatency(metric) ? failureCautions([...baseline.trials, ...candidate.trials]) : []),
      ...cautions,
      ...repeatCautions(baseline, candidate, runToRun),
    ],
  }
}

/**
 * A difference is called when the interval leaves zero out and it is at least 1 %. Where none is called, it must be sure that one of 10 % (of an error rate
 * also one of 0.1 percentage points) would have been: otherwise there is nothing to say.
 */
const outcomeOf = (metric: JudgedMetric, { baseline, difference, low, high, surelyFound }: Effect): VerdictOutcome => {
  const isRate = metric === 'ERROR_RATE'
  if (isSure({ low, high }) && Math.abs(difference) >= smallestCalled(metric))
    return difference > 0 === (metric === 'QPS') ? 'BETTER' : 'WORSE'
  const mustFind = isRate ? Math.max(MUST_FIND_OF_RATE * baseline, MUST_FIND_RATE) : MUST_FIND
  return surelyFound <= mustFind ? 'NO_EVIDENCE' : 'NOT_COMPARABLE'
}

const isSure = ({ low, high }: Pick<Effect, 'low' | 'high'>): boolean => low > 0 || high < 0
const smallestCalled = (metric: JudgedMetric): number => (metric === 'ERROR_RATE' ? SMALLEST_CALLED_RATE : SMALLEST_CALLED)

const figuresOf = (metric: JudgedMetric, { trials, others }: TrialGroup): GroupFigures => ({
  trials: trials.flatMap(trial => {
    const [figure, spread] = [exactFigure(metric, trial), trial.spread.figures[metric]]
    return figure === null || spread === undefined ? [] : [{ figure, variance: spread.variance, degrees: spread.degrees }]
  }),
  others: others.flatMap(({ spread }) => spread.figures[metric]?.figure ?? []),
})

/** Of groups that may not be compared: what there is. */
const meanFigure = (metric: JudgedMetric, { trials }: TrialGroup): number | null => {
  const figures = trials.map((trial: Trial) => exactFigure(metric, trial)).filter(figure => figure !== null)
  return figures.length === 0 ? null : figures.reduce((total, figure) => total + figure, 0) / figures.length
}

const inUnit = (metric: JudgedMetric, figure: number | null): number | null =>
  figure === null ? null : metric === 'ERROR_RATE' ? 100 * figure : figure

const isHopeless = (metric: JudgedMetric, { surelyFound }: Pick<Effect, 'surelyFound'>): boolean =>
  !(surelyFound <= (metric === 'ERROR_RATE' ? HOPELESS_RATE : HOPELESS))

const tooFewWords = (metric: JudgedMetric, effect: Effect): string => {
  const { surelyFound, isWideByRuns, runToRun } = effect
  const words = !isWideByRuns || runToRun === null ? FEW_SAMPLES : fewTrialsWords(runToRun)
  if (isHopeless(metric, effect)) return words.hopeless
  const least = amountWords(metric, differencePercent(metric, surelyFound))
  return `${words.swing} that only a difference of ${least} or more would surely be found; ${words.remedy}`
}

interface FewWords {
  /** Where nothing can be told at all. */
  readonly hopeless: string
  /** Before: that only a difference of so much would be found. */
  readonly swing: string
  readonly remedy: string
}

const FEW_SAMPLES: FewWords = {
  hopeless: 'Too few samples: the runs are too short for how much their figures swing; measure longer, or repeat the runs',
  swing: 'Too few samples: the figures swing so much',
  remedy: 'measure longer, or repeat the runs',
}

const fewTrialsWords = ({ degrees, isFromOthers }: RunToRun): FewWords => {
  const remedy = 'repeat the runs'
  if (degrees < 2)
    return {
      hopeless: `Too few trials to know how far they differ from each other; ${remedy}`,
      swing: 'Too few trials to know how far they differ from each other, so',
      remedy,
    }
  const who = isFromOthers ? 'other runs of the same configurations' : 'they'
  return {
    hopeless: `Too few trials: ${who} differ too much from each other to tell anything; ${remedy}`,
    swing: `Too few trials: ${who} differ so much from each other`,
    remedy,
  }
}

const sentenceOf = (metric: JudgedMetric, outcome: VerdictOutcome, effect: Effect | null, reasons: readonly string[]): string => {
  if (effect === null || outcome === 'NOT_COMPARABLE')
    return `${capital(metricWords(metric))} cannot be compared. ${reasons[0] ?? 'It has no figure on one side'}.`
  const { baseline, candidate, difference, low, high } = effect
  const figures = `${figureWords(metric, candidate)} against ${figureWords(metric, baseline)}`
  const scope = effect.runToRun === null ? ', for these two runs alone' : ''
  const interval = `${rangeWords(metric, low, high)} with ${CONFIDENCE_PERCENT} % confidence${scope}`
  const smallest = amountWords(metric, differencePercent(metric, smallestCalled(metric)))
  if (outcome === 'NO_EVIDENCE' && isSure(effect))
    return `${capital(metricWords(metric))} differs by less than ${smallest}, too little to be called: ${figures}; ${interval}.`
  if (outcome === 'NO_EVIDENCE') return `No evidence of a difference in ${metricWords(metric)}: ${figures}; ${interval}.`
  const percent = differencePercent(metric, difference)
  return `${capital(metricWords(metric))} is ${amountWords(metric, percent)} ${wayWord(percent)}: ${figures}; ${interval}.`
}

/** `between 8 % and 15 % lower`, `between 4 % lower and 3 % higher`. */
const rangeWords = (metric: JudgedMetric, low: number, high: number): string => {
  const [least, most] = [differencePercent(metric, low), differencePercent(metric, high)]
  const words = (percent: number): string => amountWords(metric, percent)
  if (least > 0) return `between ${words(least)} and ${words(most)} higher`
  if (most < 0) return `between ${words(most)} and ${words(least)} lower`
  return `between ${words(least)} lower and ${words(most)} higher`
}

const wayWord = (percent: number): string => (percent > 0 ? 'higher' : 'lower')
const capital = (words: string): string => (/^p\d/.test(words) ? words : words.charAt(0).toUpperCase() + words.slice(1))
