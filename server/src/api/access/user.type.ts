import type { Role } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { RoleEnum } from '../enums.ts'

@ObjectType()
export class User {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => RoleEnum)
  role!: Role

  @Field(() => Boolean, { description: 'They cannot sign in, and their sessions and tokens have ended.' })
  isDisabled!: boolean

  @Field(() => GraphQLDateTime)
  createdAt!: Date

  @Field(() => GraphQLDateTime, { nullable: true })
  lastSignInAt!: Date | null
}

@InputType()
export class UserInput {
  @Field(() => String)
  name!: string

  @Field(() => RoleEnum)
  role!: Role

  @Field(() => String, { nullable: true, description: 'At least 12 characters. Left out for a user that is there: as it was.' })
  password?: string | null

  @Field(() => Boolean, { nullable: true })
  isDisabled?: boolean | null
}
