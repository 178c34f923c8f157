import { Field, Float, ObjectType } from 'type-graphql'

@ObjectType({ description: 'A file that was written.' })
export class Export {
  @Field(() => String)
  name!: string

  @Field(() => String, { description: 'On this server; for a day.' })
  url!: string

  @Field(() => Float)
  bytes!: number
}
