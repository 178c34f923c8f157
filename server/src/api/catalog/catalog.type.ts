import type { LookupReason, TableType } from '@flakebench/contract'
import { Field, Float, ObjectType } from 'type-graphql'
import { LookupReasonEnum, TableTypeEnum } from '../enums.ts'

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

  @Field(() => Float, { nullable: true, description: 'Of PostgreSQL an estimate, as of the last ANALYZE or VACUUM; null: not known.' })
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

  @Field(() => Boolean, { description: 'It is one of keyColumns.' })
  isKey!: boolean

  @Field(() => Boolean)
  hasDefault!: boolean

  @Field(() => String, { nullable: true })
  comment!: string | null
}

const CUT = { description: 'There are more than are listed, which is 10,000 at most: search by a part of the name.' }

@ObjectType()
export class CatalogDatabases {
  @Field(() => [CatalogDatabase], { description: 'In the order of their names.' })
  databases!: readonly CatalogDatabase[]

  @Field(() => Boolean, CUT)
  isCut!: boolean
}

@ObjectType()
export class CatalogSchemas {
  @Field(() => [CatalogSchema], { description: 'In the order of their names.' })
  schemas!: readonly CatalogSchema[]

  @Field(() => Boolean, CUT)
  isCut!: boolean
}

@ObjectType()
export class CatalogTables {
  @Field(() => [CatalogTable], { description: 'In the order of their names.' })
  tables!: readonly CatalogTable[]

  @Field(() => Boolean, CUT)
  isCut!: boolean
}

@ObjectType({ description: 'How the statements that the engine makes choose rows.' })
export class CatalogLookup {
  @Field(() => String)
  column!: string

  @Field(() => LookupReasonEnum)
  reason!: LookupReason

  @Field(() => Boolean, {
    description: 'It is the key by itself: where the key is enforced, a lookup finds one row at most. Else it may find several.',
  })
  isWholeKey!: boolean

  @Field(() => Boolean, {
    nullable: true,
    description: 'An index begins with it; without one every lookup reads the whole table. Null: it is none that has indexes.',
  })
  hasIndex!: boolean | null
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

  @Field(() => [String], {
    description: 'Columns of the primary key, else of the unique one that lookups use, in order. Empty: it has neither.',
  })
  keyColumns!: readonly string[]

  @Field(() => [String], { description: 'Columns of the clustering key of Snowflake, in order; expressions are left out.' })
  clusteringColumns!: readonly string[]

  @Field(() => CatalogLookup, { nullable: true, description: 'Null: it has no columns.' })
  lookup!: CatalogLookup | null

  @Field(() => [String], { description: 'What a benchmark of it should know, in sentences.' })
  hints!: readonly string[]
}
