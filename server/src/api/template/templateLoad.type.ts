import type { Arrival, DeadWorkerPolicy, FailThreshold, GuardrailMode, LoadMode, OperationKind, ScalingMode } from '@flakebench/contract'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import {
  ArrivalEnum,
  DeadWorkerPolicyEnum,
  FailThresholdEnum,
  GuardrailModeEnum,
  LoadModeEnum,
  OperationKindEnum,
  ScalingModeEnum,
} from '../enums.ts'

@ObjectType()
export class FindMaxSettings {
  @Field(() => Int)
  startConnections!: number

  @Field(() => Int)
  connectionsIncrement!: number

  @Field(() => Int)
  stepDurationSeconds!: number

  @Field(() => Float)
  qpsStabilityPercent!: number

  @Field(() => Float)
  latencyStabilityPercent!: number

  @Field(() => Float)
  maxErrorRatePercent!: number

  @Field(() => Int, {
    nullable: true,
    description: 'The result is right to within so many connections; null: a fifth of the increment, at least 1.',
  })
  resolution!: number | null

  @Field(() => Int, { description: 'A step with fewer operations is extended, not judged.' })
  minSamples!: number
}

@ObjectType()
export class TemplateLoad {
  @Field(() => LoadModeEnum)
  mode!: LoadMode

  @Field(() => Int, {
    nullable: true,
    description: 'CONCURRENCY: operations to keep in flight, run-wide. QPS: connections that one worker may hold; null: no limit.',
  })
  targetConnections!: number | null

  @Field(() => Int, { description: 'Length of the measurement.' })
  durationSeconds!: number

  @Field(() => Int)
  warmupSeconds!: number

  @Field(() => Int, { description: 'Of a connection, after each operation. A rate has none.' })
  thinkTimeMs!: number

  @Field(() => Float, { nullable: true, description: 'Operations intended to start per second.' })
  targetQps!: number | null

  @Field(() => ArrivalEnum)
  arrival!: Arrival

  @Field(() => Int, { nullable: true, description: 'QPS: connections to begin with; null: as many as the rate is thought to need.' })
  startingConnections!: number | null

  @Field(() => Int, { nullable: true, description: 'QPS: connections that one decision adds at most; null: it at most doubles them.' })
  maxConnectionIncrease!: number | null

  @Field(() => FindMaxSettings)
  findMax!: FindMaxSettings
}

@ObjectType()
export class TemplateScaling {
  @Field(() => ScalingModeEnum)
  mode!: ScalingMode

  @Field(() => Int)
  minWorkers!: number

  @Field(() => Int, { nullable: true, description: 'Null: no limit.' })
  maxWorkers!: number | null

  @Field(() => Int)
  minConnections!: number

  @Field(() => Int, { nullable: true, description: 'Of one worker; null: no limit.' })
  maxConnections!: number | null

  @Field(() => Int, { description: 'BOUNDED, QPS: so many intervals at the bounds and short of the rate end the run.' })
  boundsPatienceIntervals!: number
}

@ObjectType({ description: 'Bounds on the CPU and memory of the workers.' })
export class TemplateGuardrails {
  @Field(() => Boolean)
  enabled!: boolean

  @Field(() => GuardrailModeEnum)
  mode!: GuardrailMode

  @Field(() => Float)
  maxCpuPercent!: number

  @Field(() => Float)
  maxMemoryPercent!: number

  @Field(() => Float)
  backOffPercent!: number

  @Field(() => Int)
  patienceIntervals!: number

  @Field(() => FailThresholdEnum)
  failThreshold!: FailThreshold
}

@ObjectType({ description: 'Bounds that the operations of a kind must keep; null: not bounded.' })
export class Slo {
  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null

  @Field(() => Float, { nullable: true })
  errorRatePercent!: number | null
}

@ObjectType({ description: 'Whether the run ends when a bound has been broken in every interval for so long.' })
export class SloAbort {
  @Field(() => Boolean)
  enabled!: boolean

  @Field(() => Int)
  graceSeconds!: number
}

@ObjectType()
export class TemplateAdvanced {
  @Field(() => Int, { nullable: true, description: 'Null: a new one for each run.' })
  seed!: number | null

  @Field(() => Int, { description: 'Keys that a canonical range scan spans.' })
  rangeSize!: number

  @Field(() => Float)
  metricsIntervalSeconds!: number

  @Field(() => Int)
  statementTimeoutSeconds!: number

  @Field(() => Int)
  connectTimeoutSeconds!: number

  @Field(() => Int)
  startupTimeoutSeconds!: number

  @Field(() => Int)
  drainTimeoutSeconds!: number

  @Field(() => Int, { description: 'A worker that has seen nothing of the control plane for so long stops sending.' })
  controlLossSeconds!: number

  @Field(() => DeadWorkerPolicyEnum, { description: 'What becomes of the run when it loses a worker.' })
  deadWorkerPolicy!: DeadWorkerPolicy

  @Field(() => Boolean, { description: 'The run does not wait for others that load the same.' })
  shareSut!: boolean

  @Field(() => Boolean, { description: 'Every single execution is kept, beside the histograms.' })
  keepExecutions!: boolean
}
