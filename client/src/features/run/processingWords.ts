import type { Processing } from '../../api/documents/runFields.ts'
import { countText } from '../../ui/words/numbers.ts'

type Step = Processing['step']

/** In the order in which they are done. */
export const PROCESSING_STEPS = ['EXECUTIONS', 'ENRICHMENT', 'FIGURES'] as const satisfies readonly Step[]

const WORDS: Readonly<Record<Step, string>> = {
  EXECUTIONS: 'Loading executions',
  ENRICHMENT: 'Asking the system under test what it recorded',
  FIGURES: 'Working out the figures',
}

interface ProcessingView {
  readonly at: number
  readonly words: string
  /** 120,000 of 500,000; empty where nothing is counted. */
  readonly counts: string
  /** 0–1 of this step; null: not known. */
  readonly progress: number | null
}

export const processingView = ({ step, done, total }: Processing): ProcessingView => ({
  at: PROCESSING_STEPS.indexOf(step),
  words: WORDS[step],
  counts: total === null ? (done > 0 ? countText(done) : '') : total > 0 ? `${countText(done)} of ${countText(total)}` : '',
  progress: total === null || total <= 0 ? null : Math.min(1, done / total),
})
