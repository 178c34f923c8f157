import { readClock, readTemplate, type SavedTemplate } from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql'
import { notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { Template } from './template.type.ts'
import { toValuePools } from './valuePools.map.ts'
import { ValuePools } from './valuePools.type.ts'

const present = async (template: SavedTemplate, { pools, db }: ApiContext): Promise<ValuePools> =>
  toValuePools(template, await pools.list(template.id), await readClock(db))

const existing = async (id: string, { db }: ApiContext): Promise<SavedTemplate> => {
  const saved = await readTemplate(db, id)
  if (saved === null) throw notFound('template', id)
  return saved
}

@Resolver(() => Template)
export class ValuePoolsResolver {
  @Mutation(() => ValuePools, {
    description: "Samples the template's table by a seed, in the background: ask for the template's valuePools to see how far it is.",
  })
  async preparePools(
    @Arg('templateId', () => ID) templateId: string,
    @Arg('seed', () => Int, { nullable: true, description: 'Null: a new one.' }) seed: number | null,
    @Ctx() context: ApiContext,
  ): Promise<ValuePools> {
    await context.pools.prepare(templateId, seed ?? null)
    return await present(await existing(templateId, context), context)
  }

  @FieldResolver(() => ValuePools, { description: 'Values sampled from its table, which its runs draw from.' })
  async valuePools(@Root() template: Template, @Ctx() context: ApiContext): Promise<ValuePools> {
    const saved = await readTemplate(context.db, template.id)
    // Of a document that is only read, and of a template that was deleted since: what it needs, and no pools.
    return saved === null ? toValuePools(template, [], await readClock(context.db)) : await present(saved, context)
  }
}
