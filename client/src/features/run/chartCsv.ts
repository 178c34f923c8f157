import type { HistoryPoint } from '../../api/documents/runFields.ts'
import type { PercentilePoint } from '../../api/documents/runPartDocuments.ts'
import type { HeatCell } from '../../ui/charts/heatCells.ts'
import type { CsvCell, CsvTable } from '../../ui/words/csv.ts'
import { errorCategories } from './chartPoints.ts'

export const heatCsv = (cells: readonly HeatCell[]): CsvTable => ({
  columns: ['from_seconds', 'to_seconds', 'from_ms', 'to_ms', 'operations'],
  rows: cells.map(cell => [cell.fromSeconds, cell.toSeconds, cell.fromMs, cell.toMs, cell.count]),
})

/** `label` empty: all operations. */
export const percentileCsv = (curves: readonly { readonly label: string; readonly points: readonly PercentilePoint[] }[]): CsvTable => ({
  columns: ['label', 'percent', 'response_ms', 'operations_up_to_it'],
  rows: curves.flatMap(({ label, points }) => points.map(point => [label, point.percent, point.valueMs, point.count])),
})

type Column = readonly [head: string, cell: (point: HistoryPoint) => CsvCell]

/** Charts over time, and what each draws. */
const DRAWN = {
  throughput: [['qps', point => point.qps]],
  'response-time': [
    ['p50_ms', point => point.p50Ms],
    ['p95_ms', point => point.p95Ms],
    ['p99_ms', point => point.p99Ms],
    ['max_ms', point => point.maxMs],
    ['retried', point => point.retriedOperations],
  ],
  connections: [
    ['active', point => point.activeConnections],
    ['open', point => point.openConnections],
    ['target', point => point.targetConnections],
  ],
  errors: [['errors', point => point.errors]],
  client: [
    ['cpu_percent', point => point.cpuPercent],
    ['event_loop_delay_p99_ms', point => point.eventLoopDelayP99Ms],
  ],
  arrivals: [
    ['waiting', point => point.arrivals?.waiting],
    ['late', point => point.arrivals?.late],
    ['missed', point => point.arrivals?.missed],
  ],
} as const satisfies Readonly<Record<string, readonly Column[]>>
export type ChartOverTime = keyof typeof DRAWN

const ALWAYS: readonly Column[] = [
  ['elapsed_seconds', point => point.elapsedSeconds],
  ['interval_seconds', point => point.intervalSeconds],
  ['phase', point => point.phase],
  ['operations', point => point.operations],
  ['client_limited', point => point.clientLimited],
]
const categoryColumn = (category: string): Column => [
  `${category.toLowerCase()}_errors`,
  point => point.errorsByCategory.find(each => each.category === category)?.count ?? 0,
]

/** The intervals of a chart over time. */
export const historyCsv = (chart: ChartOverTime, history: readonly HistoryPoint[]): CsvTable => {
  const categories = chart === 'errors' ? errorCategories(history) : []
  const columns: readonly Column[] = [...ALWAYS, ...DRAWN[chart], ...categories.map(categoryColumn)]
  return { columns: columns.map(([head]) => head), rows: history.map(point => columns.map(([, cell]) => cell(point))) }
}
