import type { DraftOperations } from '../../stores/newDraft.ts'
import type { OperationKind, TableType } from '../../ui/words/kinds.ts'

/** The four kinds whose statements the engine makes, in the order of the editor. */
export const CANONICAL = [
  { field: 'pointLookup', kind: 'POINT_LOOKUP', type: 'READ', does: 'Reads one row by its key' },
  { field: 'rangeScan', kind: 'RANGE_SCAN', type: 'READ', does: 'Reads the rows between two keys' },
  { field: 'insert', kind: 'INSERT', type: 'WRITE', does: 'Adds a row with a new key' },
  { field: 'update', kind: 'UPDATE', type: 'WRITE', does: 'Changes one row by its key' },
] as const satisfies readonly { field: keyof DraftOperations; kind: OperationKind; type: 'READ' | 'WRITE'; does: string }[]

export type CanonicalField = (typeof CANONICAL)[number]['field']
export type Weights = Readonly<Record<CanonicalField, number>>

export interface MixPreset {
  readonly key: string
  readonly word: string
  /** Percent, in the order of `CANONICAL`. */
  readonly weights: readonly [number, number, number, number]
}

export const PRESETS: readonly MixPreset[] = [
  { key: 'READ_ONLY', word: 'Read only', weights: [50, 50, 0, 0] },
  { key: 'READ_HEAVY', word: 'Mostly reads', weights: [40, 40, 15, 5] },
  { key: 'MIXED', word: 'Mixed', weights: [25, 25, 35, 15] },
  { key: 'WRITE_HEAVY', word: 'Mostly writes', weights: [10, 10, 60, 20] },
  { key: 'WRITE_ONLY', word: 'Write only', weights: [0, 0, 70, 30] },
]

const READ_ONLY_TYPES: readonly TableType[] = ['VIEW', 'INTERACTIVE', 'DYNAMIC']
export const isReadOnlyType = (type: TableType): boolean => READ_ONLY_TYPES.includes(type)
export const writes = ({ weights }: MixPreset): boolean => weights[2] + weights[3] > 0

const hundredths = (weight: number | null): number => Math.round((weight ?? 0) * 100)

/** Percent, exact in hundredths: what all statements of the mix come to. */
export const sumOf = (operations: DraftOperations): number =>
  [...CANONICAL.map(({ field }) => operations[field].weight), ...operations.generic.map(({ weight }) => weight)].reduce<number>(
    (sum, weight) => sum + hundredths(weight),
    0,
  ) / 100

/** Shares of `total` (percent) in the proportion of `parts`, in hundredths that sum to it exactly: the largest remainders are rounded up. */
export const shareOut = (total: number, parts: readonly number[]): readonly number[] => {
  const whole = Math.round(total * 100)
  const sum = parts.reduce((all, part) => all + part, 0)
  if (sum <= 0) return parts.map(() => 0)
  const exact = parts.map(part => (whole * part) / sum)
  const shares = exact.map(Math.floor)
  const left = whole - shares.reduce((all, share) => all + share, 0)
  const order = exact.map((share, at) => ({ at, rest: share - Math.floor(share) })).sort((a, b) => b.rest - a.rest || a.at - b.at)
  for (const { at } of order.slice(0, left)) shares[at] = (shares[at] ?? 0) + 1
  return shares.map(share => share / 100)
}

/** What a preset gives the four kinds: what the statements of one's own leave of the whole; all of it where they leave nothing. */
export const presetWeights = (preset: MixPreset, operations: DraftOperations): Weights => {
  const own = operations.generic.reduce((sum, { weight }) => sum + hundredths(weight), 0) / 100
  const shares = shareOut(own < 100 ? 100 - own : 100, preset.weights)
  return Object.fromEntries(CANONICAL.map(({ field }, at) => [field, shares[at] ?? 0])) as unknown as Weights
}

/** The preset that the mix is, exactly; null: none of them. With statements of one's own it is another mix, whatever the proportion. */
export const presetOf = (operations: DraftOperations): MixPreset | null =>
  operations.generic.some(({ weight }) => hundredths(weight) > 0)
    ? null
    : (PRESETS.find(({ weights }) =>
        CANONICAL.every(({ field }, at) => hundredths(operations[field].weight) === hundredths(weights[at] ?? 0)),
      ) ?? null)

/** The weights brought to 100.00 in their proportion; where there are none, reads take it all. */
export const spreadToWhole = (operations: DraftOperations): { readonly canonical: Weights; readonly generic: readonly number[] } => {
  const now = [...CANONICAL.map(({ field }) => operations[field].weight ?? 0), ...operations.generic.map(({ weight }) => weight ?? 0)]
  const shares = shareOut(100, now.some(weight => weight > 0) ? now : [1, 1])
  return {
    canonical: Object.fromEntries(CANONICAL.map(({ field }, at) => [field, shares[at] ?? 0])) as unknown as Weights,
    generic: operations.generic.map((_, at) => shares[CANONICAL.length + at] ?? 0),
  }
}
