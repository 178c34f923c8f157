import type { PoolKind, PoolStatus } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import { PoolKindEnum, PoolStatusEnum } from '../enums.ts'

@ObjectType({ description: 'One pool: keys of rows, moments to scan from, whole rows, or values of one column.' })
export class ValuePool {
  @Field(() => PoolKindEnum)
  kind!: PoolKind

  @Field(() => String, { nullable: true, description: 'Null for whole rows.' })
  column!: string | null

  @Field(() => Int)
  size!: number
}

@ObjectType({ description: "Values sampled from the template's table by a seed, which runs draw from: the newest preparation." })
export class ValuePools {
  @Field(() => ID, { nullable: true, description: 'Null: none was ever prepared.' })
  id!: string | null

  @Field(() => PoolStatusEnum, { nullable: true, description: 'Null: none was ever prepared.' })
  status!: PoolStatus | null

  @Field(() => Int, { nullable: true, description: 'The same seed of the same table gives the same values.' })
  seed!: number | null

  @Field(() => GraphQLDateTime, { nullable: true })
  requestedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  preparedAt!: Date | null

  @Field(() => Int)
  valuesPlanned!: number

  @Field(() => Int, { description: 'Of those planned.' })
  valuesStored!: number

  @Field(() => String, { nullable: true, description: 'Why the preparation failed.' })
  error!: string | null

  @Field(() => Boolean, { description: 'The table or the template has changed since, so that they should be prepared again.' })
  isStale!: boolean

  @Field(() => String, { nullable: true })
  staleBecause!: string | null

  @Field(() => String, { nullable: true, description: 'What is worth knowing of pools that are not stale, such as their age.' })
  hint!: string | null

  @Field(() => Boolean, { description: 'Runs of the template draw from pools: without them none can be prepared.' })
  needed!: boolean

  @Field(() => [String], { description: 'Why they are needed.' })
  neededBecause!: readonly string[]

  @Field(() => Boolean, {
    description: 'A run that is prepared now draws from pools: these, or the ones before while these are not ready.',
  })
  isUsable!: boolean

  @Field(() => [ValuePool])
  pools!: readonly ValuePool[]
}
