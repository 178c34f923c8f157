import { countText } from '../../ui/words/numbers.ts'

const UNITS = ['', 'k', 'M', 'G', 'T']

/** About how many rows: "≈ 20.0 k rows"; empty where nobody knows. */
export const rowsText = (estimate: number | null): string => {
  if (estimate === null) return ''
  if (estimate < 10_000) return `≈ ${countText(Math.round(estimate))} ${Math.round(estimate) === 1 ? 'row' : 'rows'}`
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(estimate) / 3))
  return `≈ ${(estimate / 1_000 ** step).toPrecision(3)} ${UNITS[step]} rows`
}

/** What is no plain table begins its comment with what it is. */
const KIND = /^(?:Partitioned table|View|Materialised view|Foreign table)(?=:|$)/

/** "view", or "partitioned table · ≈ 20.0 k rows": what is beside the name of a table in a list. */
export const tableNote = ({ rowEstimate, comment }: { readonly rowEstimate: number | null; readonly comment: string | null }): string =>
  [KIND.exec(comment ?? '')?.[0].toLowerCase() ?? '', rowsText(rowEstimate)].filter(part => part !== '').join(' · ')

/** Where a list is cut. */
export const cutNote = (listed: number): string => `Only ${countText(listed)} are listed: type a part of the name to find others.`

const WHY = {
  PRIMARY_KEY: 'of its primary key',
  UNIQUE_KEY: 'of a unique key',
  NAME: 'chosen by its name',
  FIRST_COLUMN: 'its first column',
} as const

/** "key shop, no · clustered by day · lookups by shop, of its primary key". */
export const keyText = ({
  keyColumns,
  clusteringColumns,
  lookup,
}: {
  readonly keyColumns: readonly string[]
  readonly clusteringColumns: readonly string[]
  readonly lookup: { readonly column: string; readonly reason: keyof typeof WHY } | null
}): string =>
  [
    keyColumns.length > 0 ? `key ${keyColumns.join(', ')}` : 'no key',
    clusteringColumns.length > 0 ? `clustered by ${clusteringColumns.join(', ')}` : null,
    lookup === null ? null : `lookups by ${lookup.column}, ${WHY[lookup.reason]}`,
  ]
    .filter(part => part !== null)
    .join(' · ')

/** "X-Small · started · 1 of 2 clusters". */
export const warehouseText = ({
  size,
  state,
  startedClusters,
  maxClusters,
  isInteractive,
}: {
  readonly size: string | null
  readonly state: string
  readonly startedClusters: number | null
  readonly maxClusters: number | null
  readonly isInteractive: boolean
}): string => {
  const clusters = maxClusters !== null && maxClusters > 1 ? `${startedClusters ?? 0} of ${maxClusters} clusters` : null
  return [size, state.toLowerCase(), clusters, isInteractive ? 'interactive' : null].filter(part => part !== null).join(' · ')
}
