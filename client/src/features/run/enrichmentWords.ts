import type { Enrichment } from '../../api/documents/runPartDocuments.ts'
import type { CsvTable } from '../../ui/words/csv.ts'
import { shortClockText, spanText } from '../../ui/words/durations.ts'
import { countText, percentText } from '../../ui/words/numbers.ts'
import type { Look } from '../../ui/words/statuses.ts'

export const SOURCE_WORDS: Readonly<Record<Enrichment['source'], string>> = {
  QUERY_HISTORY: 'QUERY_HISTORY',
  AGGREGATE_QUERY_HISTORY: 'AGGREGATE_QUERY_HISTORY',
  STATEMENT_STATISTICS: 'pg_stat_statements',
}

export const ENRICHMENT_LOOKS: Readonly<Record<Enrichment['status'], Look>> = {
  PENDING: { word: 'Pending', icon: 'dots', tone: 'accent' },
  COMPLETED: { word: 'Completed', icon: 'check', tone: 'good' },
  FAILED: { word: 'Failed', icon: 'cross', tone: 'bad' },
  SKIPPED: { word: 'Skipped', icon: 'minus', tone: 'neutral' },
}

/** ", 0:00 to 0:35": the stretch that the figures are of. */
const stretchText = ({ fromSeconds, toSeconds }: Enrichment): string =>
  fromSeconds === null || toSeconds === null ? '' : `, ${clockOf(fromSeconds)} to ${clockOf(toSeconds)}`
const clockOf = (seconds: number): string => (seconds < 0 ? `−${shortClockText(-seconds)}` : shortClockText(seconds))

/** "covers 92.3 % of 500,000 executions, 0:05 to 0:35"; empty before the first look. */
export const coverageText = (enrichment: Enrichment): string => {
  const text = shareText(enrichment)
  return text === '' ? '' : `${text}${stretchText(enrichment)}`
}

const shareText = ({ matched, expected, coveragePercent }: Enrichment): string => {
  if (matched !== null && expected !== null && matched > expected) {
    return `knows ${countText(matched)} executions, ${countText(matched - expected)} more than the ${countText(expected)} that were counted`
  }
  if (coveragePercent !== null && expected !== null) return `covers ${percentText(coveragePercent)} of ${countText(expected)} executions`
  if (coveragePercent !== null) return `covers ${percentText(coveragePercent)} of the executions`
  return matched === null ? '' : `knows ${countText(matched)} executions`
}

/** When it is asked next, from `nowMs`. */
export const dueText = ({ status, dueAt }: Enrichment, nowMs: number): string => {
  if (status !== 'PENDING') return ''
  if (dueAt === null) return ''
  const seconds = (Date.parse(dueAt) - nowMs) / 1_000
  return seconds <= 0 ? 'is being asked' : `asked again in ${spanText(seconds)}`
}

const LEAST_WAIT_MS = 5_000
const MOST_WAIT_MS = 600_000

/** After how long the page looks again for what is still to come: when the server does, or null when nothing is to come. */
export const nextLookMs = (enrichments: readonly Enrichment[], nowMs: number): number | null => {
  const waits = enrichments.flatMap(({ status, dueAt }) => (status === 'PENDING' && dueAt !== null ? [Date.parse(dueAt) - nowMs] : []))
  return waits.length === 0 ? null : Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, Math.min(...waits)))
}

export const statementsCsv = ({ statements }: Enrichment): CsvTable => ({
  columns: [
    'label',
    'executions',
    'calls',
    'errors',
    'rows',
    'total_ms',
    'mean_ms',
    'p50_ms',
    'p90_ms',
    'p99_ms',
    'max_ms',
    'cache_hit_percent',
    'blocks_read',
    'io_read_ms',
    'io_write_ms',
    'wal_bytes',
  ],
  rows: statements.map(row => [
    row.label,
    row.executions,
    row.calls,
    row.errors,
    row.rows,
    row.totalMs,
    row.meanMs,
    row.p50Ms,
    row.p90Ms,
    row.p99Ms,
    row.maxMs,
    row.cacheHitPercent,
    row.blocksRead,
    row.ioReadMs,
    row.ioWriteMs,
    row.walBytes,
  ]),
})

export const clustersCsv = ({ clusters }: Enrichment): CsvTable => ({
  columns: ['cluster', 'executions', 'p50_ms', 'p95_ms', 'max_ms', 'mean_queued_overload_ms', 'mean_queued_provisioning_ms', 'by_label'],
  rows: clusters.map(row => [
    row.clusterNumber,
    row.executions,
    row.p50Ms,
    row.p95Ms,
    row.maxMs,
    row.meanQueuedOverloadMs,
    row.meanQueuedProvisioningMs,
    row.byLabel.map(each => `${each.name}: ${each.count}`).join('; '),
  ]),
})

export const overheadCsv = ({ overhead }: Enrichment): CsvTable => ({
  columns: ['at_seconds', 'executions', 'median_overhead_ms'],
  rows: overhead.map(point => [point.atSeconds, point.executions, point.medianMs]),
})

/** Beside what the server counted, what this run sent; where that is known. */
export const callsText = ({ calls, executions }: Enrichment['statements'][number]): string =>
  executions === null
    ? `${countText(calls)} calls recorded`
    : `${countText(calls)} calls recorded, ${countText(executions)} executions sent`

const STATEMENT_COLUMNS = [
  { key: 'rows', word: 'Rows', look: 'count', title: 'Rows returned or changed' },
  { key: 'totalMs', word: 'Total', look: 'ms', title: 'Time in the server, all calls together' },
  { key: 'meanMs', word: 'Mean', look: 'ms', title: 'Time in the server' },
  { key: 'p50Ms', word: 'p50', look: 'ms', title: 'Time in the server' },
  { key: 'p90Ms', word: 'p90', look: 'ms', title: 'Time in the server' },
  { key: 'p99Ms', word: 'p99', look: 'ms', title: 'Time in the server' },
  { key: 'maxMs', word: 'max', look: 'ms', title: 'Time in the server' },
  { key: 'cacheHitPercent', word: 'Cache hits', look: 'percent', title: 'Blocks found in shared buffers, of all that were asked for' },
  { key: 'blocksRead', word: 'Blocks read', look: 'count', title: 'Blocks that were not in shared buffers' },
  { key: 'ioReadMs', word: 'Read time', look: 'ms', title: 'Time spent reading blocks; needs track_io_timing' },
  { key: 'ioWriteMs', word: 'Write time', look: 'ms', title: 'Time spent writing blocks; needs track_io_timing' },
  { key: 'walBytes', word: 'WAL', look: 'bytes', title: 'Write-ahead log that the statements produced' },
  { key: 'errors', word: 'Errors', look: 'count', title: 'As the server counts them' },
] as const

export type StatementColumn = (typeof STATEMENT_COLUMNS)[number]

/** A source knows some of the columns: those of which it knows nothing are left out. */
export const statementColumns = ({ statements }: Enrichment): readonly StatementColumn[] =>
  STATEMENT_COLUMNS.filter(({ key }) => statements.some(row => row[key] !== null))
