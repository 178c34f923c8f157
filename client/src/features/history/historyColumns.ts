import type { RunListSort } from '../../api/documents/runListDocuments.ts'

export type SortField = NonNullable<RunListSort['field']>
export type SortDirection = NonNullable<RunListSort['direction']>

/** A column of the list. What is left is the one's that has no width, but never less than `leastPx`. */
export interface Column {
  readonly key: ColumnKey
  readonly word: string
  /** By what its head sorts; null: by nothing. */
  readonly field: SortField | null
  /** Where one wants to look first. */
  readonly first: SortDirection
  readonly widthPx: number | null
  /** Where there is much room. */
  readonly widePx: number | null
  readonly leastPx: number
  readonly isNumber: boolean
}

export const COLUMN_KEYS = [
  'status',
  'name',
  'table',
  'warehouse',
  'load',
  'scaling',
  'workers',
  'connections',
  'qps',
  'p50',
  'p95',
  'p99',
  'errors',
  'operations',
  'duration',
  'started',
  'created',
  'tags',
] as const
export type ColumnKey = (typeof COLUMN_KEYS)[number]

type Rest = Partial<Omit<Column, 'key' | 'word' | 'field'>>
const words = (key: ColumnKey, word: string, field: SortField | null, rest: Rest = {}): Column => ({
  key,
  word,
  field,
  first: 'ASC',
  widthPx: null,
  widePx: rest.widthPx ?? null,
  leastPx: rest.widthPx ?? 0,
  isNumber: false,
  ...rest,
})
const figure = (key: ColumnKey, word: string, field: SortField, widthPx: number, first: SortDirection = 'DESC'): Column => ({
  key,
  word,
  field,
  first,
  widthPx,
  widePx: widthPx,
  leastPx: widthPx,
  isNumber: true,
})

/** In the order in which they stand. */
export const COLUMNS: readonly Column[] = [
  words('status', 'Status', 'STATUS', { widthPx: 108 }),
  words('name', 'Run', 'NAME', { leastPx: 170 }),
  words('table', 'Table', 'TABLE', { widthPx: 130, widePx: 260 }),
  words('warehouse', 'Warehouse', 'WAREHOUSE', { widthPx: 132, widePx: 220 }),
  words('load', 'Load', 'LOAD_MODE', { widthPx: 150, widePx: 240 }),
  words('scaling', 'Scaling', 'SCALING', { widthPx: 92 }),
  figure('workers', 'Workers', 'WORKERS', 84),
  figure('connections', 'Connections', 'CONNECTIONS', 104),
  figure('qps', 'QPS', 'QPS', 82),
  figure('p50', 'p50', 'P50', 78, 'ASC'),
  figure('p95', 'p95', 'P95', 78, 'ASC'),
  figure('p99', 'p99', 'P99', 78, 'ASC'),
  figure('errors', 'Errors', 'ERROR_RATE', 74),
  figure('operations', 'Operations', 'OPERATIONS', 98),
  figure('duration', 'Duration', 'DURATION', 82),
  figure('started', 'Started', 'STARTED', 96),
  figure('created', 'Created', 'CREATED', 96),
  words('tags', 'Tags', 'TAGS', { widthPx: 112, widePx: 200 }),
]

/** A run is always named; all else is the reader's choice. */
export const ALWAYS: ColumnKey = 'name'
export const COLUMNS_AT_FIRST: readonly ColumnKey[] = [
  'status',
  'name',
  'table',
  'load',
  'qps',
  'p95',
  'errors',
  'duration',
  'started',
  'tags',
]

export const columnsOf = (keys: readonly ColumnKey[]): readonly Column[] =>
  COLUMNS.filter(column => column.key === ALWAYS || keys.includes(column.key))

const CHECK_PX = 44
const MENU_PX = 48
/** What the table needs, where there is much room and where there is not; if there is less it is scrolled sideways. */
export const leastWidthPx = (columns: readonly Column[], isWide: boolean): number =>
  columns.reduce((sum, { leastPx, widePx }) => sum + (isWide ? (widePx ?? leastPx) : leastPx), CHECK_PX + MENU_PX)
