import type { TableType } from '@flakebench/contract'
import { Field, Float, ObjectType } from 'type-graphql'
import { TableTypeEnum } from '../enums.ts'

@ObjectType()
export class CatalogDatabase {
  @Field(() => String)
  name!: string

  @Field(() => String, { nullable: true })
  comment!: string | null
}

@ObjectType()
export class CatalogSchema {
  @Field(() => String)
  name!: string

  @Field(() => String, { nullable: true })
  comment!: string | null
}

@ObjectType({ description: 'A table or view.' })
export class CatalogTable {
  @Field(() => String)
  name!: string

  @Field(() => TableTypeEnum, { description: 'As a template says it: everything of PostgreSQL is POSTGRES, views too.' })
  tableType!: TableType

  @Field(() => Float, { nullable: true, description: 'An estimate of the database; null: not known.' })
  rowEstimate!: number | null

  @Field(() => Float, { nullable: true })
  bytes!: number | null

  @Field(() => String, { nullable: true })
  comment!: string | null
}

@ObjectType()
export class CatalogColumn {
  @Field(() => String)
  name!: string

  @Field(() => String, { description: "The engine's own name of the type." })
  type!: string

  @Field(() => Boolean)
  nullable!: boolean

  @Field(() => Boolean)
  isKey!: boolean

  @Field(() => Boolean)
  hasDefault!: boolean

  @Field(() => String, { nullable: true })
  comment!: string | null
}

@ObjectType()
export class CatalogTableDetails {
  @Field(() => String, { nullable: true })
  database!: string | null

  @Field(() => String)
  schema!: string

  @Field(() => CatalogTable)
  table!: CatalogTable

  @Field(() => [CatalogColumn])
  columns!: readonly CatalogColumn[]

  @Field(() => [String], { description: 'Columns of the primary or clustering key, in order.' })
  keyColumns!: readonly string[]

  @Field(() => [String], { description: 'What a benchmark of it should know, in sentences.' })
  hints!: readonly string[]
}
