import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Int, ObjectType } from 'type-graphql'
import { Template } from './template.type.ts'

@ObjectType({ description: 'A template as it was saved: its newest version, or one that runs have used.' })
export class TemplateVersion {
  @Field(() => Int)
  version!: number

  @Field(() => GraphQLDateTime)
  createdAt!: Date

  @Field(() => String, { nullable: true, description: 'Null: by nobody who had signed in.' })
  createdBy!: string | null

  @Field(() => Int, { description: 'Runs that used it.' })
  runCount!: number

  @Field(() => String, { description: 'In one sentence of plain words.' })
  summary!: string

  @Field(() => [String], { description: 'Settings that differ from the version before, in words; empty for the first.' })
  changes!: readonly string[]

  @Field(() => Template, { description: 'As it was, for the editor.' })
  template!: Template
}
