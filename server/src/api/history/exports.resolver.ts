import { readRun } from '@flakebench/store'
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql'
import type { ExportFormat } from '../../exports/exportFile.ts'
import { notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { ExportFormatEnum } from '../enums.ts'
import { ExecutionFilter, ExecutionSort } from '../execution/execution.input.ts'
import { toChoice } from '../execution/execution.map.ts'
import { RunFilter } from '../run/run.input.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { RunSort } from './history.input.ts'
import { Export } from './history.type.ts'
import { toListing, toSort } from './listing.map.ts'

@Resolver()
export class ExportsResolver {
  @Mutation(() => Export, {
    description:
      'Writes a file, which is served at the url for a day. CSV: the intervals, or instead of them the executions, all or as filter and sort choose ' +
      'them. JSON: the run, its figures and ' +
      'intervals. BUNDLE: a run that is over, for importRun of another installation. No connection, host or address is in any of them by itself, ' +
      'but the texts of statements, errors and, in a BUNDLE, log lines are as they were, and may name some.',
  })
  async exportRun(
    @Arg('id', () => ID) id: string,
    @Arg('format', () => ExportFormatEnum) format: ExportFormat,
    @Arg('executions', () => Boolean, { defaultValue: false }) executions: boolean,
    @Arg('filter', () => ExecutionFilter, { nullable: true }) filter: ExecutionFilter | null,
    @Arg('sort', () => ExecutionSort, { nullable: true }) sort: ExecutionSort | null,
    @Ctx() context: ApiContext,
  ): Promise<Export> {
    const run = await readRun(context.db, id)
    if (run === null) throw notFound('run', id)
    const chosen = filter == null && sort == null ? null : toChoice(run, filter, sort)
    return await context.exports.exportRun(run, format, executions, chosen)
  }

  @Mutation(() => Export, { description: 'The list of runs as CSV or JSON, all pages of it.' })
  async exportRuns(
    @Arg('filter', () => RunFilter, { nullable: true }) filter: RunFilter | null,
    @Arg('sort', () => RunSort, { nullable: true }) sort: RunSort | null,
    @Arg('format', () => ExportFormatEnum) format: ExportFormat,
    @Ctx() context: ApiContext,
  ): Promise<Export> {
    return await context.exports.exportRuns(toListing(filter), toSort(sort), format)
  }

  @Mutation(() => Run, { description: 'Brings in a bundle that POST /bundles has taken; refused where the run is here already.' })
  async importRun(@Arg('file', () => ID) file: string, @Ctx() context: ApiContext): Promise<Run> {
    const run = await readRun(context.db, await context.exports.importRun(file))
    if (run === null) throw notFound('bundle', file)
    return (await presentRuns([run], context))[0] as Run
  }
}
