import type { RunRecord } from '@flakebench/contract'
import { listEnrichments, readRun } from '@flakebench/store'
import { Arg, Ctx, Float, ID, Int, Query, Resolver } from 'type-graphql'
import type { SeriesAlignment, SeriesMetric } from '../../decide/figures/seriesMetrics.ts'
import { thinOut } from '../../decide/figures/thinOut.ts'
import { invalid, notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { SeriesAlignmentEnum, SeriesMetricEnum } from '../enums.ts'
import { readSeriesValues } from './readSeriesValues.ts'
import { Series } from './series.type.ts'

const MOST_RUNS = 5
const FEWEST_POINTS = 10

@Resolver()
export class SeriesResolver {
  @Query(() => [Series], {
    description:
      'Intervals of one to five runs as they were measured, of each only those that a chart of so many points can tell apart: the lowest and the highest of each stretch. Nothing is averaged.',
  })
  async series(
    @Arg('runIds', () => [ID]) runIds: string[],
    @Arg('metrics', () => [SeriesMetricEnum]) metrics: SeriesMetric[],
    @Arg('maxPoints', () => Int, { nullable: true }) maxPoints: number | null,
    @Arg('fromSeconds', () => Float, { nullable: true }) fromSeconds: number | null,
    @Arg('toSeconds', () => Float, { nullable: true }) toSeconds: number | null,
    @Arg('align', () => SeriesAlignmentEnum, { defaultValue: 'MEASUREMENT_START' }) align: SeriesAlignment,
    @Ctx() context: ApiContext,
  ): Promise<Series[]> {
    refuseUnreasonable(runIds, maxPoints ?? null)
    const runs = await Promise.all(runIds.map(id => readKnownRun(id, context)))
    const enrichments = metrics.includes('OVERHEAD') ? await listEnrichments(context.db, runIds) : []
    const ofRuns = await Promise.all(
      runs.map(async run => {
        const startMs = align === 'RUN_START' ? 0 : measurementStartMs(run)
        const from = fromSeconds == null ? Number.NEGATIVE_INFINITY : fromSeconds * 1_000 + startMs
        const to = toSeconds == null ? Number.POSITIVE_INFINITY : toSeconds * 1_000 + startMs
        const found = await readSeriesValues(run, new Set(metrics), enrichments, context)
        return metrics.map(metric => {
          const values = (found.get(metric) ?? []).filter(({ endMs }) => endMs >= from && endMs <= to)
          const { atMs, values: kept } = thinOut(values, maxPoints ?? null)
          return { runId: run.id, metric, intervals: values.length, seconds: atMs.map(ms => (ms - startMs) / 1_000), values: kept }
        })
      }),
    )
    return ofRuns.flat()
  }
}

const readKnownRun = async (id: string, { db }: ApiContext): Promise<RunRecord> => {
  const run = await readRun(db, id)
  if (run === null) throw notFound('run', id)
  return run
}

/** From the agreed start. */
const measurementStartMs = ({ plan }: RunRecord): number => plan.load.warmupSeconds * 1_000

const refuseUnreasonable = (runIds: readonly string[], maxPoints: number | null): void => {
  const different = new Set(runIds).size
  const problems = [
    ...(different === runIds.length && different >= 1 && different <= MOST_RUNS
      ? []
      : [{ path: 'runIds', message: `Name 1 to ${MOST_RUNS} different runs; ${different} were named` }]),
    ...(maxPoints === null || maxPoints >= FEWEST_POINTS
      ? []
      : [{ path: 'maxPoints', message: `maxPoints must be at least ${FEWEST_POINTS}; it is ${maxPoints}` }]),
  ]
  if (problems.length > 0) throw invalid('The query', problems)
}
