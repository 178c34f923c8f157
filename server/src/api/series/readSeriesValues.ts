import { type Enrichment, isTerminal, type RunRecord, type RunSeries } from '@flakebench/contract'
import { listWarehousePolls } from '@flakebench/store'
import { runSeriesOf } from '../../decide/figures/runSeries.ts'
import {
  intervalValues,
  isOfIntervals,
  isOfWarehouse,
  overheadValues,
  type SeriesMetric,
  type SeriesValue,
  warehouseValues,
} from '../../decide/figures/seriesMetrics.ts'
import { LOOKS_EVERY_MS } from '../../warehouse/warehousePoller.ts'
import type { ApiContext } from '../context.ts'

/** What a run has of these metrics, in order of time; only what they need is read. @param enrichments where there is to be OVERHEAD */
export const readSeriesValues = async (
  run: RunRecord,
  metrics: ReadonlySet<SeriesMetric>,
  enrichments: readonly Enrichment[],
  context: ApiContext,
): Promise<Map<SeriesMetric, SeriesValue[]>> => {
  const wanted = [...metrics]
  const hasWarehouse = run.plan.target.warehouse !== null
  const [series, polls] = await Promise.all([
    wanted.some(isOfIntervals) ? readRunSeries(run, context) : null,
    hasWarehouse && wanted.some(isOfWarehouse) ? listWarehousePolls(context.db, run.id) : [],
  ])
  const overhead = enrichments.find(({ runId, content }) => runId === run.id && (content?.overhead.length ?? 0) > 0)?.content ?? null
  return new Map(
    wanted.map(metric => {
      if (isOfIntervals(metric)) return [metric, series === null ? [] : intervalValues(series, metric)]
      return [metric, isOfWarehouse(metric) ? warehouseValues(polls, metric, LOOKS_EVERY_MS) : overheadValues(overhead)]
    }),
  )
}

/** Null: it has not begun. */
const readRunSeries = async (run: RunRecord, context: ApiContext): Promise<RunSeries | null> => {
  if (run.startAtMs === null) return null
  if (isTerminal(run.status)) return await context.figures.load(run, 'SERIES')
  return runSeriesOf(await context.views.history(run))
}
