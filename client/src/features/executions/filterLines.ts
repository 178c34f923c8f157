import type { ExecutionView } from '../../stores/executionView.ts'
import { KIND_WORDS, labelWord } from '../../ui/words/kinds.ts'

/** A filter that no box above shows: what it asks for, and the change that takes it away. */
export interface FilterLine {
  readonly path: 'kinds' | 'labels'
  readonly intro: string
  readonly text: string
  readonly without: string
  readonly clear: Partial<ExecutionView>
}

/** A box holds one of what it offers, and nothing else. */
const fitsBox = (chosen: readonly string[], offered: readonly string[]): boolean =>
  chosen.length === 0 || (chosen.length === 1 && chosen.every(each => offered.includes(each)))

/** `kinds` and `labels`: what the boxes offer. */
export const filterLines = (view: ExecutionView, kinds: readonly string[], labels: readonly string[]): readonly FilterLine[] => [
  ...(fitsBox(view.kinds, kinds)
    ? []
    : [
        {
          path: 'kinds',
          intro: view.kinds.length === 1 ? 'Only of the kind' : 'Of the kinds',
          text: view.kinds.map(kind => KIND_WORDS[kind]).join(', '),
          without: 'Of any kind',
          clear: { kinds: [] },
        } as const,
      ]),
  ...(fitsBox(view.labels, labels)
    ? []
    : [
        {
          path: 'labels',
          intro: view.labels.length === 1 ? 'Only the operation' : 'Only the operations',
          text: view.labels.map(labelWord).join(', '),
          without: 'Any operation',
          clear: { labels: [] },
        } as const,
      ]),
]
