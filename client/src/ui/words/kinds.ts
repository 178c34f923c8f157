export type OperationKind = 'POINT_LOOKUP' | 'RANGE_SCAN' | 'INSERT' | 'UPDATE' | 'GENERIC_SQL'
export type TableType = 'STANDARD' | 'HYBRID' | 'INTERACTIVE' | 'DYNAMIC' | 'VIEW' | 'POSTGRES'

export const KIND_WORDS: Readonly<Record<OperationKind, string>> = {
  POINT_LOOKUP: 'Point lookup',
  RANGE_SCAN: 'Range scan',
  INSERT: 'Insert',
  UPDATE: 'Update',
  GENERIC_SQL: 'Generic SQL',
}

export const isKind = (name: string): name is OperationKind => name in KIND_WORDS

/** What stands for a label: an operation without one of its own has its kind's name for it. */
export const labelWord = (label: string): string => (isKind(label) ? KIND_WORDS[label] : label)

/** What an operation is called: by its label where it has one of its own, else by its kind. */
export const operationWord = (kind: OperationKind, label: string | null | undefined): string =>
  label === null || label === undefined || label === '' || label === kind ? KIND_WORDS[kind] : label

/** What tells one operation of a mix from the others. */
interface OperationName {
  readonly kind: OperationKind
  readonly label?: string | null
}

export const operationKey = ({ kind, label }: OperationName): string => (kind === 'GENERIC_SQL' ? `${kind} ${label ?? ''}` : kind)

/** Reads are cool, writes are warm. */
const KIND_COLOURS: Readonly<Record<Exclude<OperationKind, 'GENERIC_SQL'>, string>> = {
  POINT_LOOKUP: 'var(--run-1)',
  RANGE_SCAN: 'var(--run-5)',
  INSERT: 'var(--run-2)',
  UPDATE: 'var(--run-4)',
}
const GENERIC_COLOURS = 8

const genericColour = (at: number): string => {
  const colour = `var(--mix-${(at % GENERIC_COLOURS) + 1})`
  return at < GENERIC_COLOURS ? colour : `color-mix(in srgb, ${colour} 55%, var(--panel))`
}

/**
 * The colour of each operation of a mix. Generic statements take theirs by their place among the labels of the mix, which a
 * template and its runs have in common: the same label has the same colour wherever the mix is shown.
 */
export const operationColours = (mix: readonly OperationName[]): readonly string[] => {
  const labels = [...new Set(mix.filter(each => each.kind === 'GENERIC_SQL').map(operationKey))]
  return mix.map(each => (each.kind === 'GENERIC_SQL' ? genericColour(labels.indexOf(operationKey(each))) : KIND_COLOURS[each.kind]))
}

export type OperationType = 'READ' | 'WRITE'

export const isOnSnowflake = (type: TableType): boolean => type !== 'POSTGRES'

export const TABLE_WORDS: Readonly<Record<TableType, string>> = {
  STANDARD: 'Standard',
  HYBRID: 'Hybrid',
  INTERACTIVE: 'Interactive',
  DYNAMIC: 'Dynamic',
  VIEW: 'View',
  POSTGRES: 'PostgreSQL',
}

/** MISSING_OBJECT → Missing object */
export const plainWord = (name: string): string => {
  const words = name.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
