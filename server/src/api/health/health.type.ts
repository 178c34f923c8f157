import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Int, ObjectType } from 'type-graphql'

@ObjectType({ description: 'Whether runs can be started.' })
export class Health {
  @Field(() => Boolean)
  ok!: boolean

  @Field(() => String)
  version!: string

  @Field(() => String, { description: 'Where the control tables are, in words; empty for who has not signed in.' })
  controlDatabase!: string

  @Field(() => GraphQLDateTime, { nullable: true, description: "The control database's clock; null when it does not answer." })
  serverNow!: Date | null

  @Field(() => Int, { nullable: true })
  activeRuns!: number | null

  @Field(() => String, { nullable: true, description: 'What is wrong; null when nothing is.' })
  problem!: string | null
}
