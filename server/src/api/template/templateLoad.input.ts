import type { Arrival, DeadWorkerPolicy, FailThreshold, GuardrailMode, LoadMode, OperationKind, ScalingMode } from '@flakebench/contract'
import { Field, Float, InputType, Int } from 'type-graphql'
import {
  ArrivalEnum,
  DeadWorkerPolicyEnum,
  FailThresholdEnum,
  GuardrailModeEnum,
  LoadModeEnum,
  OperationKindEnum,
  ScalingModeEnum,
} from '../enums.ts'

@InputType()
export class FindMaxSettingsInput {
  @Field(() => Int, { nullable: true })
  startConnections?: number | null

  @Field(() => Int, { nullable: true })
  connectionsIncrement?: number | null

  @Field(() => Int, { nullable: true })
  stepDurationSeconds?: number | null

  @Field(() => Float, { nullable: true })
  qpsStabilityPercent?: number | null

  @Field(() => Float, { nullable: true })
  latencyStabilityPercent?: number | null

  @Field(() => Float, { nullable: true })
  maxErrorRatePercent?: number | null
}

@InputType()
export class TemplateLoadInput {
  @Field(() => LoadModeEnum, { nullable: true })
  mode?: LoadMode | null

  @Field(() => Int, { nullable: true, description: 'Operations to keep in flight, run-wide.' })
  targetConnections?: number | null

  @Field(() => Int, { nullable: true, description: 'Length of the measurement.' })
  durationSeconds?: number | null

  @Field(() => Int, { nullable: true })
  warmupSeconds?: number | null

  @Field(() => Int, { nullable: true })
  thinkTimeMs?: number | null

  @Field(() => Float, { nullable: true, description: 'Operations intended to start per second.' })
  targetQps?: number | null

  @Field(() => ArrivalEnum, { nullable: true })
  arrival?: Arrival | null

  @Field(() => Int, { nullable: true })
  startingConnections?: number | null

  @Field(() => Int, { nullable: true })
  maxConnectionIncrease?: number | null

  @Field(() => FindMaxSettingsInput, { nullable: true })
  findMax?: FindMaxSettingsInput | null
}

@InputType()
export class TemplateScalingInput {
  @Field(() => ScalingModeEnum, { nullable: true })
  mode?: ScalingMode | null

  @Field(() => Int, { nullable: true })
  minWorkers?: number | null

  @Field(() => Int, { nullable: true, description: 'Null: no limit.' })
  maxWorkers?: number | null

  @Field(() => Int, { nullable: true })
  minConnections?: number | null

  @Field(() => Int, { nullable: true, description: 'Of one worker; null: no limit.' })
  maxConnections?: number | null
}

@InputType()
export class TemplateGuardrailsInput {
  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null

  @Field(() => GuardrailModeEnum, { nullable: true })
  mode?: GuardrailMode | null

  @Field(() => Float, { nullable: true })
  maxCpuPercent?: number | null

  @Field(() => Float, { nullable: true })
  maxMemoryPercent?: number | null

  @Field(() => Float, { nullable: true })
  backOffPercent?: number | null

  @Field(() => Int, { nullable: true })
  patienceIntervals?: number | null

  @Field(() => FailThresholdEnum, { nullable: true })
  failThreshold?: FailThreshold | null
}

@InputType()
export class SloInput {
  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => Float, { nullable: true })
  p95Ms?: number | null

  @Field(() => Float, { nullable: true })
  p99Ms?: number | null

  @Field(() => Float, { nullable: true })
  errorRatePercent?: number | null
}

@InputType()
export class TemplateAdvancedInput {
  @Field(() => Int, { nullable: true, description: 'Null: a new one for each run.' })
  seed?: number | null

  @Field(() => Int, { nullable: true, description: 'Keys that a canonical range scan spans.' })
  rangeSize?: number | null

  @Field(() => Float, { nullable: true })
  metricsIntervalSeconds?: number | null

  @Field(() => Int, { nullable: true })
  statementTimeoutSeconds?: number | null

  @Field(() => Int, { nullable: true })
  connectTimeoutSeconds?: number | null

  @Field(() => Int, { nullable: true })
  startupTimeoutSeconds?: number | null

  @Field(() => Int, { nullable: true })
  drainTimeoutSeconds?: number | null

  @Field(() => Int, { nullable: true, description: 'A worker that has seen nothing of the control plane for so long stops sending.' })
  controlLossSeconds?: number | null

  @Field(() => DeadWorkerPolicyEnum, { nullable: true })
  deadWorkerPolicy?: DeadWorkerPolicy | null
}
