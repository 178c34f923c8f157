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
  type SavedTemplate,
  updateTemplate,
} from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { invalid, notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { pageOf, pageSize } from '../page.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { TemplateInput } from './template.input.ts'
import { toTemplate } from './template.map.ts'
import { Template, TemplateConnection } from './template.type.ts'

const present = async (saved: SavedTemplate, context: ApiContext): Promise<Template> => {
  const { connectionId } = saved.target
  const connection = connectionId === null ? null : await context.connections.load(connectionId)
  // A run that was deleted is counted no more; its number stays taken, should it be restored.
  const usageCount = saved.usageCount - (await context.deletedRuns.load(saved.id))
  return toTemplate({ ...saved, usageCount }, connection?.name ?? null)
}

const existing = async (id: string, context: ApiContext): Promise<SavedTemplate> => {
  const saved = await readTemplate(context.db, id)
  if (saved === null) throw notFound('template', id)
  return saved
}

/** @throws Refusal with every problem of the template */
const validated = (input: TemplateInput): ContractTemplate => {
  const checked = validateTemplate(JSON.parse(JSON.stringify(input)))
  if (!checked.ok) throw invalid('The template', checked.problems)
  return checked.template
}

@Resolver(() => Template)
export class TemplateResolver {
  @Query(() => Template, { nullable: true, description: 'Null, with the error code NOT_FOUND, for an unknown id.' })
  async template(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Template> {
    return await present(await existing(id, context), context)
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
    return pageOf(await Promise.all(found.map(saved => present(saved, context))), size, totalCount)
  }

  @Mutation(() => Template)
  async createTemplate(@Arg('input', () => TemplateInput) input: TemplateInput, @Ctx() context: ApiContext): Promise<Template> {
    const id = newId()
    await insertTemplate(context.db, id, validated(input))
    return await present(await existing(id, context), context)
  }

  @Mutation(() => Template, { description: 'Replaces the template as a whole. Runs keep the settings they were prepared with.' })
  async updateTemplate(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => TemplateInput) input: TemplateInput,
    @Ctx() context: ApiContext,
  ): Promise<Template> {
    if (!(await updateTemplate(context.db, id, validated(input)))) throw notFound('template', id)
    return await present(await existing(id, context), context)
  }

  @Mutation(() => Template, { description: 'A copy under a new name; without one: "Copy of …".' })
  async duplicateTemplate(
    @Arg('id', () => ID) id: string,
    @Arg('name', () => String, { nullable: true }) name: string | null,
    @Ctx() context: ApiContext,
  ): Promise<Template> {
    const {
      name: oldName,
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
    } = await existing(id, context)
    const copy = {
      name: name ?? `Copy of ${oldName}`.slice(0, 255),
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
    }
    const copyId = newId()
    const checked = validateTemplate(copy)
    if (!checked.ok) throw invalid('The copy', checked.problems)
    await insertTemplate(context.db, copyId, checked.template)
    return await present(await existing(copyId, context), context)
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
