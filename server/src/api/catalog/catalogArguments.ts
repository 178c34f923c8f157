import { ArgsType, Field, ID } from 'type-graphql'
import type { CatalogView } from '../../catalog/catalogReader.ts'
import type { ApiContext } from '../context.ts'

const SEARCHED = { nullable: true, description: 'Only names that have this in them, in upper or lower case.' }

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

@ArgsType()
export class ListDatabasesArguments extends CatalogArguments {
  @Field(() => String, SEARCHED)
  search?: string | null
}

@ArgsType()
export class ListSchemasArguments extends DatabaseArguments {
  @Field(() => String, SEARCHED)
  search?: string | null
}

@ArgsType()
export class ListTablesArguments extends SchemaArguments {
  @Field(() => String, SEARCHED)
  search?: string | null
}

export const viewOf = ({ connectionId, refresh }: CatalogArguments, { givenUp }: Pick<ApiContext, 'givenUp'>): CatalogView => ({
  connectionId,
  isRefresh: refresh,
  givenUp,
})

/** An empty search is none. */
export const searchOf = ({ search }: { readonly search?: string | null }): string | null => search || null
