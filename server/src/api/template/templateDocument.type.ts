import { Field, ObjectType } from 'type-graphql'
import { Template } from './template.type.ts'

@ObjectType({ description: 'What is to be known of one field.' })
export class TemplateProblem {
  @Field(() => String, { description: 'Of the field in TemplateInput, with dots: operations.generic.0.weight. Empty for the whole.' })
  path!: string

  @Field(() => String)
  message!: string
}

@ObjectType()
export class TemplateCheck {
  @Field(() => [TemplateProblem], { description: 'Empty: it can be saved.' })
  problems!: readonly TemplateProblem[]

  @Field(() => String, { nullable: true, description: 'Null while there are problems.' })
  summary!: string | null

  @Field(() => [TemplateProblem], { description: 'Not wrong, but worth knowing: with the path of the field.' })
  hints!: readonly TemplateProblem[]
}

@ObjectType()
export class ReadTemplate {
  @Field(() => Template, {
    nullable: true,
    description: 'The template as the document has it, with defaults; null when it cannot be read at all. It is not saved, and has no id.',
  })
  template!: Template | null

  @Field(() => [TemplateProblem])
  problems!: readonly TemplateProblem[]

  @Field(() => String, { nullable: true, description: 'The connection that it names, and that is not here.' })
  missingConnection!: string | null
}
