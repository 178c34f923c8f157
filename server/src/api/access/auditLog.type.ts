import type { AuditOutcome } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { AuditOutcomeEnum } from '../enums.ts'
import { PageInfo } from '../pageInfo.type.ts'

@ObjectType()
export class AuditEntry {
  @Field(() => ID)
  id!: string

  @Field(() => GraphQLDateTime)
  at!: Date

  @Field(() => String)
  actor!: string

  @Field(() => String, { description: 'Name of the mutation.' })
  action!: string

  @Field(() => ID, { nullable: true })
  subjectId!: string | null

  @Field(() => AuditOutcomeEnum)
  outcome!: AuditOutcome

  @Field(() => String, { nullable: true, description: 'What was asked for, without secrets, as JSON; and why it was refused.' })
  detail!: string | null
}

@ObjectType()
export class AuditEntryEdge {
  @Field(() => AuditEntry)
  node!: AuditEntry

  @Field(() => String)
  cursor!: string
}

@ObjectType()
export class AuditEntryConnection {
  @Field(() => [AuditEntryEdge])
  edges!: AuditEntryEdge[]

  @Field(() => PageInfo)
  pageInfo!: PageInfo

  @Field(() => Int)
  totalCount!: number
}

@InputType()
export class AuditFilter {
  @Field(() => String, { nullable: true })
  actor?: string | null

  @Field(() => String, { nullable: true })
  action?: string | null

  @Field(() => ID, { nullable: true })
  subjectId?: string | null

  @Field(() => AuditOutcomeEnum, { nullable: true })
  outcome?: AuditOutcome | null

  @Field(() => GraphQLDateTime, { nullable: true })
  from?: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  to?: Date | null
}
