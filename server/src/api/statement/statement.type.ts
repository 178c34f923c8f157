import type { OperationKind, OperationType } from '@flakebench/contract'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { OperationKindEnum, OperationTypeEnum } from '../enums.ts'
import { TableColumn } from '../template/templateParts.type.ts'
import { TextRow } from './textRow.ts'

@ObjectType({ description: 'One statement of the mix as it will be sent to the table as it is now.' })
export class TemplateStatement {
  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => String)
  label!: string

  @Field(() => OperationTypeEnum)
  operationType!: OperationType

  @Field(() => String, { nullable: true, description: 'Null: it cannot be made; see problem.' })
  sql!: string | null

  @Field(() => String, { nullable: true })
  problem!: string | null
}

@ObjectType()
export class TemplateStatements {
  @Field(() => [TemplateStatement], { description: 'Every operation of the template, those without a weight as well.' })
  statements!: readonly TemplateStatement[]

  @Field(() => [TableColumn], { description: 'Of the table, as the engine sees it.' })
  columns!: readonly TableColumn[]

  @Field(() => String, {
    nullable: true,
    description: 'The column that rows are found by: of a key of several columns the first one, so that a lookup may find several rows.',
  })
  keyColumn!: string | null

  @Field(() => String, { nullable: true, description: 'Why nothing could be found out at all, and what to do.' })
  problem!: string | null
}

@ObjectType()
export class TriedValue {
  @Field(() => Int, { description: 'From 1, in the order of the placeholders.' })
  position!: number

  @Field(() => String, { nullable: true })
  value!: string | null

  @Field(() => Boolean)
  isNull!: boolean
}

@ObjectType()
export class TriedStatement {
  @Field(() => String, { description: 'Empty where there is none, because it could not be made.' })
  sql!: string

  @Field(() => [TriedValue], { description: 'The values that were bound, cut after 200 characters.' })
  values!: readonly TriedValue[]

  @Field(() => Boolean)
  ok!: boolean

  @Field(() => Float, {
    nullable: true,
    description: 'From sending it to having read the whole answer, planning and connecting apart. Null when it failed.',
  })
  tookMs!: number | null

  @Field(() => Float, { nullable: true, description: 'Rows returned or changed; null: not known.' })
  rows!: number | null

  @Field(() => [String])
  columnNames!: readonly string[]

  @Field(() => [TextRow], { description: 'The first ten rows, values as text, cut after 200 characters.' })
  sample!: readonly (readonly (string | null)[])[]

  @Field(() => String, { nullable: true, description: 'As the engine tells it, line by line; null: it plans no such statement.' })
  plan!: string | null

  @Field(() => String, { nullable: true, description: 'What it failed with, and what to do.' })
  problem!: string | null

  @Field(() => Boolean, {
    description:
      'A write was undone. Numbers that it took of a sequence stay taken, and what a procedure has committed or done elsewhere stays done.',
  })
  wasRolledBack!: boolean
}
