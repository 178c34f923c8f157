import type { ValuePools } from '../api/documents/templateDocuments.ts'
import { oldText } from '../ui/words/durations.ts'
import { countText } from '../ui/words/numbers.ts'
import { asSentence } from '../ui/words/sentences.ts'
import type { Look } from '../ui/words/statuses.ts'

/** How the value pools of a template are told: a mark, one sentence, what to do. */
export interface PoolsLook extends Look {
  readonly status: 'NONE' | 'PREPARING' | 'READY' | 'STALE' | 'FAILED'
  /** What follows the word, with the mark between them: ", 12,000 values, 2 days old". */
  readonly text: string
  /** What else there is to know, as what to do; may be empty. */
  readonly advice: string
  /** What the pools hold, or why they are needed, line by line. */
  readonly title: string
  /** What the button says; null while there is nothing to press. */
  readonly action: string | null
  /** 0–1 while they are being prepared, once it is known how much there is to do. */
  readonly progress: number | null
}

const KIND_WORDS = { KEY: 'keys', RANGE: 'moments', ROW: 'whole rows', COLUMN: 'values' } as const

const holdings = ({ pools }: ValuePools): string =>
  pools.map(({ kind, column, size }) => `${countText(size)} ${KIND_WORDS[kind]}${column === null ? '' : ` of ${column}`}`).join('\n')

const counted = (values: number): string => `${countText(values)} ${values === 1 ? 'value' : 'values'}`
const THE_ONES_BEFORE = 'Until then runs draw from the pools before.'
const NO_RUN = 'No run can be prepared before that.'

const preparing = ({ valuesPlanned, valuesStored, isUsable, needed }: ValuePools): Omit<PoolsLook, 'title'> => {
  const advice = isUsable ? THE_ONES_BEFORE : needed ? NO_RUN : ''
  const text = valuesPlanned === 0 ? ', looking at the table' : `, ${countText(valuesStored)} of ${counted(valuesPlanned)}`
  return {
    status: 'PREPARING',
    word: 'preparing',
    icon: 'dots',
    tone: 'accent',
    text: advice === '' ? text : asSentence(text),
    advice,
    action: null,
    progress: valuesPlanned === 0 ? null : Math.min(1, valuesStored / valuesPlanned),
  }
}

const ready = (pools: ValuePools, nowMs: number): Omit<PoolsLook, 'title'> => {
  const values = counted(pools.valuesStored)
  if (!pools.isStale) {
    const age = pools.preparedAt === null ? '' : `, ${oldText(Date.parse(pools.preparedAt), nowMs)}`
    const text = pools.hint === null ? `, ${values}${age}` : `, ${values}, ${asSentence(pools.hint)}`
    return { status: 'READY', word: 'ready', icon: 'check', tone: 'good', text, advice: '', action: 'Prepare again', progress: null }
  }
  const advice = pools.isUsable
    ? 'Prepare them again.'
    : pools.needed
      ? 'Prepare them again: a run needs them.'
      : 'Prepare them again, or runs go without.'
  const why = ` because ${asSentence(pools.staleBecause ?? 'the table or the template has changed')}`
  return { status: 'STALE', word: 'stale', icon: 'alert', tone: 'warn', text: why, advice, action: 'Prepare again', progress: null }
}

/** Null for a template that needs no value pools and has none. */
export const poolsLook = (pools: ValuePools, nowMs: number): PoolsLook | null => {
  if (pools.status === 'PREPARING') return { ...preparing(pools), title: '' }
  if (pools.status === 'READY') return { ...ready(pools, nowMs), title: holdings(pools) }
  if (pools.status === 'FAILED') {
    const advice = pools.isUsable ? 'Runs draw from the pools before.' : ''
    const text = `: ${asSentence(pools.error ?? 'the preparation gave no reason')}`
    return {
      status: 'FAILED',
      word: 'failed',
      icon: 'cross',
      tone: 'bad',
      text,
      advice,
      title: '',
      action: 'Prepare again',
      progress: null,
    }
  }
  if (!pools.needed) return null
  return {
    status: 'NONE',
    word: 'missing',
    icon: 'alert',
    tone: 'warn',
    text: ': the runs of this template draw from them.',
    advice: 'Prepare them before the first run.',
    title: pools.neededBecause.join('\n'),
    action: 'Prepare',
    progress: null,
  }
}
