import type { ErrorCategory, FigureSlice, OperationKind, SliceFigures } from '@flakebench/contract'
import { type ComparedRun, deltaPercent, measuredResult } from './comparedRun.ts'

/** A part of a run's operations: a label's, a worker's. */
export interface PartCell {
  readonly operations: number
  readonly qps: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  readonly errorRate: number
}

export interface LabelCell extends PartCell {
  readonly qpsDeltaPercent: number | null
  readonly p50DeltaPercent: number | null
  readonly p95DeltaPercent: number | null
  readonly p99DeltaPercent: number | null
}

export interface LabelRow {
  readonly label: string
  readonly kind: OperationKind
  readonly cells: readonly (LabelCell | null)[]
}

export interface WorkerRow {
  /** Null: of all together. */
  readonly workerId: string | null
  readonly cells: readonly (PartCell | null)[]
}

export interface ErrorRow {
  readonly category: ErrorCategory
  /** Null: nothing was measured. */
  readonly counts: readonly (number | null)[]
  readonly sample: string | null
}

const partOf = (run: ComparedRun, slice: FigureSlice, name: string): PartCell | null => {
  const found = measuredResult(run) === null ? undefined : run.summary?.slices.find(one => one.slice === slice && one.name === name)
  return found === undefined ? null : toCell(found)
}

const toCell = ({ operations, qps, p50Ms, p95Ms, p99Ms, errorRate }: SliceFigures): PartCell => ({
  operations,
  qps,
  p50Ms,
  p95Ms,
  p99Ms,
  errorRate,
})

/** A row for each operation that any run has figures of, in the order of their plans. */
export const labelRows = (runs: readonly ComparedRun[], baselineId: string): LabelRow[] => {
  const kinds = new Map<string, OperationKind>()
  for (const { run } of runs) for (const { label, kind } of run.plan.operations) kinds.set(label, kinds.get(label) ?? kind)
  const baseline = runs.find(({ run }) => run.id === baselineId)
  return [...kinds]
    .map(([label, kind]) => {
      const own = baseline === undefined ? null : partOf(baseline, 'LABEL', label)
      return { label, kind, cells: runs.map(run => withDeltas(partOf(run, 'LABEL', label), own)) }
    })
    .filter(hasCells)
}

const hasCells = ({ cells }: LabelRow | WorkerRow): boolean => cells.some(cell => cell !== null)

const withDeltas = (cell: PartCell | null, baseline: PartCell | null): LabelCell | null =>
  cell === null
    ? null
    : {
        ...cell,
        qpsDeltaPercent: deltaPercent(cell.qps, baseline?.qps),
        p50DeltaPercent: deltaPercent(cell.p50Ms, baseline?.p50Ms),
        p95DeltaPercent: deltaPercent(cell.p95Ms, baseline?.p95Ms),
        p99DeltaPercent: deltaPercent(cell.p99Ms, baseline?.p99Ms),
      }

/** A row for each worker that any run has figures of, and one for all; none where no run has figures. */
export const workerRows = (runs: readonly ComparedRun[]): WorkerRow[] => {
  const ids = new Set(
    runs.flatMap(({ summary }) => summary?.slices.filter(({ slice }) => slice === 'WORKER').map(({ name }) => name) ?? []),
  )
  const inOrder = [...ids].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return [
    ...inOrder.map(workerId => ({ workerId, cells: runs.map(run => partOf(run, 'WORKER', workerId)) })),
    { workerId: null, cells: runs.map(run => partOf(run, 'ALL', '')) },
  ].filter(hasCells)
}

/** A row for each category that any run has failures of, most first. */
export const errorRows = (runs: readonly ComparedRun[]): ErrorRow[] => {
  const all = runs.map(run => measuredResult(run)?.errorsByCategory ?? null)
  const categories = new Set(all.flatMap(errors => (errors ?? []).map(({ category }) => category)))
  const rows = [...categories].map(category => {
    const found = all.map(errors => errors?.find(one => one.category === category))
    return {
      category,
      counts: found.map((one, i) => (all[i] === null ? null : (one?.count ?? 0))),
      sample: found.find(one => one?.sample != null)?.sample ?? null,
    }
  })
  const total = ({ counts }: ErrorRow): number => counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  return rows.filter(row => total(row) > 0).sort((a, b) => total(b) - total(a))
}
