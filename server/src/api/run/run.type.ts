import type { CompletionReason, RunPhase, RunStatus } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import { CompletionReasonEnum, RunPhaseEnum, RunStatusEnum } from '../enums.ts'
import { PageInfo } from '../pageInfo.type.ts'
import { RunPlan, RunTiming } from './runState.type.ts'

@ObjectType({ description: 'One execution of a frozen template.' })
export class Run {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => Int, { description: 'Counts the runs of one template.' })
  number!: number

  @Field(() => ID)
  templateId!: string

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

  @Field(() => RunPlan)
  plan!: RunPlan

  @Field(() => RunTiming)
  timing!: RunTiming

  @Field(() => GraphQLDateTime)
  createdAt!: Date
}

@ObjectType()
export class RunEdge {
  @Field(() => Run)
  node!: Run

  @Field(() => String)
  cursor!: string
}

@ObjectType()
export class RunConnection {
  @Field(() => [RunEdge])
  edges!: readonly RunEdge[]

  @Field(() => PageInfo)
  pageInfo!: PageInfo

  @Field(() => Int)
  totalCount!: number
}
