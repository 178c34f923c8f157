import type { TemplateDraft } from '../../stores/newDraft.ts'

type Advanced = TemplateDraft['advanced']
type NumberKey = { [Key in keyof Advanced]: Advanced[Key] extends number | null ? Key : never }[keyof Advanced]

export interface AdvancedField {
  readonly key: NumberKey
  readonly label: string
  readonly unit?: string
  /** What the server takes for a blank. */
  readonly usual: string
  readonly hint: string
  readonly isDecimal?: boolean
}

/** Of the statements that are sent. */
export const STATEMENT_FIELDS: readonly AdvancedField[] = [
  { key: 'seed', label: 'Seed', usual: 'a new one each run', hint: 'Same seed, same values in the same order' },
  { key: 'rangeSize', label: 'Range scan spans', unit: 'keys', usual: '100', hint: 'From the key that was chosen' },
  { key: 'statementTimeoutSeconds', label: 'Statement timeout', unit: 'seconds', usual: '60', hint: 'A slower one counts as an error' },
  { key: 'connectTimeoutSeconds', label: 'Connect timeout', unit: 'seconds', usual: '15', hint: 'To open one connection' },
]

/** Of the run and its workers. */
export const RUN_FIELDS: readonly AdvancedField[] = [
  {
    key: 'metricsIntervalSeconds',
    label: 'Figures every',
    unit: 'seconds',
    usual: '1',
    hint: 'How fine the charts are',
    isDecimal: true,
  },
  { key: 'startupTimeoutSeconds', label: 'Start within', unit: 'seconds', usual: '120', hint: 'Else the run fails before it begins' },
  { key: 'drainTimeoutSeconds', label: 'Drain for', unit: 'seconds', usual: '120', hint: 'Statements under way may end, at most so long' },
  {
    key: 'controlLossSeconds',
    label: 'Stop when cut off for',
    unit: 'seconds',
    usual: '30',
    hint: 'A worker that hears nothing sends nothing',
  },
]

export const LOSS_CHOICES = [
  { key: 'FAIL', word: 'The run fails' },
  { key: 'CONTINUE', word: 'The others go on' },
  { key: 'REPLACE', word: 'It is replaced' },
] as const
