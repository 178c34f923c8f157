import type { RunRecord } from '@flakebench/contract'
import { countRuns, countTags, keepFingerprints, listSortedRuns, listWarehouseSizes, putRunMarks, readRun } from '@flakebench/store'
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { notFound, Refusal } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { RerunFromEnum } from '../enums.ts'
import { NamedCount, toNamedCounts } from '../figure/namedCount.type.ts'
import { pageSize } from '../page.ts'
import { RunFilter } from '../run/run.input.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Run, RunConnection } from '../run/run.type.ts'
import { RunSort } from './history.input.ts'
import { toListing, toSort } from './listing.map.ts'
import { readMarks } from './readMarks.ts'
import { readRunCursor, toRunCursor } from './runCursor.ts'

/** A run that was just changed. */
const present = async (record: RunRecord, context: ApiContext): Promise<Run> => {
  context.marks.clear(record.id)
  return (await presentRuns([record], context))[0] as Run
}

@Resolver()
export class HistoryResolver {
  @Query(() => RunConnection, { description: 'Runs, newest first unless sorted otherwise.' })
  async runs(
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => RunFilter, { nullable: true }) filter: RunFilter | null,
    @Arg('sort', () => RunSort, { nullable: true }) sent: RunSort | null,
    @Ctx() context: ApiContext,
  ): Promise<RunConnection> {
    const { db } = context
    const size = pageSize(first)
    const listing = toListing(filter)
    const sort = toSort(sent)
    const position = after == null ? null : readRunCursor(after, sort)
    if (listing.fingerprint != null) await keepFingerprints(db)
    const [found, totalCount] = await Promise.all([
      listSortedRuns(db, listing, sort, size + 1, position).catch(asRefusal),
      countRuns(db, listing),
    ])
    const shown = found.slice(0, size)
    const runs = await presentRuns(
      shown.map(({ run }) => run),
      context,
    )
    const cursors = shown.map(one => toRunCursor(sort, one.position))
    return {
      edges: runs.map((node, i) => ({ node, cursor: cursors[i] as string })),
      pageInfo: { hasNextPage: found.length > size, endCursor: cursors.at(-1) ?? null },
      totalCount,
    }
  }

  @Query(() => [NamedCount], { description: 'Tags in use, most used first.' })
  async tags(@Ctx() context: ApiContext): Promise<NamedCount[]> {
    return toNamedCounts(await countTags(context.db))
  }

  @Query(() => [String], { description: 'Warehouse sizes that runs have had.' })
  async warehouseSizes(@Ctx() context: ApiContext): Promise<string[]> {
    return await listWarehouseSizes(context.db)
  }

  @Mutation(() => Run, {
    description: 'What is left out stays as it is. Tags replace all there were; an empty annotation takes it away.',
  })
  async annotateRun(
    @Arg('id', () => ID) id: string,
    @Arg('tags', () => [String], { nullable: true }) tags: string[] | null,
    @Arg('annotation', () => String, { nullable: true }) annotation: string | null,
    @Arg('isBaseline', () => Boolean, { nullable: true }) isBaseline: boolean | null,
    @Ctx() context: ApiContext,
  ): Promise<Run> {
    const change = readMarks({ tags, annotation, isBaseline })
    const record = await readRun(context.db, id)
    if (record === null || !(await putRunMarks(context.db, id, change))) throw notFound('run', id)
    context.runsFeed.poke()
    return await present(record, context)
  }

  @Mutation(() => Run, { description: 'A run that is not under way: it is out of every list, and can be restored.' })
  async deleteRun(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Run> {
    return await present(await context.commands.delete(id), context)
  }

  @Mutation(() => Run)
  async restoreRun(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Run> {
    return await present(await context.commands.restore(id), context)
  }

  @Mutation(() => Run, {
    description: 'A new PREPARED run: exactly as this one was, seed and all, or with its template as it is now.',
  })
  async rerun(
    @Arg('id', () => ID) id: string,
    @Arg('from', () => RerunFromEnum, { defaultValue: 'SNAPSHOT' }) from: 'SNAPSHOT' | 'LATEST_TEMPLATE',
    @Ctx() context: ApiContext,
  ): Promise<Run> {
    return await present(await context.commands.rerun(id, from), context)
  }
}

const asRefusal = (error: unknown): never => {
  if (!(error instanceof RangeError)) throw error
  const message = 'after is no cursor of a list of runs: take endCursor of the page before'
  throw new Refusal('VALIDATION_FAILED', message, [{ path: 'after', message }])
}
