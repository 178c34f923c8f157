import type { CompletionReason, RunPhase, RunStatus, WorkerHealth, WorkerStatus } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import {
  CompletionReasonEnum,
  LatencyAggregationMethodEnum,
  RunPhaseEnum,
  RunStatusEnum,
  WorkerHealthEnum,
  WorkerStandingEnum,
  WorkerStatusEnum,
} from '../enums.ts'
import { FleetNote, GuardrailStatus } from '../load/fleet.type.ts'
import { LoadBounds, LoadController, SloJudgement, WaitedRun } from '../load/load.type.ts'
import { RunWarehouse } from '../warehouse/warehouse.type.ts'
import { HistoryPoint, Metrics, Percentiles, ResultArrivals } from './metrics.type.ts'
import { Processing, WorkerSpool } from './processing.type.ts'

@ObjectType({ description: 'Moments of the database clock. A client keeps one offset from serverNow and renders time by itself.' })
export class RunTiming {
  @Field(() => GraphQLDateTime)
  serverNow!: Date

  @Field(() => GraphQLDateTime)
  createdAt!: Date

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When startRun was accepted: the total time runs from here.' })
  startRequestedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'The agreed moment at which all workers begin to send.' })
  startedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  measurementStartsAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Null while open.' })
  measurementEndsAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  phaseStartedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the current phase is due to end; null when that is open.' })
  phaseEndsAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  endedAt!: Date | null

  @Field(() => Float, { description: 'Since startRequestedAt until the end, computed by the database.' })
  elapsedSeconds!: number

  @Field(() => Int)
  warmupSeconds!: number

  @Field(() => Int)
  durationSeconds!: number

  @Field(() => Float, { nullable: true, description: 'Latest actual start of a worker minus the earliest.' })
  startSkewMs!: number | null
}

@ObjectType({
  description:
    'One load-generating process. Rates and percentiles are of its newest interval while load runs, of the measurement afterwards.',
})
export class RunWorker extends Percentiles {
  @Field(() => ID)
  workerId!: string

  @Field(() => Int)
  workerGroupId!: number

  @Field(() => WorkerStatusEnum)
  status!: WorkerStatus

  @Field(() => RunPhaseEnum)
  phase!: RunPhase

  @Field(() => WorkerHealthEnum)
  health!: WorkerHealth

  @Field(() => Float, { nullable: true, description: 'Null before its first interval.' })
  qps!: number | null

  @Field(() => Float, { nullable: true, description: 'Fraction of 1; null before its first interval.' })
  errorRate!: number | null

  @Field(() => Float, {
    description: 'Ended since its start, over all phases, failed ones included; of the measurement alone once the run is over.',
  })
  operations!: number

  @Field(() => Float)
  errors!: number

  @Field(() => Int)
  activeConnections!: number

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Float, { nullable: true, description: '100 = one core.' })
  cpuPercent!: number | null

  @Field(() => Float, { nullable: true })
  memoryMb!: number | null

  @Field(() => Float, { nullable: true, description: 'Share of the time in which its event loop was busy.' })
  eventLoopUtilizationPercent!: number | null

  @Field(() => Float, { nullable: true })
  eventLoopDelayP99Ms!: number | null

  @Field(() => Boolean)
  clientLimited!: boolean

  @Field(() => WorkerStandingEnum)
  standing!: 'SERVING' | 'JOINING' | 'LEAVING' | 'LOST'

  @Field(() => Int, { nullable: true, description: 'Connections that guardrails let it hold at most; null: no back-off.' })
  connectionCeiling!: number | null

  @Field(() => Float, { nullable: true, description: 'Of the CPU that it may use; 100 is the limit.' })
  cpuUsedPercent!: number | null

  @Field(() => Float, { nullable: true, description: 'Of the memory that it may use.' })
  memoryUsedPercent!: number | null

  @Field(() => Float, { nullable: true, description: 'Fastest round trip of the cheapest statement, before the start.' })
  floorMs!: number | null

  @Field(() => Float, { nullable: true, description: 'How late its own clock was before the start, 99th percentile.' })
  schedulingP99Ms!: number | null

  @Field(() => WorkerSpool, { nullable: true, description: 'Null: it keeps no executions.' })
  spool!: WorkerSpool | null

  @Field(() => Float, { nullable: true, description: 'First operation sent, minus the agreed start.' })
  startOffsetMs!: number | null

  @Field(() => Float, { nullable: true })
  lastHeartbeatAgoSeconds!: number | null

  @Field(() => String, { nullable: true })
  lastError!: string | null

  @Field(() => String, { nullable: true })
  host!: string | null

  @Field(() => Int, { nullable: true })
  pid!: number | null
}

/** Where a run stands: what its rows of a list and its live updates have in common. */
@ObjectType()
export abstract class RunState {
  @Field(() => ID)
  id!: string

  @Field(() => RunStatusEnum)
  status!: RunStatus

  @Field(() => RunPhaseEnum)
  phase!: RunPhase

  @Field(() => CompletionReasonEnum, { nullable: true })
  completionReason!: CompletionReason | null

  @Field(() => String, { nullable: true, description: 'Why the run ended as it did, in words; null when it ran its full course.' })
  cancellationReason!: string | null

  @Field(() => Int, {
    description: 'Workers that serve, or are to; once the run is over, that did at its end. Lost and retired ones are not among them.',
  })
  workerCount!: number

  @Field(() => RunTiming)
  timing!: RunTiming

  @Field(() => LoadController, { nullable: true, description: 'What steers the load; null for one that holds its connections.' })
  controller!: LoadController | null

  @Field(() => LoadBounds, { nullable: true, description: 'Set when the run met its bounds short of its target.' })
  bounds!: LoadBounds | null

  @Field(() => GuardrailStatus, { nullable: true, description: 'Null without guardrails.' })
  guardrail!: GuardrailStatus | null

  @Field(() => [FleetNote], { description: 'Workers that joined, left or were lost during the run.' })
  fleetNotes!: readonly FleetNote[]

  @Field(() => WaitedRun, { nullable: true, description: 'The run whose end this one waits for, because both load the same system.' })
  waitsFor!: WaitedRun | null

  @Field(() => Processing, { nullable: true, description: 'Null before the processing and after it.' })
  processing!: Processing | null
}

@ObjectType({ description: 'What a run is doing now.' })
export class LiveRun extends RunState {
  @Field(() => Int)
  workersReady!: number

  @Field(() => Metrics, {
    nullable: true,
    description: 'The newest second while load is running, the measurement as a whole afterwards; see scope.',
  })
  aggregateMetrics!: Metrics | null

  @Field(() => Metrics, { nullable: true, description: 'Since the measurement began; null before.' })
  measurementMetrics!: Metrics | null

  @Field(() => ResultArrivals, {
    nullable: true,
    description: 'Since the measurement began, those that wait left out; null before, and in a closed loop.',
  })
  arrivals!: ResultArrivals | null

  @Field(() => RunWarehouse, { nullable: true, description: 'Null for a run without a warehouse.' })
  warehouse!: RunWarehouse | null

  @Field(() => [SloJudgement], { description: 'Over the measurement so far.' })
  slos!: readonly SloJudgement[]

  @Field(() => [SloJudgement], { description: 'In the newest interval.' })
  slosNow!: readonly SloJudgement[]
}

@ObjectType({ description: 'The whole state of a run; replaces the update before it.' })
export class RunUpdate {
  @Field(() => LiveRun)
  run!: LiveRun

  @Field(() => [RunWorker])
  workers!: readonly RunWorker[]

  @Field(() => [HistoryPoint], {
    description:
      'The newest points of the history, and those that have changed lately: append them, or replace those with the same elapsedSeconds.',
  })
  newestPoints!: readonly HistoryPoint[]

  @Field(() => LatencyAggregationMethodEnum)
  latencyAggregationMethod!: 'HDR_MERGE'
}

@ObjectType({ description: 'A run was created, or changed its status or phase.' })
export class RunChange {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => RunStatusEnum)
  status!: RunStatus

  @Field(() => RunPhaseEnum)
  phase!: RunPhase

  @Field(() => GraphQLDateTime)
  changedAt!: Date
}
