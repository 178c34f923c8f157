import { isTerminal, type Result, type RunRecord } from '@flakebench/contract'
import { listSteps, type RunStateChange, readRun } from '@flakebench/store'
import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql'
import type { RunLiveView } from '../../live/runView.ts'
import { notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { toSteps } from '../load/load.map.ts'
import { ControllerStep } from '../load/load.type.ts'
import { toRunResult } from './metrics.map.ts'
import { HistoryPoint, Metrics, RunResult } from './metrics.type.ts'
import { readHistory } from './readHistory.ts'
import { RunOverrides } from './run.input.ts'
import { moment, toRun } from './run.map.ts'
import { Run } from './run.type.ts'
import { RunChange, RunUpdate, RunWorker } from './runState.type.ts'
import { momentaryMetrics, toRunUpdate } from './runUpdate.map.ts'
import { selectedFields } from './selectedFields.ts'
import { toRunWorker } from './worker.map.ts'

const records = new WeakMap<Run, RunRecord>()

/** A run as GraphQL shows it; its fields that take more readings find the record again by `recordOf`. */
const present = async (record: RunRecord, context: ApiContext): Promise<Run> => {
  const { connectionId } = record.plan.target
  const connection = connectionId === null ? null : await context.connections.load(connectionId)
  const skewMs = record.startAtMs === null ? null : ((await context.plainResults.load(record.id))?.startSkewMs ?? null)
  const run = toRun(record, connection?.name ?? null, skewMs)
  records.set(run, record)
  return run
}

/** For the topics that add fields to a run. */
export const recordOf = (run: Run): RunRecord => records.get(run) as RunRecord

/** Run rows for other topics: templates list their runs, comparisons too. */
export const presentRuns = (found: readonly RunRecord[], context: ApiContext): Promise<Run[]> =>
  Promise.all(found.map(record => present(record, context)))

/** With its histograms only where something is asked that is read from them. */
const resultFor = async (runId: string, context: ApiContext, info: GraphQLResolveInfo): Promise<Result | null> => {
  const isDear = [...selectedFields(info)].some(name => FROM_HISTOGRAMS.includes(name))
  if (isDear) return await context.results.load(runId)
  const plain = await context.plainResults.load(runId)
  return plain === null ? null : { ...plain, latency: null, byKind: [], warmupByKind: [] }
}

const FROM_HISTOGRAMS = ['byKind', 'warmupByKind']

@Resolver(() => Run)
export class RunResolver {
  @Query(() => Run, { nullable: true, description: 'Null, with the error code NOT_FOUND, for an unknown id.' })
  async run(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Run> {
    const record = await readRun(context.db, id)
    if (record === null) throw notFound('run', id)
    return await present(record, context)
  }

  @Mutation(() => Run, {
    description: 'Checks the template, freezes it into a plan and creates the run as PREPARED. Nothing runs yet.',
  })
  async prepareRun(
    @Arg('templateId', () => ID) templateId: string,
    @Arg('overrides', () => RunOverrides, { nullable: true }) overrides: RunOverrides | null,
    @Ctx() context: ApiContext,
  ): Promise<Run> {
    return await present(await context.commands.prepare(templateId, { ...overrides }), context)
  }

  @Mutation(() => Run, { description: 'Starts a PREPARED run: its workers are spawned, and begin together once all are ready.' })
  async startRun(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Run> {
    return await present(await context.commands.start(id), context)
  }

  @Mutation(() => Run, {
    description:
      'Ends a run that is not over yet: nothing new is sent, what is in flight drains, and the run ends as CANCELLED. Twice is once. ' +
      'While its executions are loaded or its system under test is asked (`processing` is there), the run ends at once, with the reason it had: executions ' +
      'that are on disk still are loaded later.',
  })
  async stopRun(
    @Arg('id', () => ID) id: string,
    @Arg('reason', () => String, { nullable: true }) reason: string | null,
    @Ctx() context: ApiContext,
  ): Promise<Run> {
    return await present(await context.commands.stop(id, reason ?? null), context)
  }

  @Mutation(() => Run, {
    description:
      'Sets the connections that one worker of a running run with a fixed number of connections is to hold: absolute, until it is set again. ' +
      'A run with a controller refuses it. The worker tells that it has heard of it with its next heartbeat.',
  })
  async setWorkerTarget(
    @Arg('runId', () => ID) runId: string,
    @Arg('workerId', () => ID) workerId: string,
    @Arg('connections', () => Int) connections: number,
    @Ctx() context: ApiContext,
  ): Promise<Run> {
    return await present(await context.commands.setWorkerTarget(runId, workerId, connections), context)
  }

  @Subscription(() => RunUpdate, {
    description: 'The whole state of a run, each second and at each change of state; ends after the terminal one.',
    subscribe: ({ args, context }: { args: { runId: string }; context: ApiContext }) => watchRun(args.runId, context),
  })
  runUpdated(@Root() view: RunLiveView, @Arg('runId', () => ID) _runId: string, @Ctx() context: ApiContext): RunUpdate {
    return toRunUpdate(view, context.thresholds)
  }

  @Subscription(() => RunChange, {
    description: 'Each run that is created, or changes its status or phase; for lists and external tools.',
    subscribe: ({ context }: { context: ApiContext }) => context.runsFeed.subscribe(),
  })
  runsChanged(@Root() change: RunStateChange): RunChange {
    const { id, name, status, phase, changedAtMs } = change
    return { id, name, status, phase, changedAt: moment(changedAtMs) }
  }

  @FieldResolver(() => Metrics, {
    nullable: true,
    description: 'The newest second while load is running, the measurement as a whole afterwards; see scope.',
  })
  async aggregateMetrics(@Root() run: Run, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<Metrics | null> {
    const record = recordOf(run)
    if (record.startAtMs === null) return null
    if (isTerminal(record.status)) return momentaryMetrics(record, null, await resultFor(run.id, context, info))
    const view = await context.views.live(run.id)
    return view === null ? null : momentaryMetrics(view.run, view.newest.at(-1) ?? null, view.result)
  }

  @FieldResolver(() => RunResult, { nullable: true, description: 'Null until the run is over, and for one that never began to send.' })
  async result(@Root() run: Run, @Ctx() context: ApiContext, @Info() info: GraphQLResolveInfo): Promise<RunResult | null> {
    const record = recordOf(run)
    const result = isTerminal(record.status) ? await resultFor(run.id, context, info) : null
    return result === null ? null : toRunResult(result, record)
  }

  @FieldResolver(() => [RunWorker])
  async workers(@Root() run: Run, @Ctx() context: ApiContext): Promise<RunWorker[]> {
    const { heartbeats, figures } = await context.views.workers(recordOf(run))
    return heartbeats.map(beat => toRunWorker(recordOf(run), beat, figures, context.thresholds))
  }

  @FieldResolver(() => [ControllerStep], { description: 'All steps of its controller that are done, oldest first.' })
  async controllerSteps(@Root() run: Run, @Ctx() context: ApiContext): Promise<ControllerStep[]> {
    const record = recordOf(run)
    return record.plan.load.mode === 'CONCURRENCY' ? [] : toSteps(record, await listSteps(context.db, run.id))
  }

  @FieldResolver(() => [HistoryPoint], {
    description: 'What happened over time: all intervals, or at most maxPoints made by adding neighbours, histograms and all.',
  })
  async history(
    @Root() run: Run,
    @Arg('maxPoints', () => Int, { defaultValue: 300 }) maxPoints: number,
    @Ctx() context: ApiContext,
  ): Promise<HistoryPoint[]> {
    return await readHistory(recordOf(run), maxPoints, context)
  }
}

const watchRun = async (runId: string, context: ApiContext): Promise<AsyncIterableIterator<RunLiveView>> => {
  if ((await readRun(context.db, runId)) === null) throw notFound('run', runId)
  return context.runFeeds.subscribe(runId)
}
