import { readRun } from '@flakebench/store'
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import type { ComparedRun } from '../../decide/compare/comparedRun.ts'
import { METHOD } from '../../decide/compare/method.ts'
import { metricRows } from '../../decide/compare/metricRows.ts'
import { errorRows, labelRows, workerRows } from '../../decide/compare/partRows.ts'
import { clusterRows, findMaxRows, runSpans } from '../../decide/compare/placeRows.ts'
import { resourceRows } from '../../decide/compare/resourceRows.ts'
import { settingRows } from '../../decide/compare/settingRows.ts'
import { groupTrials, type TrialGroup } from '../../decide/compare/trial.ts'
import { decideVerdicts } from '../../decide/compare/verdict.ts'
import { invalid, notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { toNamedCounts } from '../figure/namedCount.type.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Comparison } from './compare.type.ts'
import { readComparedRuns } from './readComparedRuns.ts'
import { readOtherRuns } from './readOtherRuns.ts'

const FEWEST = 2
const MOST = 5

@Resolver()
export class CompareResolver {
  @Query(() => Comparison, {
    description:
      'Two to five different runs side by side, deleted ones too, with verdicts and their evidence. Runs that are not over are compared as far as they have figures.',
  })
  async compareRuns(
    @Arg('ids', () => [ID]) ids: string[],
    @Arg('baselineId', () => ID, { nullable: true, description: 'One of the ids; without it the first.' }) baselineId: string | null,
    @Ctx() context: ApiContext,
  ): Promise<Comparison> {
    checkIds(ids, baselineId ?? null)
    const records = await Promise.all(
      ids.map(async id => {
        const run = await readRun(context.db, id)
        if (run === null) throw notFound('run', id)
        return run
      }),
    )
    const [runs, compared] = await Promise.all([presentRuns(records, context), readComparedRuns(records, context)])
    const baseline = baselineId ?? (ids[0] as string)
    const groups = await readOtherRuns(groupTrials(compared, baseline), context)
    return { runs, ...sideBySide(compared, baseline, groups) }
  }
}

/** @throws Refusal with every problem at once */
const checkIds = (ids: readonly string[], baselineId: string | null): void => {
  const different = new Set(ids).size
  const problems = [
    ...(different !== ids.length || ids.length < FEWEST || ids.length > MOST
      ? [{ path: 'ids', message: `Name ${FEWEST} to ${MOST} different runs; ${different} were named` }]
      : []),
    ...(baselineId !== null && !ids.includes(baselineId)
      ? [{ path: 'baselineId', message: `The baseline must be one of the runs that are compared; ${baselineId} is none of them` }]
      : []),
  ]
  if (problems.length > 0) throw invalid('The comparison', problems)
}

const sideBySide = (compared: readonly ComparedRun[], baselineId: string, groups: readonly TrialGroup[]): Omit<Comparison, 'runs'> => ({
  baselineId,
  groups: groups.map(({ id, trials, isBaseline }) => ({ id, runIds: trials.map(({ run }) => run.id), isBaseline })),
  spans: runSpans(compared),
  settings: settingRows(compared),
  metrics: metricRows(compared, baselineId),
  labels: labelRows(compared, baselineId),
  errors: errorRows(compared),
  findMax: findMaxRows(compared),
  resources: resourceRows(compared),
  clusters: clusterRows(compared).map(({ clusterNumber, cells }) => ({
    clusterNumber,
    cells: cells.map(cell => (cell === null ? null : { ...cell, byLabel: toNamedCounts(cell.byLabel) })),
  })),
  workers: workerRows(compared),
  verdicts: decideVerdicts(groups),
  method: METHOD,
})
