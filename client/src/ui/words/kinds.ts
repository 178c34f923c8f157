export type OperationKind = 'POINT_LOOKUP' | 'RANGE_SCAN' | 'INSERT' | 'UPDATE' | 'GENERIC_SQL'
export type TableType = 'STANDARD' | 'HYBRID' | 'INTERACTIVE' | 'DYNAMIC' | 'VIEW' | 'POSTGRES'

export const KIND_WORDS: Readonly<Record<OperationKind, string>> = {
  POINT_LOOKUP: 'Point lookup',
  RANGE_SCAN: 'Range scan',
  INSERT: 'Insert',
  UPDATE: 'Update',
  GENERIC_SQL: 'Generic SQL',
}

/** What an operation is called: by its label where it has one of its own, else by its kind. */
export const operationWord = (kind: OperationKind, label: string | null | undefined): string =>
  label === null || label === undefined || label === '' || label === kind ? KIND_WORDS[kind] : label

/** Colours of the kinds in a mix bar: reads are cool, writes are warm. */
export const KIND_COLOURS: Readonly<Record<OperationKind, string>> = {
  POINT_LOOKUP: 'var(--run-1)',
  RANGE_SCAN: 'var(--run-5)',
  INSERT: 'var(--run-2)',
  UPDATE: 'var(--run-4)',
  GENERIC_SQL: 'var(--run-3)',
}

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
