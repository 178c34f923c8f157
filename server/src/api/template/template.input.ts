import { Field, InputType } from 'type-graphql'
import {
  SloAbortInput,
  SloInput,
  TemplateAdvancedInput,
  TemplateGuardrailsInput,
  TemplateLoadInput,
  TemplateScalingInput,
} from './templateLoad.input.ts'
import { TagInput, TemplateOperationsInput, TemplateTargetInput } from './templateParts.input.ts'

@InputType({ description: 'A field that is left out, or null, takes its default.' })
export class TemplateInput {
  @Field(() => String)
  name!: string

  @Field(() => String, { nullable: true })
  description?: string | null

  @Field(() => [TagInput], { nullable: true })
  tags?: TagInput[] | null

  @Field(() => TemplateTargetInput)
  target!: TemplateTargetInput

  @Field(() => TemplateOperationsInput)
  operations!: TemplateOperationsInput

  @Field(() => TemplateLoadInput)
  load!: TemplateLoadInput

  @Field(() => TemplateScalingInput, { nullable: true })
  scaling?: TemplateScalingInput | null

  @Field(() => TemplateGuardrailsInput, { nullable: true })
  guardrails?: TemplateGuardrailsInput | null

  @Field(() => [SloInput], { nullable: true })
  slos?: SloInput[] | null

  @Field(() => SloAbortInput, { nullable: true })
  sloAbort?: SloAbortInput | null

  @Field(() => TemplateAdvancedInput, { nullable: true })
  advanced?: TemplateAdvancedInput | null
}
