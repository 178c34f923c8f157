import type { Comparison } from '../../api/documents/compareDocuments.ts'
import type { CsvCell } from '../../ui/words/csv.ts'
import { plainWord } from '../../ui/words/kinds.ts'
import { countText, exactText, msText, qpsText } from '../../ui/words/numbers.ts'
import { deltaOf, EMPTY_CELL, type RunCell, type RunTableRow } from './runTable.ts'

type Found = NonNullable<NonNullable<Comparison['runs'][number]['result']>['findMax']>

/** What the search of a run found; null: it was none, or nothing held. */
export const foundOf = (run: Comparison['runs'][number] | undefined): Found | null => run?.result?.findMax ?? null

const FIGURES = [
  { title: 'Most connections that held', unit: '', value: (found: Found): number | null => found.connections, text: countText },
  { title: 'Throughput with them', unit: '/s', value: (found: Found): number | null => found.qps, text: qpsText },
  { title: 'p95 with them', unit: 'ms', value: (found: Found): number | null => found.p95Ms, text: msText },
] as const

/** "True max", or why it is not that much: the bounds were the limit, or it was not held a second time. */
const kindWords = ({ maxType, isConfirmed }: Found): string => `${plainWord(maxType)}${isConfirmed ? '' : ', not confirmed'}`

const KIND_TITLE = 'Kind of maximum'
const KIND_NOTE = 'True: the database was the limit. Bounded: the bounds, the load generator or the machine were, and it may hold more.'

/** To the baseline; null where either has found nothing. */
const percentOf = (value: number | null, base: number | null): number | null =>
  value === null || base === null || base === 0 ? null : 100 * (value / base - 1)

const valuesOf = (comparison: Comparison, value: (found: Found) => number | null) => {
  const values = comparison.runs.map(run => {
    const found = foundOf(run)
    return found === null ? null : value(found)
  })
  const baseline = comparison.runs.findIndex(run => run.id === comparison.baselineId)
  const deltas = values.map((each, at) => (at === baseline ? null : percentOf(each, values[baseline] ?? null)))
  return { values, deltas }
}

/** The most connections that held in each search, with the figures of that step; none where no search found any. */
export const foundRows = (comparison: Comparison): readonly RunTableRow[] => {
  const all = comparison.runs.map(foundOf)
  if (all.every(found => found === null)) return []
  const figures = FIGURES.map(({ title, unit, value, text }): RunTableRow => {
    const { values, deltas } = valuesOf(comparison, value)
    return {
      key: title,
      title,
      cells: values.map((each, at): RunCell => {
        if (each === null) return EMPTY_CELL
        // Nobody judges whether two searches may be compared: no difference is called good or bad.
        return { text: text(each), exact: exactText(each, unit), delta: deltaOf(deltas[at], 'NEITHER') }
      }),
    }
  })
  const kinds = all.map((found): RunCell => (found === null ? EMPTY_CELL : { text: kindWords(found), exact: kindWords(found) }))
  return [...figures, { key: KIND_TITLE, title: KIND_TITLE, note: KIND_NOTE, cells: kinds }]
}

export const foundCsvRows = (comparison: Comparison): readonly (readonly CsvCell[])[] => {
  const all = comparison.runs.map(foundOf)
  if (all.every(found => found === null)) return []
  const figures = FIGURES.map(({ title, unit, value }) => {
    const { values, deltas } = valuesOf(comparison, value)
    return [title, unit, ...values.flatMap((each, at) => [each, deltas[at] ?? null])]
  })
  return [...figures, [KIND_TITLE, '', ...all.flatMap(found => [found === null ? null : kindWords(found), null])]]
}
