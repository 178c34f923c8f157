import { describeTemplate } from '@flakebench/contract'
import {
  countVersionRuns,
  type TemplateVersion as KeptVersion,
  listTemplateVersions,
  readTemplate,
  type SavedTemplate,
} from '@flakebench/store'
import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { templateChanges } from '../../decide/templateChanges.ts'
import type { ApiContext } from '../context.ts'
import { moment } from '../run/run.map.ts'
import { recordOf } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { presentTemplate } from './presentTemplate.ts'
import { Template } from './template.type.ts'
import { TemplateVersion } from './templateVersion.type.ts'

@Resolver(() => Template)
export class TemplateVersionsResolver {
  @FieldResolver(() => [TemplateVersion], { description: 'Newest first: the newest, and those that runs have used.' })
  async versions(@Root() template: Template, @Ctx() context: ApiContext): Promise<TemplateVersion[]> {
    const saved = await readTemplate(context.db, template.id)
    // Of a document that is only read, and of a template that was deleted since.
    if (saved === null) return []
    const [kept, runs] = await Promise.all([listTemplateVersions(context.db, saved), countVersionRuns(context.db, saved.id)])
    const names = await connectionNames(kept, context)
    return await Promise.all(
      kept.map(async (one, i) => {
        const before = kept[i + 1]
        return {
          version: one.version,
          createdAt: moment(one.createdAtMs),
          createdBy: one.createdBy,
          runCount: runs.get(one.version) ?? 0,
          summary: describeTemplate(one.template),
          changes: before === undefined ? [] : templateChanges(before.template, one.template, id => names.get(id) ?? null),
          template: await presentTemplate(asItWas(saved, one), context),
        }
      }),
    )
  }
}

/** Of the template as a whole what it is now, of the version what it was. */
export const asItWas = (saved: SavedTemplate, { version, template, createdAtMs }: KeptVersion): SavedTemplate => ({
  ...saved,
  ...template,
  version,
  isUsed: version < saved.version || saved.isUsed,
  updatedAtMs: createdAtMs,
})

const connectionNames = async (kept: readonly KeptVersion[], { connections }: ApiContext): Promise<ReadonlyMap<string, string>> => {
  const ids = [...new Set(kept.flatMap(({ template }) => template.target.connectionId ?? []))]
  const found = await Promise.all(ids.map(id => connections.load(id)))
  return new Map(found.flatMap(connection => (connection === null ? [] : [[connection.id, connection.name] as const])))
}

@Resolver(() => Run)
export class RunTemplateResolver {
  @FieldResolver(() => Int, { description: 'Of its template, that it was prepared with.' })
  templateVersion(@Root() run: Run): number {
    return recordOf(run).plan.templateVersion
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'The newest version of its template now; null: the template was deleted, or is not here.',
  })
  async newestTemplateVersion(@Root() run: Run, @Ctx() context: ApiContext): Promise<number | null> {
    return await context.newestVersions.load(run.templateId)
  }
}
