import type { DraftParameter } from '../../stores/newDraft.ts'

export type Strategy = DraftParameter['strategy']
type ParameterField = Exclude<keyof DraftParameter, 'name' | 'position' | 'strategy'>

interface StrategyLook {
  readonly word: string
  /** What it does, in a few words. */
  readonly does: string
  readonly fields: readonly ParameterField[]
}

/** Each way to choose a value, and the fields that it takes. */
export const STRATEGIES: Readonly<Record<Strategy, StrategyLook>> = {
  LITERAL: { word: 'Always the same', does: 'one value', fields: ['value'] },
  CHOICE: { word: 'One of a list', does: 'each as often as the others', fields: ['values'] },
  WEIGHTED_SAMPLE: {
    word: 'One of a list, weighted',
    does: 'by weights, or as often as in a column',
    fields: ['values', 'weights', 'column'],
  },
  RANDOM_NUMERIC: { word: 'Random number', does: 'between two bounds', fields: ['min', 'max', 'integer'] },
  RANDOM_IN_RANGE: {
    word: 'Random within a range',
    does: 'of bounds, or of a column’s keys or times',
    fields: ['min', 'max', 'integer', 'column'],
  },
  SAMPLE_FROM_TABLE: { word: 'Value from the table', does: 'as it is in a column', fields: ['column'] },
  OFFSET_FROM_PREVIOUS: { word: 'Offset from another value', does: 'plus a number, or days', fields: ['dependsOn', 'offsets'] },
}

export const takes = (strategy: Strategy, field: ParameterField): boolean => STRATEGIES[strategy].fields.includes(field)

export const newParameter = (): DraftParameter => ({
  name: null,
  position: null,
  strategy: 'LITERAL',
  value: null,
  values: null,
  weights: null,
  column: null,
  min: null,
  max: null,
  integer: true,
  dependsOn: null,
  offsets: null,
})

/** The same parameter under another strategy: what that does not take is not kept. */
export const underStrategy = (parameter: DraftParameter, strategy: Strategy): DraftParameter => {
  const kept = Object.fromEntries(STRATEGIES[strategy].fields.map(field => [field, parameter[field]]))
  return { ...newParameter(), name: parameter.name, position: parameter.position, ...kept, strategy }
}

type Scalar = string | number | boolean | null

/** What a person means: a number is a number, quotes make it text. */
export const scalarIn = (text: string): Scalar => {
  const plain = text.trim()
  if (plain === '' || plain === 'null') return null
  if (plain === 'true' || plain === 'false') return plain === 'true'
  if (/^-?\d+(\.\d+)?$/.test(plain) && String(Number(plain)) === plain) return Number(plain)
  const quoted = /^(['"])(.*)\1$/s.exec(plain)
  return quoted === null ? plain : (quoted[2] ?? '')
}

/** A value as `scalarIn` would read it again. */
export const scalarText = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  return scalarIn(value) === value ? value : `'${value}'`
}

/** Values separated by commas, or one a line. */
export const scalarsIn = (text: string): Scalar[] | null => {
  const parts = text.split(text.includes('\n') ? /\n/ : /,/).map(part => part.trim())
  const given = parts.filter(part => part !== '')
  return given.length === 0 ? null : given.map(scalarIn)
}
export const scalarsText = (values: readonly unknown[] | null): string =>
  (values ?? []).map(value => (value === null ? 'null' : scalarText(value))).join(', ')

const numberParts = (text: string): readonly string[] => text.split(/[\s,]+/).filter(part => part !== '')

/** Numbers separated by commas; what is none is told by `noNumberIn`. */
export const numbersIn = (text: string): number[] | null => {
  const numbers = numberParts(text).map(Number).filter(Number.isFinite)
  return numbers.length === 0 ? null : numbers
}
/** What is no number in a list of numbers, in words; null: all are. */
export const noNumberIn = (text: string): string | null => {
  const wrong = numberParts(text).find(part => !Number.isFinite(Number(part)))
  return wrong === undefined ? null : `Must be numbers: “${wrong}” is none`
}
