import type { Role } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, ObjectType } from 'type-graphql'
import { RoleEnum, SignInMethodEnum } from '../enums.ts'

@ObjectType({ description: 'Who asks, and what they may do.' })
export class Viewer {
  @Field(() => String, { nullable: true, description: 'Null: nobody has signed in.' })
  name!: string | null

  @Field(() => RoleEnum, { nullable: true, description: 'Null: nobody has signed in, and somebody must.' })
  role!: Role | null

  @Field(() => SignInMethodEnum)
  method!: 'NONE' | 'SESSION' | 'TOKEN'

  @Field(() => Boolean, {
    description: 'Whether this server wants everybody to sign in: it has users, or is reached from other machines.',
  })
  signInRequired!: boolean

  @Field(() => ID, { nullable: true, description: 'Null for a token, and where no sign-in is needed.' })
  userId!: string | null

  @Field(() => GraphQLDateTime, { nullable: true })
  sessionExpiresAt!: Date | null
}
