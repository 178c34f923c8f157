import type { PostgresTls, SnowflakeAuthenticator } from '@flakebench/store'
import { Field, InputType, Int } from 'type-graphql'
import { PostgresTlsEnum, SnowflakeAuthenticatorEnum } from '../enums.ts'

@InputType()
export class PostgresConnectionInput {
  @Field(() => String, { description: 'A name or an address; empty where a url says it, as user and database.' })
  host!: string

  @Field(() => Int, { nullable: true, description: 'Default: 5432.' })
  port?: number | null

  @Field(() => String)
  user!: string

  @Field(() => String, { description: 'Used when the template names none.' })
  database!: string

  @Field(() => PostgresTlsEnum, { nullable: true, description: 'Default: VERIFY; OFF on loopback.' })
  tls?: PostgresTls | null

  @Field(() => String, { nullable: true, description: 'Left out: the one that is kept, if any, for the same address and user.' })
  password?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, instead of host, port, user, database and password; what it does not say is taken from them.',
  })
  url?: string | null

  @Field(() => String, { nullable: true, description: 'PEM: certificates of an own authority, for VERIFY.' })
  ca?: string | null
}

@InputType({
  description:
    'Of the secrets, the one that the authenticator takes; left out: the one that is kept for the same account, address and user.',
})
export class SnowflakeConnectionInput {
  @Field(() => String, { description: 'As organisation-account, without the domain.' })
  account!: string

  @Field(() => String)
  user!: string

  @Field(() => String, { nullable: true, description: "Left out: the user's default role." })
  role?: string | null

  @Field(() => SnowflakeAuthenticatorEnum)
  authenticator!: SnowflakeAuthenticator

  @Field(() => String, { nullable: true, description: "Left out: the account's own address." })
  accessUrl?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'OAUTH: a file with the token, instead of the token itself. In the folder tokens of FLAKEBENCH_HOME, or /snowflake/session/token; read anew for each session, and sent to addresses of Snowflake alone.',
  })
  tokenFile?: string | null

  @Field(() => String, { nullable: true, description: 'PASSWORD.' })
  password?: string | null

  @Field(() => String, { nullable: true, description: 'KEY_PAIR: PEM text.' })
  privateKey?: string | null

  @Field(() => String, { nullable: true, description: 'KEY_PAIR: where the key is encrypted.' })
  privateKeyPassphrase?: string | null

  @Field(() => String, { nullable: true, description: 'OAUTH or PAT.' })
  token?: string | null
}

@InputType({ description: 'Exactly one of postgres and snowflake.' })
export class ConnectionInput {
  @Field(() => String)
  name!: string

  @Field(() => PostgresConnectionInput, { nullable: true })
  postgres?: PostgresConnectionInput | null

  @Field(() => SnowflakeConnectionInput, { nullable: true })
  snowflake?: SnowflakeConnectionInput | null
}
