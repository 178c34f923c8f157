import type { StepOutcome } from '@flakebench/contract'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { ResourceKind } from '../../decide/compare/resourceRows.ts'
import { ResourceKindEnum, StepOutcomeEnum } from '../enums.ts'
import { NamedCount } from '../figure/namedCount.type.ts'

@ObjectType({ description: "Where a run's phases lie." })
export class RunSpan {
  @Field(() => ID)
  runId!: string

  @Field(() => Float)
  warmupSeconds!: number

  @Field(() => Float, { description: 'So far, where it is not over.' })
  measuredSeconds!: number
}

@ObjectType()
export class SettingRow {
  @Field(() => String)
  path!: string

  @Field(() => String)
  title!: string

  @Field(() => [String], { nullable: 'items', description: 'Null: the run has no such setting.' })
  values!: readonly (string | null)[]

  @Field(() => Boolean)
  differs!: boolean
}

@ObjectType()
export class FindMaxCell {
  @Field(() => Float, { nullable: true })
  qps!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true, description: 'Fraction of 1.' })
  errorRate!: number | null

  @Field(() => StepOutcomeEnum)
  outcome!: StepOutcome
}

@ObjectType({ description: 'One step of searches for the most connections.' })
export class FindMaxRow {
  @Field(() => Int)
  connections!: number

  @Field(() => [FindMaxCell], { nullable: 'items' })
  cells!: readonly (FindMaxCell | null)[]
}

@ObjectType()
export class ResourceRow {
  @Field(() => ResourceKindEnum)
  kind!: ResourceKind

  @Field(() => String)
  title!: string

  @Field(() => String)
  unit!: string

  @Field(() => [Float], { nullable: 'items' })
  values!: readonly (number | null)[]
}

@ObjectType()
export class ClusterCell {
  @Field(() => Float)
  executions!: number

  @Field(() => Float, { nullable: true })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => [NamedCount])
  byLabel!: readonly NamedCount[]
}

@ObjectType()
export class ClusterRow {
  @Field(() => Int)
  clusterNumber!: number

  @Field(() => [ClusterCell], { nullable: 'items' })
  cells!: readonly (ClusterCell | null)[]
}
