import type { CompletionReason, OperationKind, OperationType, RunPhase, RunStatus, WorkerHealth, WorkerStatus } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import {
  CompletionReasonEnum,
  LatencyAggregationMethodEnum,
  OperationKindEnum,
  OperationTypeEnum,
  RunPhaseEnum,
  RunStatusEnum,
  WorkerHealthEnum,
  WorkerStatusEnum,
} from '../enums.ts'
import { Slo, TemplateAdvanced, TemplateLoad, TemplateScaling } from '../template/templateLoad.type.ts'
import { TemplateTarget } from '../template/templateParts.type.ts'
import { RunWarehouse } from '../warehouse/warehouse.type.ts'
import { HistoryPoint, Metrics, Percentiles } from './metrics.type.ts'

@ObjectType()
export class PlannedOperation {
  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => OperationTypeEnum, { description: 'Whether it reads or writes.' })
  operationType!: OperationType

  @Field(() => String)
  label!: string

  @Field(() => Float, { description: 'Percent of all operations.' })
  weight!: number

  @Field(() => String, { nullable: true, description: "Null: the engine's own statement for the table's columns." })
  sql!: string | null
}

@ObjectType({ description: 'The frozen settings of the run.' })
export class RunPlan {
  @Field(() => String, { description: 'In one sentence of plain words.' })
  summary!: string

  @Field(() => TemplateTarget)
  target!: TemplateTarget

  @Field(() => TemplateLoad)
  load!: TemplateLoad

  @Field(() => TemplateScaling)
  scaling!: TemplateScaling

  @Field(() => [PlannedOperation])
  operations!: readonly PlannedOperation[]

  @Field(() => [Slo])
  slos!: readonly Slo[]

  @Field(() => TemplateAdvanced)
  advanced!: TemplateAdvanced

  @Field(() => Int)
  workerCount!: number

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Int)
  seed!: number
}

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

  @Field(() => Float)
  qps!: number

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number

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

  @Field(() => Int)
  workerCount!: number

  @Field(() => RunTiming)
  timing!: RunTiming
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

  @Field(() => RunWarehouse, { nullable: true, description: 'Null for a run without a warehouse.' })
  warehouse!: RunWarehouse | null
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
