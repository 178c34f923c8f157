import { listExecutions, listRunStatements, readExecutionCursor, readRun } from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql'
import type { ExecutionChoice } from '../../exports/executions.ts'
import { invalid, notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { pageSize } from '../page.ts'
import { presentRuns, recordOf } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { ExecutionFilter, ExecutionSort } from './execution.input.ts'
import { toChoice, toExecution, toExecutionsKept } from './execution.map.ts'
import { ExecutionConnection, ExecutionsKept, RunStatement } from './execution.type.ts'

@Resolver(() => Run)
export class ExecutionResolver {
  @FieldResolver(() => ExecutionsKept)
  async executionsKept(@Root() run: Run, @Ctx() context: ApiContext): Promise<ExecutionsKept> {
    return toExecutionsKept(recordOf(run), await context.executionsKept.load(run.id))
  }

  @FieldResolver(() => ExecutionConnection, {
    description: 'Single executions, each once. Pages by key: any page of millions costs the same.',
  })
  async executions(
    @Root() run: Run,
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => ExecutionFilter, { nullable: true }) filter: ExecutionFilter | null,
    @Arg('sort', () => ExecutionSort, { nullable: true }) sort: ExecutionSort | null,
    @Ctx() context: ApiContext,
  ): Promise<ExecutionConnection> {
    const size = pageSize(first)
    const choice = toChoice(recordOf(run), filter, sort)
    refuseUnknownCursor(after ?? null, choice.sort)
    const found = await listExecutions(context.db, run.id, { ...choice, after: after ?? null, first: size + 1 })
    const edges = found.slice(0, size).map(record => ({ node: toExecution(record), cursor: record.cursor }))
    return { edges, pageInfo: { hasNextPage: found.length > size, endCursor: edges.at(-1)?.cursor ?? null } }
  }

  @FieldResolver(() => [RunStatement], { description: 'The statements that it sends; none before its workers have looked at the table.' })
  async statements(@Root() run: Run, @Ctx() context: ApiContext): Promise<RunStatement[]> {
    return await listRunStatements(context.db, run.id)
  }

  @Mutation(() => Run, {
    description:
      "Loads what a run that is over has left on the disk of the server's machine, because its loading was stopped or failed. Answers when that is done; without it, it is done within the hour.",
  })
  async loadExecutions(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Run> {
    await context.retention.load(id)
    const record = await readRun(context.db, id)
    if (record === null) throw notFound('run', id)
    const [run] = await presentRuns([record], context)
    return run as Run
  }
}

const refuseUnknownCursor = (after: string | null, sort: ExecutionChoice['sort']): void => {
  if (after === null) return
  try {
    readExecutionCursor(after, sort)
  } catch (error) {
    throw invalid('The query', [{ path: 'after', message: `after: ${(error as Error).message}` }])
  }
}
