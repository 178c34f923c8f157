import type { CompletionReason } from '../../api/documents/runDocuments.ts'
import type { RunState } from '../../stores/runState.ts'
import { asSentence } from '../../ui/words/sentences.ts'

const ADVICE: Readonly<Record<CompletionReason, string>> = {
  DURATION_ELAPSED: '',
  BOUNDS_LIMIT_REACHED: 'Raise the most workers or connections in the template to go further.',
  FIND_MAX_DONE: '',
  SOFT_GUARDRAIL_DEGRADED: 'The load was lowered to spare the load generator: use more workers or fewer connections.',
  RESOURCE_EXHAUSTION: 'The load generator ran out of CPU or memory: use fewer connections, or workers on more machines.',
  SLO_ABORT: 'An objective of the template was missed for too long.',
  USER_REQUESTED: '',
  WORKER_FAILURE: 'Open the worker marked below to read its last error, then run again.',
  STARTUP_FAILURE: 'Mend that, then run again.',
}

/** Completed, but not as the plan has it. The panel of a search tells how that ended. */
const SHORT_OF_ITS_COURSE: Readonly<Partial<Record<CompletionReason, string>>> = {
  BOUNDS_LIMIT_REACHED: 'Bounds reached',
  SOFT_GUARDRAIL_DEGRADED: 'Completed, degraded',
}

const FIGURES_BELOW = 'What was measured until then is below.'
const LOOK_BELOW = 'Look at the workers and the errors below, then run again.'

export interface Ending {
  readonly title: string
  readonly sentence: string
  readonly advice: string
  readonly tone: 'bad' | 'warn'
}

/** Why a run ended otherwise than planned, and what to do; null when it ran its full course or still runs. */
export const endingOf = ({ status, completionReason, cancellationReason, aggregateMetrics }: RunState): Ending | null => {
  const isCutShort = status === 'CANCELLED' || completionReason === 'SLO_ABORT'
  const advice = [
    completionReason === null ? (status === 'FAILED' ? LOOK_BELOW : '') : ADVICE[completionReason],
    isCutShort && aggregateMetrics !== null ? FIGURES_BELOW : '',
  ]
    .filter(sentence => sentence !== '')
    .join(' ')
  if (status === 'FAILED') {
    return { title: 'Failed', sentence: asSentence(cancellationReason ?? 'The run failed without giving a reason'), advice, tone: 'bad' }
  }
  if (status === 'CANCELLED') {
    return { title: 'Cancelled', sentence: asSentence(cancellationReason ?? 'The run was stopped on request'), advice, tone: 'warn' }
  }
  const title = completionReason === null ? undefined : SHORT_OF_ITS_COURSE[completionReason]
  if (status === 'COMPLETED' && completionReason !== 'FIND_MAX_DONE' && (cancellationReason !== null || title !== undefined)) {
    const sentence = cancellationReason ?? 'The run did not reach what its plan asks for'
    return { title: title ?? 'Ended early', sentence: asSentence(sentence), advice, tone: 'warn' }
  }
  return null
}
