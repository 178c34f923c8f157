import {
  type ArrivalCounts,
  type ClientHealth,
  ERROR_CATEGORIES,
  type ErrorCount,
  type KindSnapshot,
  type RunRecord,
} from '@flakebench/contract'
import { INTERVALS_TABLE, type Row, readRunRows, type SqlClient } from '@flakebench/store'
import { type CsvColumn, columnNamed, csvHead, csvRows } from './csv.ts'
import type { TextPieces } from './exportFile.ts'

/** Every interval of a run, one row each, as it was measured: nothing is left out, and nothing is averaged. */
export const intervalsCsv = async function* (db: SqlClient, run: RunRecord): TextPieces & AsyncGenerator<string> {
  const columns = intervalColumns(run)
  yield csvHead(columns)
  for await (const rows of readRunRows(db, INTERVALS_TABLE, run.id)) yield csvRows(columns, rows)
}

/** The same rows as objects whose fields are the columns' names. */
export const intervalObjects = async function* (db: SqlClient, run: RunRecord): AsyncGenerator<readonly object[]> {
  const columns = intervalColumns(run)
  for await (const rows of readRunRows(db, INTERVALS_TABLE, run.id)) {
    yield rows.map(row => Object.fromEntries(columns.map(({ title, cell }) => [title, cell(row) ?? null])))
  }
}

const PLAIN = [
  'interval_index',
  'start_ms',
  'end_ms',
  'phase',
  'operations_started',
  'total_operations',
  'error_count',
  'cut_off_count',
  'retried_operations',
  'qps',
  'p50_latency_ms',
  'p95_latency_ms',
  'p99_latency_ms',
  'max_latency_ms',
  'active_connections',
  'target_connections',
  'open_connections',
  'workers_reported',
  'workers_expected',
  'client_limited',
]

const CLIENT: readonly (keyof ClientHealth)[] = [
  'cpuPercent',
  'memoryBytes',
  'eventLoopUtilizationPercent',
  'eventLoopDelayP99Ms',
  'eventLoopDelayMaxMs',
  'cpuUsedPercent',
  'memoryUsedPercent',
]

const ARRIVALS = ['planned', 'late', 'missed', 'waiting'] as const satisfies readonly (keyof ArrivalCounts)[]

const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

const intervalColumns = ({ plan }: RunRecord): CsvColumn<Row>[] => [
  ...PLAIN.map(columnNamed),
  ...(plan.load.mode === 'QPS'
    ? ARRIVALS.map(name => ({
        title: `arrivals_${name}`,
        cell: (row: Row) => (row['arrivals'] as ArrivalCounts | null)?.[name],
      }))
    : []),
  ...CLIENT.map(name => ({
    title: `client_${snake(name)}`,
    cell: (row: Row) => (row['client_health'] as ClientHealth | null)?.[name] as number | null | undefined,
  })),
  ...ERROR_CATEGORIES.map(category => ({
    title: `errors_${category.toLowerCase()}`,
    cell: (row: Row) => (row['errors_by_category'] as readonly ErrorCount[]).find(one => one.category === category)?.count ?? 0,
  })),
  ...plan.operations.flatMap(({ label }) => {
    const ofLabel = (row: Row): KindSnapshot | undefined => (row['by_kind'] as readonly KindSnapshot[]).find(kind => kind.label === label)
    return [
      { title: `${label} operations`, cell: (row: Row) => ofLabel(row)?.operations ?? 0 },
      { title: `${label} errors`, cell: (row: Row) => ofLabel(row)?.errors ?? 0 },
    ]
  }),
]
