import type { ProcessingStep, SpoolState } from '@flakebench/contract'
import { Field, Float, ObjectType } from 'type-graphql'
import { ProcessingStepEnum, SpoolStateEnum } from '../enums.ts'

@ObjectType({ description: 'How far the processing after the load is.' })
export class Processing {
  @Field(() => ProcessingStepEnum)
  step!: ProcessingStep

  @Field(() => Float, { description: 'Of total: executions loaded, or matched.' })
  done!: number

  @Field(() => Float, { nullable: true, description: 'Null: not known.' })
  total!: number | null
}

@ObjectType({ description: 'The record of single executions on the disk of a worker.' })
export class WorkerSpool {
  @Field(() => SpoolStateEnum)
  state!: SpoolState

  @Field(() => Float, { description: 'Executions on its disk so far.' })
  spooled!: number

  @Field(() => Float, { description: 'Executions that were counted and could not be kept.' })
  dropped!: number
}
