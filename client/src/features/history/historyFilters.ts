import type { RunListFilter } from '../../api/documents/runListDocuments.ts'
import { TABLE_WORDS } from '../../ui/words/kinds.ts'
import type { RunStatus } from '../../ui/words/statuses.ts'

type Among<Name extends keyof RunListFilter> = NonNullable<RunListFilter[Name]> extends readonly (infer Each)[] ? Each : never

export const STATUS_KEYS = ['active', 'ready', 'completed', 'failed', 'cancelled'] as const
export type StatusKey = (typeof STATUS_KEYS)[number]

/** What a reader tells apart, and the statuses that each stands for. */
export const STATUS_CHOICES: readonly { readonly key: StatusKey; readonly word: string; readonly statuses: readonly RunStatus[] }[] = [
  { key: 'active', word: 'Active', statuses: ['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING'] },
  { key: 'ready', word: 'Ready', statuses: ['PREPARED'] },
  { key: 'completed', word: 'Completed', statuses: ['COMPLETED'] },
  { key: 'failed', word: 'Failed', statuses: ['FAILED'] },
  { key: 'cancelled', word: 'Cancelled', statuses: ['CANCELLED'] },
]

export const ACTIVE_STATUSES = STATUS_CHOICES.find(choice => choice.key === 'active')?.statuses ?? []

export const TABLE_TYPES = [
  'STANDARD',
  'HYBRID',
  'INTERACTIVE',
  'DYNAMIC',
  'VIEW',
  'POSTGRES',
] as const satisfies readonly Among<'tableType'>[]
export const LOAD_MODES = ['CONCURRENCY', 'QPS', 'FIND_MAX_CONCURRENCY'] as const satisfies readonly Among<'loadMode'>[]
export const SCALING_MODES = ['AUTO', 'BOUNDED', 'FIXED'] as const satisfies readonly Among<'scaling'>[]

export const LOAD_WORDS: Readonly<Record<(typeof LOAD_MODES)[number], string>> = {
  CONCURRENCY: 'Connections',
  QPS: 'Rate (QPS)',
  FIND_MAX_CONCURRENCY: 'Find max',
}
export const SCALING_WORDS: Readonly<Record<(typeof SCALING_MODES)[number], string>> = {
  AUTO: 'Auto',
  BOUNDED: 'Bounded',
  FIXED: 'Fixed',
}

/** One of what a filter lets choose. */
export interface FilterChoice<Key extends string = string> {
  readonly key: Key
  readonly word: string
  /** How many runs have it, where that is known. */
  readonly count?: number
}

const choices = <Key extends string>(keys: readonly Key[], words: Readonly<Record<Key, string>>): readonly FilterChoice<Key>[] =>
  keys.map(key => ({ key, word: words[key] }))

export const TABLE_CHOICES = choices(TABLE_TYPES, TABLE_WORDS)
export const LOAD_CHOICES = choices(LOAD_MODES, LOAD_WORDS)
export const SCALING_CHOICES = choices(SCALING_MODES, SCALING_WORDS)

/** What there is to choose, and what is chosen though no run has it any more. */
export const withChosen = (known: readonly FilterChoice[], chosen: readonly string[]): readonly FilterChoice[] => [
  ...known,
  ...chosen.filter(key => !known.some(choice => choice.key === key)).map(key => ({ key, word: key })),
]

/** What its chip says: the one that is chosen, the first of several and how many more; nothing where none is. */
export const chosenText = (known: readonly FilterChoice[], chosen: readonly string[]): string => {
  const words = known.filter(choice => chosen.includes(choice.key)).map(choice => choice.word)
  const [first = ''] = words
  return words.length > 1 ? `${first} +${words.length - 1}` : first
}
