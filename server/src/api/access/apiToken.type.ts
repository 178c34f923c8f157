import type { Role } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { RoleEnum } from '../enums.ts'

@ObjectType()
export class ApiToken {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => RoleEnum)
  role!: Role

  @Field(() => String, { nullable: true, description: 'Whose it is; null: made where no sign-in was needed.' })
  ownerName!: string | null

  @Field(() => GraphQLDateTime)
  createdAt!: Date

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Null: never.' })
  expiresAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  lastUsedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true })
  revokedAt!: Date | null
}

@InputType()
export class ApiTokenInput {
  @Field(() => String)
  name!: string

  @Field(() => RoleEnum, { description: 'What it may do; never more than whoever makes it.' })
  role!: Role

  @Field(() => Int, { nullable: true, description: 'Days until it ends, 1 to 366; null: 90.' })
  expiresInDays?: number | null
}

@ObjectType({ description: 'A token as it is made: the text is shown this once.' })
export class NewApiToken {
  @Field(() => ApiToken)
  token!: ApiToken

  @Field(() => String)
  text!: string
}
