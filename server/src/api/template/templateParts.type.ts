import type { JsonScalar, OperationType, ParameterStrategy, TableType } from '@flakebench/contract'
import { GraphQLJSON } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { OperationTypeEnum, ParameterStrategyEnum, TableTypeEnum } from '../enums.ts'

@ObjectType()
export class Tag {
  @Field(() => String)
  key!: string

  @Field(() => String)
  value!: string
}

@ObjectType()
export class TableColumn {
  @Field(() => String)
  name!: string

  @Field(() => String)
  type!: string
}

@ObjectType({ description: 'What is benchmarked: an existing table or view, reached through a saved connection.' })
export class TemplateTarget {
  @Field(() => ID, { nullable: true })
  connectionId!: string | null

  @Field(() => String, { nullable: true })
  connectionName!: string | null

  @Field(() => TableTypeEnum)
  tableType!: TableType

  @Field(() => String, { nullable: true })
  database!: string | null

  @Field(() => String)
  schema!: string

  @Field(() => String)
  table!: string

  @Field(() => String, { nullable: true })
  warehouse!: string | null

  @Field(() => String, { nullable: true })
  warehouseSize!: string | null

  @Field(() => String, { nullable: true })
  postgresInstanceSize!: string | null

  @Field(() => Boolean)
  useCachedResult!: boolean

  @Field(() => Boolean)
  usePgbouncer!: boolean

  @Field(() => [TableColumn], { nullable: true })
  columns!: readonly TableColumn[] | null
}

@ObjectType()
export class CanonicalOperation {
  @Field(() => Float, { description: 'Percent of all operations, two decimals.' })
  weight!: number

  @Field(() => String, { nullable: true, description: "Null: the engine's own statement for the table's columns." })
  sql!: string | null
}

@ObjectType({ description: 'How the value of one placeholder of a generic statement is chosen.' })
export class OperationParameter {
  @Field(() => String, { nullable: true })
  name!: string | null

  @Field(() => Int, { nullable: true })
  position!: number | null

  @Field(() => ParameterStrategyEnum)
  strategy!: ParameterStrategy

  @Field(() => GraphQLJSON, { nullable: true })
  value!: JsonScalar

  @Field(() => [GraphQLJSON], { nullable: 'itemsAndList' })
  values!: readonly JsonScalar[] | null

  @Field(() => [Float], { nullable: true })
  weights!: readonly number[] | null

  @Field(() => String, { nullable: true })
  column!: string | null

  @Field(() => Float, { nullable: true })
  min!: number | null

  @Field(() => Float, { nullable: true })
  max!: number | null

  @Field(() => Boolean)
  integer!: boolean

  @Field(() => String, { nullable: true })
  dependsOn!: string | null

  @Field(() => [Float], { nullable: true })
  offsets!: readonly number[] | null
}

@ObjectType()
export class GenericOperation {
  @Field(() => ID)
  id!: string

  @Field(() => String, { nullable: true })
  label!: string | null

  @Field(() => OperationTypeEnum)
  operationType!: OperationType

  @Field(() => Float)
  weight!: number

  @Field(() => String)
  sql!: string

  @Field(() => [OperationParameter])
  parameters!: readonly OperationParameter[]
}

@ObjectType({ description: 'The mix; the weights sum to 100.00.' })
export class TemplateOperations {
  @Field(() => CanonicalOperation)
  pointLookup!: CanonicalOperation

  @Field(() => CanonicalOperation)
  rangeScan!: CanonicalOperation

  @Field(() => CanonicalOperation)
  insert!: CanonicalOperation

  @Field(() => CanonicalOperation)
  update!: CanonicalOperation

  @Field(() => [GenericOperation])
  generic!: readonly GenericOperation[]
}
