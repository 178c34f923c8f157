import type { ControllerStep, FindMaxController, FindMaxStep } from '../../api/documents/loadFields.ts'
import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { CurveMark, CurvePoint } from '../../ui/charts/curveTypes.ts'
import type { CsvCell, CsvTable } from '../../ui/words/csv.ts'
import { shortClockText, spanText } from '../../ui/words/durations.ts'
import { countText } from '../../ui/words/numbers.ts'
import { connectionsText } from '../../ui/words/plans.ts'
import { didHold, didNotHold } from './stepWords.ts'

/** What the step under way is doing at a moment, and how far it is. */
interface StepProgress {
  readonly word: string
  /** Until it is judged, m:ss; empty where that is open. */
  readonly countdown: string
  /** 0–1 of the observation; null before it began. */
  readonly progress: number | null
}

export const stepProgress = (step: FindMaxStep, nowMs: number): StepProgress => {
  const observedMs = step.observedFrom === null ? null : Date.parse(step.observedFrom)
  const endsMs = step.endsAt === null ? null : Date.parse(step.endsAt)
  if (observedMs === null || endsMs === null) return { word: 'Opening connections', countdown: '', progress: null }
  const countdown = shortClockText(Math.max(0, Math.ceil((endsMs - nowMs) / 1_000)))
  if (nowMs < observedMs) return { word: 'Settling', countdown, progress: 0 }
  if (nowMs >= endsMs) return { word: 'Judging', countdown: '0:00', progress: 1 }
  return { word: 'Observing', countdown, progress: (nowMs - observedMs) / Math.max(1, endsMs - observedMs) }
}

/** What comes after the step, as "45 if it holds, 30 if not". */
export const nextText = ({ nextIfGood, nextIfBad }: Pick<FindMaxStep, 'nextIfGood' | 'nextIfBad'>): string => {
  const after = (target: number | null): string => (target === null ? 'the end' : countText(target))
  if (nextIfGood === nextIfBad) return nextIfGood === null ? 'the search ends' : countText(nextIfGood)
  return `${after(nextIfGood)} if it holds, ${after(nextIfBad)} if not`
}

const times = (count: number): string => (count === 1 ? 'once' : `${countText(count)} times`)

/** Why the step takes longer than others; empty where it does not. */
export const delayText = ({ extensions, repeats }: Pick<FindMaxStep, 'extensions' | 'repeats'>): string =>
  [
    extensions > 0 ? `extended ${times(extensions)} for want of operations` : '',
    repeats > 0 ? `begun anew ${times(repeats)}: what was seen did not speak of the database` : '',
  ]
    .filter(part => part !== '')
    .join('; ')

/** What the search is going to do, before its first step. */
export const searchPlanText = ({ load }: RunPlan): string => {
  const { startConnections, connectionsIncrement, stepDurationSeconds } = load.findMax
  return `The search begins at ${connectionsText(startConnections)} and adds ${countText(connectionsIncrement)} every ${spanText(stepDurationSeconds)}, as long as the database holds.`
}

/** The step that held with the most connections so far: the newest of them. */
export const bestStep = ({ steps, lastGood }: Pick<FindMaxController, 'steps' | 'lastGood'>): ControllerStep | null =>
  steps.findLast(step => step.toConnections === lastGood && didHold(step)) ?? null

/** One point for each done step, by connections; steps at one target in the order they were done. */
export const curvePoints = (steps: readonly ControllerStep[]): readonly CurvePoint[] =>
  steps
    .filter(step => step.observedSeconds > 0)
    .map(step => ({
      x: step.toConnections,
      step: step.stepNumber,
      qps: step.qps,
      p95Ms: step.p95Ms,
      look: didHold(step) ? ('good' as const) : didNotHold(step) ? ('bad' as const) : ('void' as const),
    }))
    .sort((a, b) => a.x - b.x || a.step - b.step)

/** What stands out on the curve: the best target, the first that did not hold, and the one under way. */
export const curveMarks = ({ result, lastGood, firstBad, step }: FindMaxController, isOver: boolean): readonly CurveMark[] => {
  const best = result?.connections ?? lastGood
  const bestWord = isOver || result !== null ? 'best' : 'best so far'
  return [
    ...(best === null ? [] : [{ x: best, words: `${bestWord} ${countText(best)}`, colour: 'good' as const }]),
    ...(firstBad === null ? [] : [{ x: firstBad, words: `${countText(firstBad)} did not hold`, colour: 'bad' as const }]),
    ...(isOver || step === null || step.targetConnections === best || step.targetConnections === firstBad
      ? []
      : [{ x: step.targetConnections, words: `now ${countText(step.targetConnections)}`, colour: 'accent' as const }]),
  ]
}

const STEP_COLUMNS: readonly (readonly [head: string, cell: (step: ControllerStep) => CsvCell])[] = [
  ['step', step => step.stepNumber],
  ['purpose', step => step.purpose],
  ['connections', step => step.toConnections],
  ['workers', step => step.workers],
  ['observed_from_seconds', step => step.elapsedSeconds - step.observedSeconds],
  ['observed_to_seconds', step => step.elapsedSeconds],
  ['operations', step => step.operations],
  ['qps', step => step.qps],
  ['qps_vs_best_percent', step => step.qpsVsPriorPercent],
  ['p50_ms', step => step.p50Ms],
  ['p95_ms', step => step.p95Ms],
  ['p95_vs_base_percent', step => step.p95VsBaselinePercent],
  ['p99_ms', step => step.p99Ms],
  ['error_rate', step => step.errorRate],
  ['client_limited_seconds', step => step.clientLimitedSeconds],
  ['outcome', step => step.outcome],
  ['reason', step => step.reason],
]

/** The done steps: also what the curve draws. */
export const stepsCsv = (steps: readonly ControllerStep[]): CsvTable => ({
  columns: STEP_COLUMNS.map(([head]) => head),
  rows: steps.map(step => STEP_COLUMNS.map(([, cell]) => cell(step))),
})
