import { Field, Int, ObjectType } from 'type-graphql'

@ObjectType({ description: 'What a PostgreSQL offers to a benchmark.' })
export class PostgresCapabilities {
  @Field(() => String)
  version!: string

  @Field(() => Boolean)
  hasStatementStatistics!: boolean

  @Field(() => Boolean)
  tracksIoTiming!: boolean

  @Field(() => Int)
  maxConnections!: number

  @Field(() => Int, { nullable: true, description: 'Connections that are open now, as far as the role may see.' })
  connectionsInUse!: number | null

  @Field(() => Boolean)
  isSuperuser!: boolean

  @Field(() => Boolean)
  isReadOnly!: boolean

  @Field(() => [String], { description: 'What is missing, and what that costs.' })
  hints!: readonly string[]
}
