import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Int, ObjectType } from 'type-graphql'

@ObjectType({ description: 'What this server is, and how it is set; nothing here can be changed while it runs.' })
export class ServerSettings {
  @Field(() => String)
  version!: string

  @Field(() => String)
  nodeVersion!: string

  @Field(() => String, { description: 'In words: where the control tables are.' })
  controlDatabase!: string

  @Field(() => String)
  controlEngine!: string

  @Field(() => String)
  home!: string

  @Field(() => String)
  host!: string

  @Field(() => Int)
  port!: number

  @Field(() => Int, { description: 'Days that single executions are kept after a run; 0: for ever.' })
  keepExecutionsDays!: number

  @Field(() => Int, { description: 'Days that the audit log is kept; 0: for ever.' })
  keepAuditDays!: number

  @Field(() => Int)
  spoolLimitMb!: number

  @Field(() => Int)
  bundleLimitMb!: number

  @Field(() => GraphQLDateTime)
  startedAt!: Date

  @Field(() => String, { description: 'Where the key that seals secrets comes from, in words.' })
  credentialKeySource!: string
}
