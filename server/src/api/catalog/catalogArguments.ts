import { ArgsType, Field, ID } from 'type-graphql'
import type { CatalogView } from '../../catalog/catalogReader.ts'

@ArgsType()
export class CatalogArguments {
  @Field(() => ID)
  connectionId!: string

  @Field(() => Boolean, { defaultValue: false })
  refresh!: boolean
}

@ArgsType()
export class DatabaseArguments extends CatalogArguments {
  @Field(() => String, { nullable: true })
  database?: string | null
}

@ArgsType()
export class SchemaArguments extends DatabaseArguments {
  @Field(() => String)
  schema!: string
}

@ArgsType()
export class TableArguments extends SchemaArguments {
  @Field(() => String)
  table!: string
}

export const viewOf = ({ connectionId, refresh }: CatalogArguments): CatalogView => ({ connectionId, isRefresh: refresh })
