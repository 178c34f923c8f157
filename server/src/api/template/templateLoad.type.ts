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
}

@ObjectType()
export class TemplateLoad {
  @Field(() => LoadModeEnum)
  mode!: LoadMode

  @Field(() => Int, { nullable: true, description: 'Operations to keep in flight, run-wide.' })
  targetConnections!: number | null

  @Field(() => Int, { description: 'Length of the measurement.' })
  durationSeconds!: number

  @Field(() => Int)
  warmupSeconds!: number

  @Field(() => Int)
  thinkTimeMs!: number

  @Field(() => Float, { nullable: true, description: 'Operations intended to start per second.' })
  targetQps!: number | null

  @Field(() => ArrivalEnum)
  arrival!: Arrival

  @Field(() => Int, { nullable: true })
  startingConnections!: number | null

  @Field(() => Int, { nullable: true })
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

  @Field(() => DeadWorkerPolicyEnum)
  deadWorkerPolicy!: DeadWorkerPolicy
}
