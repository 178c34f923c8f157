import type { ErrorCategory, ExecutionsState, OperationKind, OperationType, RunPhase } from '@flakebench/contract'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { ErrorCategoryEnum, ExecutionsStateEnum, OperationKindEnum, OperationTypeEnum, RunPhaseEnum } from '../enums.ts'
import { PageInfo } from '../pageInfo.type.ts'

@ObjectType({ description: 'What the server itself recorded of one execution; null where it did not.' })
export class ServerTimes {
  @Field(() => Float)
  totalMs!: number

  @Field(() => Float, { nullable: true })
  compilationMs!: number | null

  @Field(() => Float, { nullable: true })
  executionMs!: number | null

  @Field(() => Float, { nullable: true })
  queuedOverloadMs!: number | null

  @Field(() => Float, { nullable: true })
  queuedProvisioningMs!: number | null

  @Field(() => Float, { nullable: true })
  blockedMs!: number | null

  @Field(() => Float, { nullable: true })
  bytesScanned!: number | null

  @Field(() => Float, { nullable: true })
  rowsProduced!: number | null

  @Field(() => Int, { nullable: true })
  clusterNumber!: number | null
}

@ObjectType({ description: 'One operation that was sent, as it ended. Moments are seconds from the agreed start.' })
export class Execution {
  @Field(() => ID)
  id!: string

  @Field(() => ID)
  workerId!: string

  @Field(() => Int, { description: 'Counts the connections of the worker, from 0.' })
  connection!: number

  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => String)
  label!: string

  @Field(() => RunPhaseEnum, { description: 'In which it ended; PROCESSING: after the last.' })
  phase!: RunPhase

  @Field(() => Boolean, { description: 'It started in the phase in which it ended, and is in the figures; otherwise it was cut off.' })
  counted!: boolean

  @Field(() => Float)
  intendedStartSeconds!: number

  @Field(() => Float)
  startSeconds!: number

  @Field(() => Float)
  endSeconds!: number

  @Field(() => Float, { description: 'From the intended start.' })
  responseMs!: number

  @Field(() => Float, { description: 'From the actual start.' })
  serviceMs!: number

  @Field(() => Float, { nullable: true, description: 'Returned or changed; null: it failed, or the server does not say.' })
  rows!: number | null

  @Field(() => Boolean)
  success!: boolean

  @Field(() => Boolean, { description: 'The driver sent it again by itself at least once.' })
  retried!: boolean

  @Field(() => ErrorCategoryEnum, { nullable: true })
  errorCategory!: ErrorCategory | null

  @Field(() => String, { nullable: true })
  error!: string | null

  @Field(() => ID, { nullable: true, description: 'Of failures whose messages differ by values alone.' })
  errorGroup!: string | null

  @Field(() => String, { nullable: true, description: 'What the server calls it.' })
  queryId!: string | null

  @Field(() => ServerTimes, { nullable: true, description: 'Null: the server has recorded nothing of it, or was not asked yet.' })
  server!: ServerTimes | null
}

@ObjectType()
export class ExecutionEdge {
  @Field(() => Execution)
  node!: Execution

  @Field(() => String)
  cursor!: string
}

@ObjectType()
export class ExecutionConnection {
  @Field(() => [ExecutionEdge])
  edges!: readonly ExecutionEdge[]

  @Field(() => PageInfo)
  pageInfo!: PageInfo
}

@ObjectType({ description: 'One worker, one phase, one label: what its histograms have against what was loaded.' })
export class ExecutionDifference {
  @Field(() => ID)
  workerId!: string

  @Field(() => RunPhaseEnum, { nullable: true, description: 'Null: what an edge of a phase cut off.' })
  phase!: RunPhase | null

  @Field(() => String)
  label!: string

  @Field(() => Float)
  counted!: number

  @Field(() => Float)
  loaded!: number

  @Field(() => String, { description: 'In words.' })
  why!: string
}

@ObjectType({ description: "What became of the record of a run's single executions." })
export class ExecutionsKept {
  @Field(() => ExecutionsStateEnum)
  state!: ExecutionsState

  @Field(() => Float)
  loaded!: number

  @Field(() => Float, { description: 'That the workers counted: ended and cut off, over all phases.' })
  expected!: number

  @Field(() => Float, { description: 'Ended, and not kept: the bound on disk was reached, or the disk refused.' })
  dropped!: number

  @Field(() => [ExecutionDifference], { description: 'Where loaded and counted differ.' })
  differences!: readonly ExecutionDifference[]

  @Field(() => [String], { description: 'Files that could not be loaded, each with the reason.' })
  unread!: readonly string[]
}

@ObjectType({ description: "A statement of the run, with the engine's own placeholders." })
export class RunStatement {
  @Field(() => Int)
  operationIndex!: number

  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => String)
  label!: string

  @Field(() => OperationTypeEnum)
  operationType!: OperationType

  @Field(() => String)
  sql!: string
}
