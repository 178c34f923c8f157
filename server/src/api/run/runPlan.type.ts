import type { OperationKind, OperationType } from '@flakebench/contract'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { OperationKindEnum, OperationTypeEnum } from '../enums.ts'
import { Slo, SloAbort, TemplateAdvanced, TemplateGuardrails, TemplateLoad, TemplateScaling } from '../template/templateLoad.type.ts'
import { TemplateTarget } from '../template/templateParts.type.ts'

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

@ObjectType({ description: "How far the run's controller may go." })
export class RunLimits {
  @Field(() => Int)
  minWorkers!: number

  @Field(() => Int)
  maxWorkers!: number

  @Field(() => Int, { description: 'Of one worker.' })
  minConnections!: number

  @Field(() => Int, { description: 'Of one worker.' })
  maxConnections!: number

  @Field(() => Boolean, { description: 'Whether a person has set the upper bounds; otherwise they are those of the machine.' })
  areSet!: boolean
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

  @Field(() => SloAbort)
  sloAbort!: SloAbort

  @Field(() => TemplateGuardrails)
  guardrails!: TemplateGuardrails

  @Field(() => RunLimits)
  limits!: RunLimits

  @Field(() => TemplateAdvanced)
  advanced!: TemplateAdvanced

  @Field(() => Int)
  workerCount!: number

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Int)
  seed!: number
}
