import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import { PageInfo } from '../pageInfo.type.ts'
import { RunPlan } from './runPlan.type.ts'
import { RunState } from './runState.type.ts'

@ObjectType({ description: 'One execution of a frozen template.' })
export class Run extends RunState {
  @Field(() => String)
  name!: string

  @Field(() => Int, { description: 'Counts the runs of one template.' })
  number!: number

  @Field(() => ID)
  templateId!: string

  @Field(() => RunPlan)
  plan!: RunPlan

  @Field(() => [String], {
    description: 'What to know about it before its start: limits of the product that bound it, and what it measures.',
  })
  notes!: readonly string[]

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
