import { Field, Float, ObjectType } from 'type-graphql'

@ObjectType()
export class NamedCount {
  @Field(() => String)
  name!: string

  @Field(() => Float)
  count!: number
}

/** Most first; of equals by name. */
export const toNamedCounts = (counts: Readonly<Record<string, number>>): NamedCount[] =>
  Object.entries(counts)
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
