import type { RunState } from '../../stores/runState.ts'
import { isTerminal } from '../../stores/runState.ts'
import type { PhaseStep, StepState } from '../../ui/parts/phaseStep.ts'
import { shortClockText } from '../../ui/words/durations.ts'

const PHASES = ['PREPARING', 'WARMUP', 'MEASUREMENT', 'PROCESSING', 'COMPLETED'] as const
type Phase = (typeof PHASES)[number]

const WORDS: Readonly<Record<Phase, string>> = {
  PREPARING: 'Preparing',
  WARMUP: 'Warmup',
  MEASUREMENT: 'Running',
  PROCESSING: 'Processing',
  COMPLETED: 'Completed',
}

interface Span {
  readonly fromMs: number | null
  readonly toMs: number | null
}

const moment = (text: string | null): number | null => (text === null ? null : Date.parse(text))

/** Shorter than planned by more than this the measurement was cut. */
const CUT_MS = 1_000

/** As planned, unless nothing was, or less was measured. */
const measurementEnd = (timing: RunState['timing'], measuredSeconds: number | null): number | null => {
  const began = moment(timing.measurementStartsAt)
  const planned = moment(timing.measurementEndsAt)
  if (began === null || measuredSeconds === null || measuredSeconds <= 0) return planned
  const measuredMs = began + measuredSeconds * 1_000
  return planned === null || measuredMs < planned - CUT_MS ? measuredMs : planned
}

/** When each phase began and ended, or is due to end; null where that is open. */
const phaseSpans = ({ timing, phase }: RunState, measuredSeconds: number | null): Readonly<Record<Phase, Span>> => {
  const began = moment(timing.startRequestedAt)
  const started = moment(timing.startedAt)
  const measured = moment(timing.measurementStartsAt)
  const ended = moment(timing.endedAt)
  const measuredUntil = measurementEnd(timing, measuredSeconds)
  /** What was planned for later than the end did not happen. */
  const cut = (planned: number | null): number | null => (ended === null ? planned : Math.min(planned ?? ended, ended))
  const cutMs = cut(measuredUntil)
  const processingFrom = phase === 'PROCESSING' ? (moment(timing.phaseStartedAt) ?? cutMs) : cutMs
  return {
    PREPARING: { fromMs: began, toMs: cut(started) },
    WARMUP: { fromMs: started, toMs: cut(measured) },
    MEASUREMENT: { fromMs: measured, toMs: phase === 'PROCESSING' ? processingFrom : cutMs },
    PROCESSING: { fromMs: processingFrom, toMs: ended },
    COMPLETED: { fromMs: ended, toMs: ended },
  }
}

/** The phase that a failed or cancelled run did not get past. */
const endedIn = (state: RunState, spans: Readonly<Record<Phase, Span>>): Phase => {
  const endMs = moment(state.timing.endedAt) ?? Number.POSITIVE_INFINITY
  const wasReached = (phase: Phase): boolean => (spans[phase].fromMs ?? Number.POSITIVE_INFINITY) < endMs
  const isPastMeasurement =
    state.status === 'FAILED' &&
    (moment(state.timing.measurementEndsAt) ?? endMs) <= (spans.MEASUREMENT.toMs ?? endMs) &&
    (spans.MEASUREMENT.toMs ?? endMs) < endMs
  if (wasReached('MEASUREMENT')) return isPastMeasurement ? 'PROCESSING' : 'MEASUREMENT'
  return wasReached('WARMUP') ? 'WARMUP' : 'PREPARING'
}

const stepState = (at: number, current: number, state: RunState): StepState => {
  if (state.status === 'COMPLETED') return 'DONE'
  if (at < current) return 'DONE'
  if (at > current) return isTerminal(state.status) ? 'SKIPPED' : 'PENDING'
  if (state.status === 'FAILED') return 'FAILED'
  return state.status === 'CANCELLED' ? 'STOPPED' : 'CURRENT'
}

const stepTimer = (span: Span, stepIs: StepState, nowMs: number, phase: Phase): { timer: string; progress: number | null } => {
  if (span.fromMs === null || phase === 'COMPLETED' || stepIs === 'PENDING' || stepIs === 'SKIPPED') return { timer: '', progress: null }
  if (stepIs !== 'CURRENT') return { timer: span.toMs === null ? '' : shortClockText((span.toMs - span.fromMs) / 1_000), progress: null }
  const untilMs = span.toMs === null ? nowMs : Math.min(nowMs, span.toMs)
  const elapsedMs = Math.max(0, untilMs - span.fromMs)
  const hasEnd = span.toMs !== null && (phase === 'WARMUP' || phase === 'MEASUREMENT')
  if (!hasEnd || span.toMs === null) return { timer: shortClockText(elapsedMs / 1_000), progress: null }
  const totalMs = Math.max(1, span.toMs - span.fromMs)
  return { timer: `${shortClockText(elapsedMs / 1_000)} / ${shortClockText(totalMs / 1_000)}`, progress: Math.min(1, elapsedMs / totalMs) }
}

/** The five phases of a run with their timers at `nowMs` of the server's clock. `measuredSeconds`: of a run that is over, as its result has it. */
export const phaseSteps = (state: RunState, nowMs: number, measuredSeconds: number | null = null): readonly PhaseStep[] => {
  const spans = phaseSpans(state, isTerminal(state.status) ? measuredSeconds : null)
  const isCutShort = state.status === 'FAILED' || state.status === 'CANCELLED'
  const current = PHASES.indexOf(isCutShort ? endedIn(state, spans) : state.phase)
  return PHASES.map((phase, at) => {
    // What was measured of a run that was cut short was processed all the same.
    const wasProcessed =
      phase === 'PROCESSING' && isCutShort && PHASES[current] === 'MEASUREMENT' && measuredSeconds !== null && measuredSeconds > 0
    const stepIs = wasProcessed ? 'DONE' : stepState(at, current, state)
    return { phase, word: WORDS[phase], state: stepIs, ...stepTimer(spans[phase], stepIs, nowMs, phase) }
  })
}

/** The one timer of the whole run and, while load is still to come, how long it is expected to take. */
export const totalTimer = (
  state: RunState,
  nowMs: number,
): { readonly elapsedSeconds: number; readonly expectedSeconds: number | null } | null => {
  const { timing } = state
  const began = moment(timing.startRequestedAt)
  if (began === null) return null
  if (isTerminal(state.status)) return { elapsedSeconds: timing.elapsedSeconds, expectedSeconds: null }
  const measuredUntil = moment(timing.measurementEndsAt)
  const planned = timing.warmupSeconds + timing.durationSeconds
  const isOpen = state.phase === 'PROCESSING' || state.status === 'STOPPING' || state.status === 'CANCELLING'
  return {
    elapsedSeconds: Math.max(0, (nowMs - began) / 1_000),
    expectedSeconds: isOpen ? null : measuredUntil === null ? planned : (measuredUntil - began) / 1_000,
  }
}
