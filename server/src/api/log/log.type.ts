import type { LogLevel } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, ObjectType } from 'type-graphql'
import { LogLevelEnum } from '../enums.ts'

@ObjectType({ description: 'One line about a run, from its server or one of its workers.' })
export class RunLogLine {
  @Field(() => ID)
  id!: string

  @Field(() => String, { description: 'Where it stands in the log, in the order of texts: send it as afterSeq to go on from here.' })
  seq!: string

  @Field(() => GraphQLDateTime, { description: 'When it happened, by the clock of the database.' })
  at!: Date

  @Field(() => LogLevelEnum)
  level!: LogLevel

  @Field(() => String)
  source!: string

  @Field(() => ID, { nullable: true, description: 'Null: the server that drove the run.' })
  workerId!: string | null

  @Field(() => String)
  message!: string

  @Field(() => String, { nullable: true })
  exception!: string | null
}

@ObjectType()
export class RunLog {
  @Field(() => [RunLogLine], { description: 'In the order in which they were written.' })
  lines!: readonly RunLogLine[]

  @Field(() => String, {
    nullable: true,
    description: 'Of the last line, or after as it was sent when there is none: send it as after for those that follow. Null: none yet.',
  })
  endCursor!: string | null

  @Field(() => Boolean)
  hasMore!: boolean
}
