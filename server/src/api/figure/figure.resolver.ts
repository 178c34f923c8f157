import { addEncoded, bucketsOf, type ErrorGroup as ErrorGroupRecord, isTerminal, percentileCurveOf } from '@flakebench/contract'
import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { ApiContext } from '../context.ts'
import { recordOf } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { type ErrorGroup, HeatMap, PercentilePoint, RunFigures } from './figure.type.ts'
import { toNamedCounts } from './namedCount.type.ts'

@Resolver(() => Run)
export class FigureResolver {
  @FieldResolver(() => RunFigures, {
    nullable: true,
    description:
      'Percentiles by kind, label, READ and WRITE, phase and worker; made once. Null until the run is over, and where nothing was measured.',
  })
  async figures(@Root() run: Run, @Ctx() context: ApiContext): Promise<RunFigures | null> {
    const summary = await context.figures.load(recordOf(run), 'SUMMARY')
    if (summary === null) return null
    const { slices, errorGroups, areErrorsWhole } = summary
    return { slices, errorGroups: errorGroups.map(toErrorGroup), areErrorsWhole }
  }

  @FieldResolver(() => HeatMap, { nullable: true, description: 'Null until the run is over, and where nothing was measured.' })
  async heatMap(@Root() run: Run, @Ctx() context: ApiContext): Promise<HeatMap | null> {
    const map = await context.figures.load(recordOf(run), 'HEAT_MAP')
    if (map === null || map.bandEdgesMs.length === 0) return null
    return {
      columnEdgesSeconds: map.columnEdgesMs.map(ms => ms / 1_000),
      bandEdgesMs: map.bandEdgesMs,
      columns: map.counts.map(counts => ({ counts })),
    }
  }

  @FieldResolver(() => [PercentilePoint], {
    description:
      'The distribution of response times in the measurement, in steps that grow finer towards 100 %. Empty until the run is over.',
  })
  async percentileCurve(
    @Root() run: Run,
    @Arg('label', () => String, { nullable: true, description: 'Null: all operations.' }) label: string | null,
    @Ctx() context: ApiContext,
  ): Promise<PercentilePoint[]> {
    const result = isTerminal(recordOf(run).status) ? await context.results.load(run.id) : null
    if (result === null) return []
    const ofLabel = result.byKind.filter(one => one.label === label).map(one => one.latency)
    const latency = label == null ? result.latency : addEncoded(ofLabel)
    return latency === null ? [] : percentileCurveOf(bucketsOf(latency))
  }
}

const toErrorGroup = ({ firstMs, lastMs, byLabel, byWorker, ...group }: ErrorGroupRecord): ErrorGroup => ({
  ...group,
  byLabel: toNamedCounts(byLabel),
  byWorker: toNamedCounts(byWorker),
  firstSeconds: firstMs / 1_000,
  lastSeconds: lastMs / 1_000,
})
