import type { GuardrailStateWord } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { GuardrailStateEnum, WorkerStandingEnum } from '../enums.ts'

@ObjectType({ description: 'Connections that a worker which was backed off may hold at most.' })
export class ConnectionCeiling {
  @Field(() => ID)
  workerId!: string

  @Field(() => Int)
  connections!: number
}

@ObjectType()
export class GuardrailAction {
  @Field(() => GraphQLDateTime)
  at!: Date

  @Field(() => ID)
  workerId!: string

  @Field(() => Int)
  fromConnections!: number

  @Field(() => Int)
  toConnections!: number

  @Field(() => String)
  reason!: string
}

@ObjectType({ description: 'What the bounds on our own workers have done.' })
export class GuardrailStatus {
  @Field(() => GuardrailStateEnum)
  state!: GuardrailStateWord

  @Field(() => [ConnectionCeiling])
  ceilings!: readonly ConnectionCeiling[]

  @Field(() => Int)
  workersOverCpu!: number

  @Field(() => Int)
  workersOverMemory!: number

  @Field(() => [GuardrailAction], { description: 'Oldest first; the newest twenty.' })
  actions!: readonly GuardrailAction[]
}

@ObjectType()
export class FleetNote {
  @Field(() => ID)
  workerId!: string

  @Field(() => WorkerStandingEnum)
  standing!: 'JOINING' | 'LEAVING' | 'LOST'

  @Field(() => GraphQLDateTime)
  at!: Date

  @Field(() => String, { nullable: true })
  reason!: string | null
}

@ObjectType()
export class LostWorker {
  @Field(() => ID)
  workerId!: string

  @Field(() => Float, { description: 'From the agreed start.' })
  elapsedSeconds!: number

  @Field(() => String)
  reason!: string
}
