import type { Comparison } from '../../api/documents/compareDocuments.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { shortClockText } from '../../ui/words/durations.ts'
import { plainWord } from '../../ui/words/kinds.ts'
import { countText, exactText, msText, qpsText, rateText } from '../../ui/words/numbers.ts'
import { foundOf } from './foundRows.ts'
import type { RunLook } from './runLooks.ts'
import { csvOf, EMPTY_CELL, type RunCell, type RunTableRow, unitText } from './runTable.ts'

type WorkerCell = NonNullable<Comparison['workers'][number]['cells'][number]>

/** What the table of workers can show; one at a time. */
export const WORKER_FIGURES = [
  { key: 'qps', word: 'QPS', unit: '/s', value: (cell: WorkerCell) => cell.qps, text: qpsText },
  { key: 'p50', word: 'p50', unit: 'ms', value: (cell: WorkerCell) => cell.p50Ms, text: msText },
  { key: 'p95', word: 'p95', unit: 'ms', value: (cell: WorkerCell) => cell.p95Ms, text: msText },
  { key: 'p99', word: 'p99', unit: 'ms', value: (cell: WorkerCell) => cell.p99Ms, text: msText },
  { key: 'errors', word: 'Errors', unit: '(fraction)', value: (cell: WorkerCell) => cell.errorRate, text: rateText },
  { key: 'operations', word: 'Operations', unit: '', value: (cell: WorkerCell) => cell.operations, text: countText },
] as const
export type WorkerFigure = (typeof WORKER_FIGURES)[number]['key']

/** A rate is of the whole measurement, also of a worker that was lost before its end. */
const lostOf = ({ runs }: Comparison, workerId: string | null, at: number): { readonly delta?: NonNullable<RunCell['delta']> } => {
  const lost = runs[at]?.result?.lostWorkers.find(each => each.workerId === workerId)
  return lost === undefined
    ? {}
    : { delta: { text: `over the whole measurement; lost at ${shortClockText(lost.elapsedSeconds)}`, tone: 'bad' } }
}

export const workerRows = (comparison: Comparison, shown: WorkerFigure): readonly RunTableRow[] => {
  const { workers } = comparison
  const figure = WORKER_FIGURES.find(each => each.key === shown) ?? WORKER_FIGURES[0]
  return workers.map(row => ({
    key: row.workerId ?? 'total',
    title: row.workerId ?? 'Total',
    ...(row.workerId === null ? { look: 'total' as const } : {}),
    cells: row.cells.map((cell, at): RunCell => {
      if (cell === null) return EMPTY_CELL
      const value = figure.value(cell)
      const mark = shown === 'qps' ? lostOf(comparison, row.workerId, at) : {}
      return { text: figure.text(value), exact: exactText(value, figure.unit), ...mark }
    }),
  }))
}

export const workerCsv = ({ workers }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Worker'],
    workers.map(row => [
      row.workerId ?? 'total',
      ...row.cells.flatMap(cell => WORKER_FIGURES.map(figure => (cell === null ? null : figure.value(cell)))),
    ]),
    WORKER_FIGURES.map(({ word, unit }) => (unit === '' ? word : `${word} ${unit.startsWith('(') ? unit : `(${unit})`}`)),
  )

/** `WAREHOUSE` is what the system under test used, whether that is a warehouse or another server. */
const headOf = (kind: 'WAREHOUSE' | 'CLIENT', own: Comparison['resources']): string =>
  kind === 'CLIENT' ? 'Load generator' : own.some(row => OF_A_WAREHOUSE.test(row.title)) ? 'Warehouse' : 'Server'
const OF_A_WAREHOUSE = /^(clusters|statements|queued)\b/i

export const resourceRows = ({ resources }: Comparison): readonly RunTableRow[] =>
  (['WAREHOUSE', 'CLIENT'] as const).flatMap(kind => {
    const own = resources.filter(row => row.kind === kind)
    if (own.length === 0) return []
    return [
      { key: kind, title: headOf(kind, own), look: 'head' as const, cells: [] },
      ...own.map(row => ({
        key: `${kind} ${row.title}`,
        title: row.title,
        look: 'indented' as const,
        cells: row.values.map((value): RunCell => ({ text: unitText(value, row.unit), exact: exactText(value, row.unit) })),
      })),
    ]
  })

export const resourceCsv = ({ resources }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Of', 'Resource', 'Unit'],
    resources.map(row => [row.kind, row.title, row.unit, ...row.values]),
  )

const p95Of = (p95Ms: number | null): { readonly sub?: string } => (p95Ms === null ? {} : { sub: `p95 ${msText(p95Ms)}` })

export const clusterRows = ({ clusters }: Comparison): readonly RunTableRow[] =>
  clusters.flatMap(row => {
    const labels = [...new Set(row.cells.flatMap(cell => cell?.byLabel.map(each => each.name) ?? []))]
    return [
      {
        key: String(row.clusterNumber),
        title: `Cluster ${row.clusterNumber}`,
        cells: row.cells.map((cell): RunCell => (cell === null ? EMPTY_CELL : { text: countText(cell.executions), ...p95Of(cell.p95Ms) })),
      },
      ...(labels.length < 2 ? [] : labels).map(label => ({
        key: `${row.clusterNumber} ${label}`,
        title: plainWord(label),
        look: 'indented' as const,
        cells: row.cells.map((cell): RunCell => {
          const count = cell?.byLabel.find(each => each.name === label)?.count
          return count === undefined ? EMPTY_CELL : { text: countText(count) }
        }),
      })),
    ]
  })

export const clusterCsv = ({ clusters }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Cluster'],
    clusters.map(row => [row.clusterNumber, ...row.cells.flatMap(cell => [cell?.executions, cell?.p50Ms, cell?.p95Ms])]),
    ['executions', 'p50 (ms)', 'p95 (ms)'],
  )

/** A step that did not hold says so beside its figures; the one with the most connections that held is the best of its run. */
export const findMaxRows = ({ findMax, runs }: Comparison): readonly RunTableRow[] =>
  findMax.map(row => ({
    key: String(row.connections),
    title: `${countText(row.connections)} ${row.connections === 1 ? 'connection' : 'connections'}`,
    cells: row.cells.map((cell, at): RunCell => {
      if (cell === null) return EMPTY_CELL
      const holds = cell.outcome === 'STABLE'
      return {
        text: qpsText(cell.qps),
        ...p95Of(cell.p95Ms),
        exact: `${plainWord(cell.outcome)}: ${exactText(cell.qps, '/s')}, p95 ${exactText(cell.p95Ms, 'ms')}, errors ${rateText(cell.errorRate)}`,
        delta: holds ? null : { text: plainWord(cell.outcome), tone: 'bad' },
        isBest: foundOf(runs[at])?.connections === row.connections,
      }
    }),
  }))

export const findMaxCsv = ({ findMax }: Comparison, looks: readonly RunLook[]): CsvTable =>
  csvOf(
    looks,
    ['Connections'],
    findMax.map(row => [row.connections, ...row.cells.flatMap(cell => [cell?.qps, cell?.p95Ms, cell?.errorRate, cell?.outcome])]),
    ['qps', 'p95 (ms)', 'error rate', 'outcome'],
  )
