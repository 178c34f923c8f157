import type { SliceFigures } from '../../api/documents/runPartDocuments.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { isKind, labelWord, plainWord } from '../../ui/words/kinds.ts'

export type Slice = Exclude<SliceFigures['slice'], 'ALL'>

export const SLICES: readonly { readonly key: Slice; readonly word: string; readonly head: string }[] = [
  { key: 'KIND', word: 'Kind', head: 'Kind' },
  { key: 'LABEL', word: 'Statement', head: 'Statement' },
  { key: 'OPERATION_TYPE', word: 'Read / write', head: 'Type' },
  { key: 'PHASE', word: 'Phase', head: 'Phase' },
  { key: 'WORKER', word: 'Worker', head: 'Worker' },
]

/** Which slice the URL asks for. */
export const readSlice = (inUrl: string | null): Slice => SLICES.find(each => each.key.toLowerCase() === inUrl)?.key ?? 'KIND'

/** What a row is called; a worker and a statement by their own names. */
export const sliceName = (slice: SliceFigures['slice'], name: string): string => {
  if (slice === 'ALL') return 'All'
  if (slice === 'WORKER') return name
  return slice === 'LABEL' || isKind(name) ? labelWord(name) : plainWord(name)
}

/** Of one slice, the measurement as a whole last: phases are parts of the run, so they have no whole. */
export const sliceRows = (slices: readonly SliceFigures[], slice: Slice): readonly SliceFigures[] => {
  const rows = slices.filter(each => each.slice === slice)
  return slice === 'PHASE' || rows.length < 2 ? rows : [...rows, ...slices.filter(each => each.slice === 'ALL')]
}

/** Where the achieved share misses the planned one by more than chance would: worth a mark. */
export const missesPlan = ({ plannedPercent, achievedPercent, operations }: SliceFigures): boolean => {
  if (plannedPercent === null || operations === 0 || achievedPercent <= 0) return false
  const share = plannedPercent / 100
  const total = (operations / achievedPercent) * 100
  const chancePercent = 100 * 4 * Math.sqrt((share * (1 - share)) / Math.max(1, total))
  return Math.abs(achievedPercent - plannedPercent) > Math.max(1, chancePercent)
}

export const figuresCsv = (slices: readonly SliceFigures[]): CsvTable => ({
  columns: [
    'slice',
    'name',
    'planned_percent',
    'achieved_percent',
    'operations',
    'errors',
    'error_rate',
    'qps',
    'min_ms',
    'mean_ms',
    'p50_ms',
    'p90_ms',
    'p95_ms',
    'p99_ms',
    'p999_ms',
    'max_ms',
  ],
  rows: slices.map(row => [
    row.slice,
    row.name,
    row.plannedPercent,
    row.achievedPercent,
    row.operations,
    row.errors,
    row.errorRate,
    row.qps,
    row.minMs,
    row.meanMs,
    row.p50Ms,
    row.p90Ms,
    row.p95Ms,
    row.p99Ms,
    row.p999Ms,
    row.maxMs,
  ]),
})
