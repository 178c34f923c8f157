import type { JsonScalar, OperationType, ParameterStrategy, TableType } from '@flakebench/contract'
import { GraphQLJSON } from 'graphql-scalars'
import { Field, Float, ID, InputType, Int } from 'type-graphql'
import { OperationTypeEnum, ParameterStrategyEnum, TableTypeEnum } from '../enums.ts'

@InputType()
export class TagInput {
  @Field(() => String)
  key!: string

  @Field(() => String)
  value!: string
}

@InputType()
export class TableColumnInput {
  @Field(() => String)
  name!: string

  @Field(() => String)
  type!: string
}

@InputType()
export class TemplateTargetInput {
  @Field(() => ID, { nullable: true })
  connectionId?: string | null

  @Field(() => TableTypeEnum, { nullable: true })
  tableType?: TableType | null

  @Field(() => String, { nullable: true })
  database?: string | null

  @Field(() => String, { nullable: true })
  schema?: string | null

  @Field(() => String, { nullable: true })
  table?: string | null

  @Field(() => String, { nullable: true })
  warehouse?: string | null

  @Field(() => String, { nullable: true })
  warehouseSize?: string | null

  @Field(() => String, { nullable: true })
  postgresInstanceSize?: string | null

  @Field(() => Boolean, { nullable: true })
  useCachedResult?: boolean | null

  @Field(() => Boolean, { nullable: true })
  usePgbouncer?: boolean | null

  @Field(() => [TableColumnInput], { nullable: true })
  columns?: readonly TableColumnInput[] | null
}

@InputType()
export class CanonicalOperationInput {
  @Field(() => Float, { nullable: true, description: 'Percent of all operations, two decimals.' })
  weight?: number | null

  @Field(() => String, { nullable: true, description: "Null: the engine's own statement for the table's columns." })
  sql?: string | null
}

@InputType()
export class OperationParameterInput {
  @Field(() => String, { nullable: true })
  name?: string | null

  @Field(() => Int, { nullable: true })
  position?: number | null

  @Field(() => ParameterStrategyEnum, { nullable: true })
  strategy?: ParameterStrategy | null

  @Field(() => GraphQLJSON, { nullable: true })
  value?: JsonScalar | null

  @Field(() => [GraphQLJSON], { nullable: 'itemsAndList' })
  values?: readonly JsonScalar[] | null

  @Field(() => [Float], { nullable: true })
  weights?: readonly number[] | null

  @Field(() => String, { nullable: true })
  column?: string | null

  @Field(() => Float, { nullable: true })
  min?: number | null

  @Field(() => Float, { nullable: true })
  max?: number | null

  @Field(() => Boolean, { nullable: true })
  integer?: boolean | null

  @Field(() => String, { nullable: true })
  dependsOn?: string | null

  @Field(() => [Float], { nullable: true })
  offsets?: readonly number[] | null
}

@InputType()
export class GenericOperationInput {
  @Field(() => ID, { nullable: true })
  id?: string | null

  @Field(() => String, { nullable: true })
  label?: string | null

  @Field(() => OperationTypeEnum, { nullable: true })
  operationType?: OperationType | null

  @Field(() => Float, { nullable: true })
  weight?: number | null

  @Field(() => String, { nullable: true })
  sql?: string | null

  @Field(() => [OperationParameterInput], { nullable: true })
  parameters?: readonly OperationParameterInput[] | null
}

@InputType()
export class TemplateOperationsInput {
  @Field(() => CanonicalOperationInput, { nullable: true })
  pointLookup?: CanonicalOperationInput | null

  @Field(() => CanonicalOperationInput, { nullable: true })
  rangeScan?: CanonicalOperationInput | null

  @Field(() => CanonicalOperationInput, { nullable: true })
  insert?: CanonicalOperationInput | null

  @Field(() => CanonicalOperationInput, { nullable: true })
  update?: CanonicalOperationInput | null

  @Field(() => [GenericOperationInput], { nullable: true })
  generic?: readonly GenericOperationInput[] | null
}
