import type { CsvCell, CsvTable } from '../../ui/words/csv.ts'
import { exactText, memoryText, msText, NOT_MEASURED, percentText, qpsText, threeDigits } from '../../ui/words/numbers.ts'
import type { RunLook } from './runLooks.ts'

/** What a table says of one run. */
export interface RunCell {
  readonly text: string
  /** In the tooltip. */
  readonly exact?: string
  /** Smaller, beside it. */
  readonly sub?: string
  readonly delta?: Delta | null
  readonly isBest?: boolean
  /** Why neither its difference nor its being the best is coloured, in words; absent: both are. */
  readonly doubt?: string | undefined
  /** Differs from the others. */
  readonly isMarked?: boolean
}

interface Delta {
  readonly text: string
  readonly tone: 'good' | 'bad' | 'muted'
}

export interface RunTableRow {
  readonly key: string
  readonly title: string
  readonly note?: string
  /** head: of the rows that are indented below it. */
  readonly look?: 'head' | 'indented' | 'total'
  readonly cells: readonly RunCell[]
}

export const EMPTY_CELL: RunCell = { text: NOT_MEASURED }

type Better = 'HIGHER' | 'LOWER' | 'NEITHER'

const SMALL_PERCENT = 0.05
const FAR_PERCENT = 9_995

/** +12.3 %; null for the baseline itself and where there is nothing to tell. */
export const deltaOf = (percent: number | null | undefined, better: Better): Delta | null => {
  if (percent === null || percent === undefined || !Number.isFinite(percent)) return null
  if (Math.abs(percent) < SMALL_PERCENT) return { text: '±0 %', tone: 'muted' }
  const sign = percent > 0 ? '+' : '−'
  const text = Math.abs(percent) >= FAR_PERCENT ? `× ${threeDigits(percent / 100 + 1)}` : `${sign}${threeDigits(Math.abs(percent))} %`
  if (better === 'NEITHER') return { text, tone: 'muted' }
  return { text, tone: percent > 0 === (better === 'HIGHER') ? 'good' : 'bad' }
}

/** +15.0 pp: of a percentage that was 0. */
export const pointsDeltaOf = (points: number): Delta =>
  points < SMALL_POINTS ? { text: '±0 pp', tone: 'muted' } : { text: `+${threeDigits(points)} pp`, tone: 'bad' }
const SMALL_POINTS = 0.0005

const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  '/s': qpsText,
  ms: msText,
  '%': percentText,
  MB: memoryText,
}

/** A value with the unit that the server gives it. */
export const unitText = (value: number | null | undefined, unit: string): string => {
  if (value === null || value === undefined) return NOT_MEASURED
  const format = FORMATS[unit]
  if (format !== undefined) return format(value)
  return Number.isInteger(value) || Math.abs(value) >= 1_000 ? exactText(value, unit, 0) : `${threeDigits(value)} ${unit}`.trimEnd()
}

/** A table as a file: a column for each run, by its name. */
export const csvOf = (
  looks: readonly RunLook[],
  heads: readonly string[],
  rows: readonly (readonly CsvCell[])[],
  perRun: readonly string[] = [''],
): CsvTable => ({
  columns: [...heads, ...looks.flatMap(look => perRun.map(part => (part === '' ? look.title : `${look.title} ${part}`)))],
  rows,
})
