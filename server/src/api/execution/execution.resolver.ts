import { listExecutions, listRunStatements, readExecutionCursor } from '@flakebench/store'
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { invalid } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { pageSize } from '../page.ts'
import { recordOf } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { ExecutionFilter, ExecutionSort } from './execution.input.ts'
import { toExecution, toExecutionsKept, toStoreFilter } from './execution.map.ts'
import { ExecutionConnection, ExecutionsKept, RunStatement } from './execution.type.ts'

const DEFAULT_SORT: ExecutionSort = { field: 'END', direction: 'ASC' }

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
    const sorted = { ...DEFAULT_SORT, ...sort }
    refuseUnknownCursor(after ?? null, sorted)
    const found = await listExecutions(context.db, run.id, {
      filter: toStoreFilter(recordOf(run), filter ?? {}),
      sort: sorted,
      after: after ?? null,
      first: size + 1,
    })
    const edges = found.slice(0, size).map(record => ({ node: toExecution(record), cursor: record.cursor }))
    return { edges, pageInfo: { hasNextPage: found.length > size, endCursor: edges.at(-1)?.cursor ?? null } }
  }

  @FieldResolver(() => [RunStatement], { description: 'The statements whose executions were kept.' })
  async statements(@Root() run: Run, @Ctx() context: ApiContext): Promise<RunStatement[]> {
    return await listRunStatements(context.db, run.id)
  }
}

const refuseUnknownCursor = (after: string | null, sort: ExecutionSort): void => {
  if (after === null) return
  try {
    readExecutionCursor(after, sort)
  } catch (error) {
    throw invalid('The query', [{ path: 'after', message: `after: ${(error as Error).message}` }])
  }
}
