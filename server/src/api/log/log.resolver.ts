import type { LogLevel } from '@flakebench/contract'
import { type LogLineRead, listLogLines, logPositionAt, readRun } from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root, Subscription } from 'type-graphql'
import { followLog } from '../../live/followLog.ts'
import { invalid, notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { LogLevelEnum } from '../enums.ts'
import { Run } from '../run/run.type.ts'
import { RunLog, RunLogLine } from './log.type.ts'

const MOST_LINES = 1_000

interface Following {
  readonly runId: string
  readonly afterSeq?: string | null
  readonly levels?: readonly LogLevel[] | null
  readonly sources?: readonly string[] | null
}

@Resolver(() => Run)
export class LogResolver {
  @FieldResolver(() => RunLog, { description: 'What its server and its workers had to say, from the first line on.' })
  async logs(
    @Root() run: Run,
    @Arg('first', () => Int, { defaultValue: 200 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('levels', () => [LogLevelEnum], { nullable: true }) levels: LogLevel[] | null,
    @Arg('sources', () => [String], { nullable: true }) sources: string[] | null,
    @Ctx() context: ApiContext,
  ): Promise<RunLog> {
    if (first < 1 || first > MOST_LINES) {
      throw invalid('The query', [{ path: 'first', message: `first must be from 1 to ${MOST_LINES}; it is ${first}` }])
    }
    refuseUnknownCursor('after', after)
    const found = await listLogLines(context.db, run.id, {
      after: after ?? null,
      first: first + 1,
      levels: levels ?? null,
      sources: sources ?? null,
    })
    const lines = found.slice(0, first).map(toLogLine)
    return { lines, endCursor: lines.at(-1)?.seq ?? after ?? null, hasMore: found.length > first }
  }

  @Subscription(() => [RunLogLine], {
    description:
      'The lines of a run as they appear, from the first or from the one after afterSeq on, each once; ends some seconds after the run.',
    subscribe: ({ args, context }: { args: Following; context: ApiContext }) => watchLog(args, context),
  })
  runLogs(
    @Root() lines: readonly LogLineRead[],
    @Arg('runId', () => ID) _runId: string,
    @Arg('afterSeq', () => String, { nullable: true }) _afterSeq: string | null,
    @Arg('levels', () => [LogLevelEnum], { nullable: true }) _levels: LogLevel[] | null,
    @Arg('sources', () => [String], { nullable: true }) _sources: string[] | null,
  ): RunLogLine[] {
    return lines.map(toLogLine)
  }
}

const watchLog = async (
  { runId, afterSeq, levels, sources }: Following,
  context: ApiContext,
): Promise<AsyncIterableIterator<readonly LogLineRead[]>> => {
  refuseUnknownCursor('afterSeq', afterSeq ?? null)
  if ((await readRun(context.db, runId)) === null) throw notFound('run', runId)
  return followLog(context, runId, afterSeq ?? null, { levels: levels ?? null, sources: sources ?? null })
}

const refuseUnknownCursor = (path: string, cursor: string | null | undefined): void => {
  try {
    logPositionAt(cursor ?? null)
  } catch (error) {
    throw invalid('The query', [{ path, message: `${path}: ${(error as Error).message}` }])
  }
}

const toLogLine = ({ cursor, atMs, id, level, source, workerId, message, exception }: LogLineRead): RunLogLine => ({
  id,
  seq: cursor,
  at: new Date(atMs),
  level,
  source,
  workerId,
  message,
  exception,
})
