import type { ErrorCategory, OperationKind, RunPhase } from '@flakebench/contract'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { ErrorCategoryEnum, LatencyAggregationMethodEnum, MetricsScopeEnum, OperationKindEnum, RunPhaseEnum } from '../enums.ts'
import { LostWorker } from '../load/fleet.type.ts'
import { FindMaxResult, SloJudgement } from '../load/load.type.ts'

const SENT_AGAIN =
  'Of the operations, those that the driver sent again by itself at least once: its pauses of 1 to 16 s between the tries are in their response times.'

@ObjectType()
export abstract class Percentiles {
  @Field(() => Float, { nullable: true })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null
}

@ObjectType()
abstract class PeakLatencies extends Percentiles {
  @Field(() => Float, { nullable: true })
  maxMs!: number | null
}

@ObjectType()
abstract class Latencies extends PeakLatencies {
  @Field(() => Float, { nullable: true })
  meanMs!: number | null
}

@ObjectType({ description: 'Figures of one kind; of one label for generic SQL. Latencies are of successful operations.' })
export class KindMetrics extends Latencies {
  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => String)
  label!: string

  @Field(() => Float, { description: 'Ended, failed ones included.' })
  operations!: number

  @Field(() => Float)
  errors!: number

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number

  @Field(() => Float, { description: 'Successful operations per second.' })
  qps!: number

  @Field(() => Float, { description: 'Share of all operations, in percent.' })
  achievedPercent!: number
}

@ObjectType()
export class ErrorCount {
  @Field(() => ErrorCategoryEnum)
  category!: ErrorCategory

  @Field(() => Float)
  count!: number

  @Field(() => String, { nullable: true, description: 'One message, as the engine gave it.' })
  sample!: string | null
}

@ObjectType({ description: 'What all workers did together. Latencies are of successful operations, read from added histograms.' })
export class Metrics extends Latencies {
  @Field(() => MetricsScopeEnum)
  scope!: 'LAST_INTERVAL' | 'MEASUREMENT'

  @Field(() => Float, { description: 'Length of the window.' })
  windowSeconds!: number

  @Field(() => Float, { description: 'Operations completed successfully per second.' })
  qps!: number

  @Field(() => Float, { description: 'Ended in the window, failed ones included.' })
  operations!: number

  @Field(() => Float)
  errors!: number

  @Field(() => Float, { description: SENT_AGAIN })
  retriedOperations!: number

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number

  @Field(() => Int, { description: 'In flight at the end of the interval; 0 with the scope MEASUREMENT.' })
  activeConnections!: number

  @Field(() => Int, { nullable: true, description: 'At the end of the interval; null with the scope MEASUREMENT: it may have changed.' })
  targetConnections!: number | null

  @Field(() => Boolean, { description: 'The load generator, and not the database, could have been the limit.' })
  clientLimited!: boolean

  @Field(() => [KindMetrics])
  byKind!: readonly KindMetrics[]
}

@ObjectType({
  description:
    'What became of the arrivals of an open loop in an interval. Those that the warmup left behind are, in the measurement, only among started and waiting.',
})
export class PointArrivals {
  @Field(() => Float, { description: 'Intended to start in it.' })
  planned!: number

  @Field(() => Float, { description: 'Sent in it.' })
  started!: number

  @Field(() => Float, { description: 'Sent in it more than 10 ms after their intended start.' })
  late!: number

  @Field(() => Float, { description: 'Given up: never sent.' })
  missed!: number

  @Field(() => Float, { description: 'Due, and not started, at its end.' })
  waiting!: number

  @Field(() => Float, { nullable: true, description: 'Service times, from the actual start.' })
  serviceP50Ms!: number | null

  @Field(() => Float, { nullable: true })
  serviceP95Ms!: number | null

  @Field(() => Float, { nullable: true })
  serviceP99Ms!: number | null

  @Field(() => Float, { nullable: true, description: "How late the generator's own clock was, 99th percentile." })
  clockErrorP99Ms!: number | null
}

@ObjectType({ description: 'Of the measurement, as a whole or so far. planned = started + missed + unassigned.' })
export class ResultArrivals {
  @Field(() => Float)
  planned!: number

  @Field(() => Float)
  started!: number

  @Field(() => Float)
  late!: number

  @Field(() => Float)
  missed!: number

  @Field(() => Float, { description: 'The share of a lost worker, until the others had it.' })
  unassigned!: number

  @Field(() => Float, { description: 'Started per second.' })
  achievedRate!: number

  @Field(() => Float, { nullable: true })
  serviceP50Ms!: number | null

  @Field(() => Float, { nullable: true })
  serviceP95Ms!: number | null

  @Field(() => Float, { nullable: true })
  serviceP99Ms!: number | null

  @Field(() => Float, { nullable: true })
  clockErrorP50Ms!: number | null

  @Field(() => Float, { nullable: true })
  clockErrorP99Ms!: number | null
}

@ObjectType({ description: 'One interval of the run, all workers added.' })
export class HistoryPoint extends PeakLatencies {
  @Field(() => Float, { description: 'From the agreed start, warmup included, to the end of the interval.' })
  elapsedSeconds!: number

  @Field(() => Float)
  intervalSeconds!: number

  @Field(() => RunPhaseEnum)
  phase!: RunPhase

  @Field(() => Float, { description: 'Operations completed successfully per second.' })
  qps!: number

  @Field(() => Float)
  operations!: number

  @Field(() => Float)
  errors!: number

  @Field(() => [ErrorCount])
  errorsByCategory!: readonly ErrorCount[]

  @Field(() => Float, { description: SENT_AGAIN })
  retriedOperations!: number

  @Field(() => Int)
  activeConnections!: number

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Int, { description: 'Sessions that stand open, in use or not.' })
  openConnections!: number

  @Field(() => PointArrivals, { nullable: true, description: 'Null in a closed loop.' })
  arrivals!: PointArrivals | null

  @Field(() => Int)
  workersReported!: number

  @Field(() => Int)
  workersExpected!: number

  @Field(() => Boolean)
  clientLimited!: boolean

  @Field(() => Float, { nullable: true, description: "The workers' CPU together; 100 = one core." })
  cpuPercent!: number | null

  @Field(() => Float, { nullable: true, description: 'Of the worst worker.' })
  eventLoopDelayP99Ms!: number | null
}

@ObjectType({ description: 'The measurement as a whole.' })
export class RunResult extends Latencies {
  @Field(() => Float, { description: 'Started and ended inside the measurement, failed ones included.' })
  totalOperations!: number

  @Field(() => Float)
  failedOperations!: number

  @Field(() => Float, { description: 'In flight at an edge of the measurement: sent, but in no figure.' })
  cutOffOperations!: number

  @Field(() => Float, { description: SENT_AGAIN })
  retriedOperations!: number

  @Field(() => Float)
  measuredSeconds!: number

  @Field(() => Float, { description: 'Operations completed successfully per second.' })
  qps!: number

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number

  @Field(() => Float, { nullable: true })
  p999Ms!: number | null

  @Field(() => Float, { nullable: true })
  minMs!: number | null

  @Field(() => [KindMetrics])
  byKind!: readonly KindMetrics[]

  @Field(() => [ErrorCount])
  errors!: readonly ErrorCount[]

  @Field(() => Float, { description: 'Seconds of the measurement in which the load generator could have been the limit.' })
  clientLimitedSeconds!: number

  @Field(() => Float, {
    nullable: true,
    description: 'Sent, but never reported: by a worker that was killed. Null when it cannot be told.',
  })
  lostOperations!: number | null

  @Field(() => LatencyAggregationMethodEnum)
  latencyAggregationMethod!: 'HDR_MERGE'

  @Field(() => Float, { nullable: true, description: 'Latest actual start of a worker minus the earliest.' })
  startSkewMs!: number | null

  @Field(() => ResultArrivals, { nullable: true, description: 'Null in a closed loop.' })
  arrivals!: ResultArrivals | null

  @Field(() => [SloJudgement])
  slos!: readonly SloJudgement[]

  @Field(() => FindMaxResult, { nullable: true, description: 'Null: not a search, or nothing held.' })
  findMax!: FindMaxResult | null

  @Field(() => [LostWorker], { description: 'Lost while the run went on without them.' })
  lostWorkers!: readonly LostWorker[]

  @Field(() => Float, { nullable: true, description: "Rows in the table at the start, as the engine's statistics have it." })
  tableRows!: number | null
}
