import { Field, ObjectType } from 'type-graphql'
import { Run } from '../run/run.type.ts'

@ObjectType({ description: 'Runs side by side.' })
export class Comparison {
  @Field(() => [Run], { description: 'In the order they were asked for.' })
  runs!: readonly Run[]
}
