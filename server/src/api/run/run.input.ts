import type { Arrival, DeadWorkerPolicy, LoadMode, RunStatus, ScalingMode, TableType } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, InputType, Int } from 'type-graphql'
import { ArrivalEnum, DeadWorkerPolicyEnum, LoadModeEnum, RunStatusEnum, ScalingModeEnum, TableTypeEnum } from '../enums.ts'
import {
  FindMaxSettingsInput,
  SloAbortInput,
  SloInput,
  TemplateGuardrailsInput,
  TemplateScalingInput,
} from '../template/templateLoad.input.ts'

@InputType({
  description: 'Settings of this run alone; what is left out, or null, is as the template says. The whole is judged as a template is.',
})
export class RunOverrides {
  @Field(() => String, { nullable: true })
  name?: string | null

  @Field(() => Int, { nullable: true })
  durationSeconds?: number | null

  @Field(() => Int, { nullable: true })
  warmupSeconds?: number | null

  @Field(() => Int, { nullable: true, description: 'CONCURRENCY: run-wide. QPS: connections that one worker may hold.' })
  targetConnections?: number | null

  @Field(() => Int, { nullable: true, description: 'Exactly so many, whatever the scaling; a controller still moves their connections.' })
  workers?: number | null

  @Field(() => Int, { nullable: true })
  seed?: number | null

  @Field(() => LoadModeEnum, {
    nullable: true,
    description: 'With another one than that of the template, its targetConnections do not hold.',
  })
  loadMode?: LoadMode | null

  @Field(() => Float, { nullable: true, description: 'QPS: operations intended to start per second.' })
  targetQps?: number | null

  @Field(() => ArrivalEnum, { nullable: true, description: 'QPS only.' })
  arrival?: Arrival | null

  @Field(() => FindMaxSettingsInput, { nullable: true, description: 'FIND_MAX_CONCURRENCY only; field by field.' })
  findMax?: FindMaxSettingsInput | null

  @Field(() => TemplateScalingInput, {
    nullable: true,
    description: 'Field by field. A bound for a template that scales by itself makes the run BOUNDED; another mode brings its own numbers.',
  })
  scaling?: TemplateScalingInput | null

  @Field(() => TemplateGuardrailsInput, { nullable: true, description: 'Field by field.' })
  guardrails?: TemplateGuardrailsInput | null

  @Field(() => [SloInput], { nullable: true, description: 'In place of all of the template; an empty list: none.' })
  slos?: SloInput[] | null

  @Field(() => SloAbortInput, { nullable: true, description: 'Field by field.' })
  sloAbort?: SloAbortInput | null

  @Field(() => DeadWorkerPolicyEnum, { nullable: true, description: 'What becomes of the run when it loses a worker.' })
  deadWorkerPolicy?: DeadWorkerPolicy | null

  @Field(() => Boolean, { nullable: true, description: 'It does not wait for others that load the same.' })
  shareSut?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'Every single execution is kept, beside the histograms.' })
  keepExecutions?: boolean | null
}

@InputType()
export class RunFilter {
  @Field(() => [RunStatusEnum], { nullable: true })
  status?: RunStatus[] | null

  @Field(() => ID, { nullable: true })
  templateId?: string | null

  @Field(() => [TableTypeEnum], { nullable: true })
  tableType?: TableType[] | null

  @Field(() => [LoadModeEnum], { nullable: true })
  loadMode?: LoadMode[] | null

  @Field(() => [ScalingModeEnum], { nullable: true })
  scaling?: ScalingMode[] | null

  @Field(() => [String], { nullable: true })
  warehouseSize?: string[] | null

  @Field(() => [String], { nullable: true, description: 'Has all of these tags.' })
  tags?: string[] | null

  @Field(() => Boolean, { nullable: true })
  isBaseline?: boolean | null

  @Field(() => String, { nullable: true })
  fingerprint?: string | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Created at or after.' })
  createdFrom?: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Created before.' })
  createdTo?: Date | null

  @Field(() => Boolean, { nullable: true, description: 'True: only those that were deleted. Otherwise none of them.' })
  deleted?: boolean | null

  @Field(() => String, {
    nullable: true,
    description: 'Part of the name, the table, the warehouse, the tags or the annotation, in any case.',
  })
  search?: string | null
}
