import { GraphQLDateTime } from 'graphql-scalars'
import { Field, ID, Int, ObjectType } from 'type-graphql'
import { PageInfo } from '../pageInfo.type.ts'
import { Slo, SloAbort, TemplateAdvanced, TemplateGuardrails, TemplateLoad, TemplateScaling } from './templateLoad.type.ts'
import { Tag, TemplateOperations, TemplateTarget } from './templateParts.type.ts'

@ObjectType({ description: 'A saved, reusable description of a run.' })
export class Template {
  @Field(() => ID)
  id!: string

  @Field(() => String)
  name!: string

  @Field(() => String, { nullable: true })
  description!: string | null

  @Field(() => [Tag])
  tags!: readonly Tag[]

  @Field(() => TemplateTarget)
  target!: TemplateTarget

  @Field(() => TemplateOperations)
  operations!: TemplateOperations

  @Field(() => TemplateLoad)
  load!: TemplateLoad

  @Field(() => TemplateScaling)
  scaling!: TemplateScaling

  @Field(() => TemplateGuardrails)
  guardrails!: TemplateGuardrails

  @Field(() => [Slo])
  slos!: readonly Slo[]

  @Field(() => SloAbort)
  sloAbort!: SloAbort

  @Field(() => TemplateAdvanced)
  advanced!: TemplateAdvanced

  @Field(() => Int, { description: 'Rises with every change.' })
  version!: number

  @Field(() => Boolean, { description: 'A run has used this version: it is kept when a change makes the next one.' })
  isUsed!: boolean

  @Field(() => String, { nullable: true, description: 'Who made its first version; null: nobody who had signed in.' })
  createdBy!: string | null

  @Field(() => GraphQLDateTime)
  createdAt!: Date

  @Field(() => GraphQLDateTime)
  updatedAt!: Date

  @Field(() => Int)
  usageCount!: number

  @Field(() => GraphQLDateTime, { nullable: true })
  lastUsedAt!: Date | null

  @Field(() => String, { description: 'The template in one sentence of plain words.' })
  summary!: string
}

@ObjectType()
export class TemplateEdge {
  @Field(() => Template)
  node!: Template

  @Field(() => String)
  cursor!: string
}

@ObjectType()
export class TemplateConnection {
  @Field(() => [TemplateEdge])
  edges!: readonly TemplateEdge[]

  @Field(() => PageInfo)
  pageInfo!: PageInfo

  @Field(() => Int)
  totalCount!: number
}
