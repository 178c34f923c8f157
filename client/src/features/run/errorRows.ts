import type { ErrorGroup } from '../../api/documents/runPartDocuments.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { countText, percentText } from '../../ui/words/numbers.ts'

type NamedCount = ErrorGroup['byLabel'][number]

interface ErrorCategoryRows {
  readonly category: ErrorGroup['category']
  readonly count: number
  readonly groups: readonly ErrorGroup[]
}

const ofCount = (a: { readonly count: number }, b: { readonly count: number }): number => b.count - a.count

/** Groups by category, what is most frequent first. */
export const errorCategoryRows = (groups: readonly ErrorGroup[]): readonly ErrorCategoryRows[] => {
  const byCategory = new Map<ErrorGroup['category'], ErrorGroup[]>()
  for (const group of groups) byCategory.set(group.category, [...(byCategory.get(group.category) ?? []), group])
  return [...byCategory]
    .map(([category, found]) => ({
      category,
      count: found.reduce((sum, group) => sum + group.count, 0),
      groups: found.toSorted(ofCount),
    }))
    .toSorted(ofCount)
}

/** "Update 60 %, Insert 40 %"; of many only the most frequent, and how many more there are. */
export const sharesText = (counts: readonly NamedCount[], word: (name: string) => string, most = 3): string => {
  const total = counts.reduce((sum, each) => sum + each.count, 0)
  const ordered = counts.toSorted(ofCount)
  if (ordered.length === 1 && ordered[0] !== undefined) return word(ordered[0].name)
  const shown = ordered.slice(0, most).map(each => `${word(each.name)} ${percentText((100 * each.count) / Math.max(1, total))}`)
  return [...shown, ...(ordered.length > most ? [`${ordered.length - most} more`] : [])].join(', ')
}

/** Every one of them with its count, for the tooltip. */
export const countsText = (counts: readonly NamedCount[], word: (name: string) => string): string =>
  counts
    .toSorted(ofCount)
    .map(each => `${word(each.name)}: ${countText(each.count)}`)
    .join('\n')

export const errorsCsv = (groups: readonly ErrorGroup[]): CsvTable => ({
  columns: ['category', 'message', 'count', 'first_seconds', 'last_seconds', 'by_label', 'by_worker', 'sample'],
  rows: groups.map(group => [
    group.category,
    group.message,
    group.count,
    group.firstSeconds,
    group.lastSeconds,
    group.byLabel.map(each => `${each.name}: ${each.count}`).join('; '),
    group.byWorker.map(each => `${each.name}: ${each.count}`).join('; '),
    group.sample,
  ]),
})
