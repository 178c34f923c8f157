import type { ConnectionType, PostgresTls, SnowflakeAuthenticator } from '@flakebench/store'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { PostgresCapabilities } from '../catalog/postgresCapabilities.type.ts'
import { ConnectionTypeEnum, PostgresTlsEnum, SnowflakeAuthenticatorEnum } from '../enums.ts'

@ObjectType()
export class PostgresConnection {
  @Field(() => String)
  host!: string

  @Field(() => Int)
  port!: number

  @Field(() => String)
  user!: string

  @Field(() => String, { description: 'Used when the template names none.' })
  database!: string

  @Field(() => PostgresTlsEnum)
  tls!: PostgresTls

  @Field(() => String, {
    nullable: true,
    description: 'PEM: the certificates that its certificate must come from; null: those that this machine trusts.',
  })
  ca!: string | null
}

@ObjectType({ description: 'Warehouse, database and schema are those of the template.' })
export class SnowflakeConnection {
  @Field(() => String, { description: 'As organisation-account, without the domain.' })
  account!: string

  @Field(() => String)
  user!: string

  @Field(() => String, { nullable: true, description: "Null: the user's default role." })
  role!: string | null

  @Field(() => SnowflakeAuthenticatorEnum)
  authenticator!: SnowflakeAuthenticator

  @Field(() => String, { nullable: true, description: "Null: the account's own address." })
  accessUrl!: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'OAUTH: a file on the machines of server and workers, in the folder tokens of FLAKEBENCH_HOME or /snowflake/session/token; read anew for each session.',
  })
  tokenFile!: string | null
}

@ObjectType({ description: 'A named address and sign-in of a system under test. Secrets are sealed and never shown.' })
export class Connection {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => ConnectionTypeEnum)
  type!: ConnectionType

  @Field(() => Boolean, { description: 'Whether a password, key or token is kept.' })
  hasSecret!: boolean

  @Field(() => PostgresConnection, { nullable: true, description: 'Of the type POSTGRES.' })
  postgres!: PostgresConnection | null

  @Field(() => SnowflakeConnection, { nullable: true, description: 'Of the type SNOWFLAKE.' })
  snowflake!: SnowflakeConnection | null

  @Field(() => Boolean, { description: 'Taken for templates that name none of their own.' })
  isDefault!: boolean

  @Field(() => GraphQLDateTime)
  createdAt!: Date

  @Field(() => GraphQLDateTime)
  updatedAt!: Date
}

@ObjectType({ description: 'What a sign-in with a saved connection came to.' })
export class ConnectionTest {
  @Field(() => Boolean)
  ok!: boolean

  @Field(() => Float, { nullable: true, description: 'Fastest round trip of the cheapest statement; null when it failed.' })
  roundTripMs!: number | null

  @Field(() => String, { nullable: true, description: "The database's own version." })
  version!: string | null

  @Field(() => String, { description: 'In plain words: who is signed in where, or what to do.' })
  message!: string

  @Field(() => PostgresCapabilities, { nullable: true, description: 'Of PostgreSQL, when it went well.' })
  postgres!: PostgresCapabilities | null
}
