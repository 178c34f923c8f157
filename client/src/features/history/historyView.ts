import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { RunListFilter, RunListSort } from '../../api/documents/runListDocuments.ts'
import { readDay, timesOf, WHENS, type When } from './createdWhen.ts'
import { ALWAYS, COLUMN_KEYS, COLUMNS, COLUMNS_AT_FIRST, type Column, type ColumnKey, type SortField } from './historyColumns.ts'
import { LOAD_MODES, SCALING_MODES, STATUS_CHOICES, type StatusKey, TABLE_TYPES } from './historyFilters.ts'

/** Which runs are listed, in which order and with which columns: all of it is in the URL. An empty list: whatever it is. */
export interface HistoryView {
  readonly search: string
  readonly statuses: readonly StatusKey[]
  readonly tableTypes: readonly (typeof TABLE_TYPES)[number][]
  readonly loadModes: readonly (typeof LOAD_MODES)[number][]
  readonly scalings: readonly (typeof SCALING_MODES)[number][]
  readonly sizes: readonly string[]
  readonly tags: readonly string[]
  readonly when: When | null
  /** Days of the reader's calendar, both included; only with the custom range. */
  readonly fromDay: string | null
  readonly toDay: string | null
  readonly baselines: boolean
  readonly deleted: boolean
  /** Runs of one configuration. */
  readonly fingerprint: string | null
  readonly field: SortField
  readonly direction: 'ASC' | 'DESC'
  readonly columns: readonly ColumnKey[]
}

export const NO_FILTER = {
  search: '',
  statuses: [],
  tableTypes: [],
  loadModes: [],
  scalings: [],
  sizes: [],
  tags: [],
  when: null,
  fromDay: null,
  toDay: null,
  baselines: false,
  deleted: false,
  fingerprint: null,
} as const satisfies Partial<HistoryView>

export const NEWEST_FIRST = { field: 'CREATED', direction: 'DESC' } as const
export const AT_FIRST: HistoryView = { ...NO_FILTER, ...NEWEST_FIRST, columns: COLUMNS_AT_FIRST }

/** Tags and sizes may hold any sign but this. */
const BETWEEN = ','
const listIn = (text: string): readonly string[] => [...new Set(text.split(BETWEEN).filter(each => each !== ''))]
const among = <Word extends string>(all: readonly Word[], text: string): readonly Word[] =>
  all.filter(word => listIn(text.toLowerCase()).includes(word.toLowerCase()))

/** With the one that is always there; those at first where it names none that there is. */
const columnsIn = (text: string): readonly ColumnKey[] => {
  const named = among(COLUMN_KEYS, text)
  return named.length === 0 ? COLUMNS_AT_FIRST : COLUMN_KEYS.filter(key => key === ALWAYS || named.includes(key))
}

/** What the URL asks for; what it does not know it ignores. */
export const readHistoryView = (query: LocationQuery): HistoryView => {
  const read = (key: string): string => (typeof query[key] === 'string' ? query[key] : '')
  const sort = read('sort')
  const sorted = COLUMNS.find(column => column.field !== null && column.key === sort.replace(/^-/, ''))?.field ?? null
  const [fromDay, toDay] = [readDay(read('from')), readDay(read('to'))]
  const when = fromDay !== null || toDay !== null ? 'custom' : (WHENS.find(each => each === read('created')) ?? null)
  return {
    search: read('q'),
    statuses: among(
      STATUS_CHOICES.map(choice => choice.key),
      read('status'),
    ),
    tableTypes: among(TABLE_TYPES, read('type')),
    loadModes: among(LOAD_MODES, read('mode')),
    scalings: among(SCALING_MODES, read('scaling')),
    sizes: listIn(read('size')),
    tags: listIn(read('tag')),
    when,
    fromDay,
    toDay,
    baselines: read('baseline') === 'yes',
    deleted: read('deleted') === 'yes',
    fingerprint: read('config') === '' ? null : read('config'),
    ...(sorted === null ? NEWEST_FIRST : { field: sorted, direction: sort.startsWith('-') ? 'DESC' : 'ASC' }),
    columns: columnsIn(read('cols')),
  }
}

const isNewestFirst = ({ field, direction }: Pick<HistoryView, 'field' | 'direction'>): boolean =>
  field === NEWEST_FIRST.field && direction === NEWEST_FIRST.direction

const sortWord = (view: HistoryView): string | undefined => {
  const key = COLUMNS.find(column => column.field === view.field)?.key
  return key === undefined || isNewestFirst(view) ? undefined : `${view.direction === 'DESC' ? '-' : ''}${key}`
}

/** The URL of a view: only what differs from the view at first. */
export const historyQuery = (view: HistoryView): LocationQueryRaw => {
  const isCustom = view.when === 'custom'
  const words: Readonly<Record<string, string>> = {
    q: view.search,
    status: view.statuses.join(BETWEEN),
    type: view.tableTypes.join(BETWEEN).toLowerCase(),
    mode: view.loadModes.join(BETWEEN).toLowerCase(),
    scaling: view.scalings.join(BETWEEN).toLowerCase(),
    size: view.sizes.join(BETWEEN),
    tag: view.tags.join(BETWEEN),
    created: isCustom && (view.fromDay ?? view.toDay) !== null ? '' : (view.when ?? ''),
    from: isCustom ? (view.fromDay ?? '') : '',
    to: isCustom ? (view.toDay ?? '') : '',
    baseline: view.baselines ? 'yes' : '',
    deleted: view.deleted ? 'yes' : '',
    config: view.fingerprint ?? '',
    sort: sortWord(view) ?? '',
    cols: view.columns.join() === COLUMNS_AT_FIRST.join() ? '' : view.columns.join(BETWEEN),
  }
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word !== ''))
}

const some = <Name extends string, Value>(name: Name, values: readonly Value[]): { readonly [name in Name]?: Value[] } =>
  values.length === 0 ? {} : ({ [name]: [...values] } as { readonly [name in Name]?: Value[] })

/** As the server is asked at such a moment. */
export const filterOf = (view: HistoryView, nowMs: number): RunListFilter => ({
  ...(view.search === '' ? {} : { search: view.search }),
  ...some(
    'status',
    STATUS_CHOICES.filter(choice => view.statuses.includes(choice.key)).flatMap(choice => choice.statuses),
  ),
  ...some('tableType', view.tableTypes),
  ...some('loadMode', view.loadModes),
  ...some('scaling', view.scalings),
  ...some('warehouseSize', view.sizes),
  ...some('tags', view.tags),
  ...timesOf(view, nowMs),
  ...(view.baselines ? { isBaseline: true } : {}),
  ...(view.deleted ? { deleted: true } : {}),
  ...(view.fingerprint === null ? {} : { fingerprint: view.fingerprint }),
})

export const sortOf = ({ field, direction }: HistoryView): RunListSort => ({ field, direction })

/** Whether fewer runs are shown than there are. */
export const isFiltered = (view: HistoryView): boolean => Object.keys(filterOf(view, 0)).length > 0

/** A click on a column's head: its own first direction, then the other, then newest first again. */
export const sortedBy = (view: HistoryView, { field, first }: Column): Pick<HistoryView, 'field' | 'direction'> => {
  if (field === null) return view
  if (view.field !== field) return { field, direction: first }
  const other = first === 'ASC' ? 'DESC' : 'ASC'
  return view.direction === first ? { field, direction: other } : field === NEWEST_FIRST.field ? { field, direction: first } : NEWEST_FIRST
}

/** One more, or one less if it is among them. */
export const toggled = <Each>(chosen: readonly Each[], one: Each): readonly Each[] =>
  chosen.includes(one) ? chosen.filter(each => each !== one) : [...chosen, one]

/** A column shown or not, in the order in which they stand. */
export const withColumn = (columns: readonly ColumnKey[], key: ColumnKey): readonly ColumnKey[] =>
  COLUMN_KEYS.filter(each => each === ALWAYS || columns.includes(each) !== (each === key))
