import type { TemplateRow } from '../../api/documents/templateDocuments.ts'
import { measuredOnly } from '../../stores/runState.ts'
import type { SparkBar } from '../../ui/charts/SparkBars.vue'
import type { MixShare } from '../../ui/parts/MixBar.vue'
import { msText, qpsText } from '../../ui/words/numbers.ts'
import { STATUS_LOOKS } from '../../ui/words/statuses.ts'

type RecentRun = TemplateRow['recentRuns'][number]

const OVER: ReadonlySet<RecentRun['status']> = new Set<RecentRun['status']>(['COMPLETED', 'CANCELLED', 'FAILED'])

/** The shares of the kinds that a template sends, generic statements one by one. */
export const mixOf = ({ operations }: TemplateRow): readonly MixShare[] =>
  [
    { kind: 'POINT_LOOKUP' as const, weight: operations.pointLookup.weight },
    { kind: 'RANGE_SCAN' as const, weight: operations.rangeScan.weight },
    { kind: 'INSERT' as const, weight: operations.insert.weight },
    { kind: 'UPDATE' as const, weight: operations.update.weight },
    ...operations.generic.map(({ label, weight }) => ({ kind: 'GENERIC_SQL' as const, label, weight })),
  ].filter(share => share.weight > 0)

/** The newest run that measured something to its end. */
export const lastMeasuredRun = ({ recentRuns }: TemplateRow): RecentRun | null =>
  recentRuns.find(run => run.status === 'COMPLETED' && run.aggregateMetrics !== null) ?? null

/** QPS of the runs that are over, oldest first. */
export const recentBars = ({ recentRuns }: TemplateRow): readonly SparkBar[] =>
  recentRuns
    .filter(run => OVER.has(run.status))
    .map(run => ({
      key: run.id,
      value: measuredOnly(run.aggregateMetrics)?.qps ?? null,
      isBad: run.status === 'FAILED',
      title: `#${run.number} ${STATUS_LOOKS[run.status].word}: ${qpsText(measuredOnly(run.aggregateMetrics)?.qps)}, p95 ${msText(measuredOnly(run.aggregateMetrics)?.p95Ms)}`,
    }))
    .reverse()
