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

  @Field(() => Int, {
    nullable: true,
    description: 'The result is right to within so many connections. By default a fifth of the increment, at least 1.',
  })
  resolution?: number | null

  @Field(() => Int, { nullable: true, description: 'A step with fewer operations is extended, not judged.' })
  minSamples?: number | null
}

@InputType()
export class TemplateLoadInput {
  @Field(() => LoadModeEnum, { nullable: true })
  mode?: LoadMode | null

  @Field(() => Int, {
    nullable: true,
    description: 'CONCURRENCY: operations to keep in flight, run-wide. QPS: connections that one worker may hold; -1: no limit.',
  })
  targetConnections?: number | null

  @Field(() => Int, { nullable: true, description: 'Length of the measurement.' })
  durationSeconds?: number | null

  @Field(() => Int, { nullable: true })
  warmupSeconds?: number | null

  @Field(() => Int, { nullable: true, description: 'Of a connection, after each operation. A rate has none.' })
  thinkTimeMs?: number | null

  @Field(() => Float, { nullable: true, description: 'Operations intended to start per second.' })
  targetQps?: number | null

  @Field(() => ArrivalEnum, { nullable: true })
  arrival?: Arrival | null

  @Field(() => Int, { nullable: true, description: 'QPS: connections to begin with. By default as many as the rate is thought to need.' })
  startingConnections?: number | null

  @Field(() => Int, { nullable: true, description: 'QPS: connections that one decision adds at most. By default it at most doubles them.' })
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

  @Field(() => Int, { nullable: true, description: '-1: no limit.' })
  maxWorkers?: number | null

  @Field(() => Int, { nullable: true })
  minConnections?: number | null

  @Field(() => Int, { nullable: true, description: 'Of one worker; -1: no limit.' })
  maxConnections?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'BOUNDED, QPS: so many intervals at the bounds and short of the rate end the run.',
  })
  boundsPatienceIntervals?: number | null
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

@InputType({ description: 'Whether the run ends when a bound has been broken in every interval for so long.' })
export class SloAbortInput {
  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null

  @Field(() => Int, { nullable: true })
  graceSeconds?: number | null
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

  @Field(() => DeadWorkerPolicyEnum, { nullable: true, description: 'What becomes of the run when it loses a worker.' })
  deadWorkerPolicy?: DeadWorkerPolicy | null

  @Field(() => Boolean, { nullable: true, description: 'The run does not wait for others that load the same.' })
  shareSut?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'Every single execution is kept, beside the histograms; true unless it is set.' })
  keepExecutions?: boolean | null
}
