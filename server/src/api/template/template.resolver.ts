import { type Template as ContractTemplate, validateTemplate } from '@flakebench/contract'
import {
  countTemplates,
  deleteTemplate,
  insertTemplate,
  listRuns,
  listTemplates,
  newId,
  readTemplate,
  removePoolSets,
  updateTemplate,
} from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { invalid, notFound } from '../../refusal.ts'
import { changedMeanwhile } from '../../templates/changedMeanwhile.ts'
import { refusingGoneConnection, requireConnection, withDefaultConnection } from '../../templates/defaultConnection.ts'
import type { ApiContext } from '../context.ts'
import { pageOf, pageSize } from '../page.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { authorOf, existingTemplate, presentTemplate } from './presentTemplate.ts'
import { TemplateInput } from './template.input.ts'
import { Template, TemplateConnection } from './template.type.ts'

/** Complete, with the default connection where it names none. @param kept as it is saved now @throws Refusal with every problem of the template */
const validated = async (input: TemplateInput, kept: ContractTemplate | null, { db }: ApiContext): Promise<ContractTemplate> => {
  const checked = validateTemplate(JSON.parse(JSON.stringify(input)))
  if (!checked.ok) throw invalid('The template', checked.problems)
  await requireConnection(db, checked.template, kept, 'The template')
  return await withDefaultConnection(db, checked.template)
}

/** Keeps a new template. */
export const saveNewTemplate = async (template: ContractTemplate, context: ApiContext): Promise<Template> => {
  const id = newId()
  await refusingGoneConnection(template, 'The template', () => insertTemplate(context.db, id, template, authorOf(context)))
  return await presentTemplate(await existingTemplate(id, context), context)
}

@Resolver(() => Template)
export class TemplateResolver {
  @Query(() => Template, { nullable: true, description: 'Null, with the error code NOT_FOUND, for an unknown id.' })
  async template(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Template> {
    return await presentTemplate(await existingTemplate(id, context), context)
  }

  @Query(() => TemplateConnection, { description: 'Templates in the order they were made.' })
  async templates(
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('search', () => String, { nullable: true }) search: string | null,
    @Ctx() context: ApiContext,
  ): Promise<TemplateConnection> {
    const size = pageSize(first)
    const [found, totalCount] = await Promise.all([
      listTemplates(context.db, search ?? null, size + 1, after ?? null),
      countTemplates(context.db, search ?? null),
    ])
    return pageOf(await Promise.all(found.map(saved => presentTemplate(saved, context))), size, totalCount)
  }

  @Mutation(() => Template)
  async createTemplate(@Arg('input', () => TemplateInput) input: TemplateInput, @Ctx() context: ApiContext): Promise<Template> {
    return await saveNewTemplate(await validated(input, null, context), context)
  }

  @Mutation(() => Template, {
    description:
      'Replaces the template as a whole, under the next version; the one before is kept if a run has used it. Runs keep the settings they were prepared with.',
  })
  async updateTemplate(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => TemplateInput) input: TemplateInput,
    @Arg('expectedVersion', () => Int, {
      nullable: true,
      description:
        'The version that the change was made to: refused with CONFLICT when the template has another one by now. Null: whichever it has.',
    })
    expectedVersion: number | null,
    @Ctx() context: ApiContext,
  ): Promise<Template> {
    const options = { expectedVersion: expectedVersion ?? null, by: authorOf(context) }
    const changed = await validated(input, await readTemplate(context.db, id), context)
    const updated = await refusingGoneConnection(changed, 'The template', () => updateTemplate(context.db, id, changed, options))
    if (updated === 'UNKNOWN') throw notFound('template', id)
    if (updated === 'CHANGED') throw await changedMeanwhile(context.db, id, options.expectedVersion)
    return await presentTemplate(await existingTemplate(id, context), context)
  }

  @Mutation(() => Template, { description: 'A copy under a new name; without one: "Copy of …".' })
  async duplicateTemplate(
    @Arg('id', () => ID) id: string,
    @Arg('name', () => String, { nullable: true }) name: string | null,
    @Ctx() context: ApiContext,
  ): Promise<Template> {
    const { description, tags, target, operations, load, scaling, guardrails, slos, sloAbort, advanced, ...saved } = await existingTemplate(
      id,
      context,
    )
    const copyName = name ?? `Copy of ${saved.name}`.slice(0, 255)
    const checked = validateTemplate({
      name: copyName,
      description,
      tags,
      target,
      operations,
      load,
      scaling,
      guardrails,
      slos,
      sloAbort,
      advanced,
    })
    if (!checked.ok) throw invalid('The copy', checked.problems)
    return await saveNewTemplate(checked.template, context)
  }

  @Mutation(() => ID, { description: 'Takes the template out of every list; its runs and their results stay.' })
  async deleteTemplate(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<string> {
    if (!(await deleteTemplate(context.db, id))) throw notFound('template', id)
    await removePoolSets(context.db, id, null)
    return id
  }

  @FieldResolver(() => [Run], { description: 'Its newest runs, newest first.' })
  async recentRuns(
    @Root() template: Template,
    @Arg('first', () => Int, { defaultValue: 10 }) first: number,
    @Ctx() context: ApiContext,
  ): Promise<Run[]> {
    return await presentRuns(await listRuns(context.db, { templateId: template.id }, pageSize(first)), context)
  }
}
