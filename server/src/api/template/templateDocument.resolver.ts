import { describeTemplate, judgeTemplate, type Problem } from '@flakebench/contract'
import {
  defaultConnectionId,
  readClock,
  readConnection,
  readConnectionByName,
  readTemplateVersion,
  type SavedTemplate,
} from '@flakebench/store'
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql'
import { connectionProblems } from '../../decide/connectionProblems.ts'
import { templateHints } from '../../decide/templateHints.ts'
import { invalid, notFound, Refusal } from '../../refusal.ts'
import { connectionTypeOf, requireConnection, withDefaultConnection } from '../../templates/defaultConnection.ts'
import { readDocument } from '../../templates/readDocument.ts'
import { type DocumentFormat, writeDocument } from '../../templates/writeDocument.ts'
import type { ApiContext } from '../context.ts'
import { DocumentFormatEnum } from '../enums.ts'
import { connectionNameOf, existingTemplate, presentTemplate } from './presentTemplate.ts'
import { TemplateInput } from './template.input.ts'
import { saveNewTemplate } from './template.resolver.ts'
import { Template } from './template.type.ts'
import { ReadTemplate, TemplateCheck } from './templateDocument.type.ts'

@Resolver()
export class TemplateDocumentResolver {
  @Query(() => TemplateCheck, { description: 'Every rule of a template, without saving it: problems by the path of their field.' })
  async checkTemplate(@Arg('input', () => TemplateInput) input: TemplateInput, @Ctx() context: ApiContext): Promise<TemplateCheck> {
    const { template, unreadable, problems: own } = judgeTemplate(JSON.parse(JSON.stringify(input)))
    const { connectionId } = template.target
    const connection = connectionId === null ? null : await context.connections.load(connectionId)
    const fallbackId = await defaultConnectionId(context.db, connectionTypeOf(template))
    const defaultConnectionName = await connectionNameOf(fallbackId, context)
    const isTypeKnown = !unreadable.some(path => 'target.tableType'.startsWith(path))
    const problems = [...own, ...(isTypeKnown ? connectionProblems(template, connection) : [])]
    return {
      problems,
      summary: problems.length === 0 ? describeTemplate(template) : null,
      hints: templateHints(template, { defaultConnectionName }, unreadable),
    }
  }

  @Query(() => String, {
    description: 'The template as a document, for a file: the connection by its name, no secrets. Defaults are left out.',
  })
  async templateDocument(
    @Arg('id', () => ID) id: string,
    @Arg('format', () => DocumentFormatEnum, { defaultValue: 'YAML' }) format: DocumentFormat,
    @Arg('version', () => Int, { nullable: true, description: 'Null: the newest.' }) version: number | null,
    @Ctx() context: ApiContext,
  ): Promise<string> {
    const saved = await existingTemplate(id, context)
    const kept = version == null ? { version: saved.version, template: saved } : await readTemplateVersion(context.db, id, version)
    if (kept === null) throw new Refusal('NOT_FOUND', `There is no version ${version} of this template`)
    return writeDocument(kept.template, await connectionNameOf(kept.template.target.connectionId, context), kept.version, format)
  }

  @Query(() => ReadTemplate, { description: 'Reads a document without saving it, YAML or JSON.' })
  async readTemplateDocument(@Arg('document', () => String) document: string, @Ctx() context: ApiContext): Promise<ReadTemplate> {
    const { template, problems, connectionName } = readDocument(document)
    const connection = connectionName === null ? null : await readConnectionByName(context.db, connectionName)
    const missingConnection = connection === null ? connectionName : null
    if (template === null) return { template, problems, missingConnection }
    const nowMs = await readClock(context.db)
    const unsaved: SavedTemplate = {
      ...template,
      target: { ...template.target, connectionId: connection?.id ?? null },
      id: '',
      version: 1,
      isUsed: false,
      usageCount: 0,
      lastUsedAtMs: null,
      createdBy: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    }
    return { template: await presentTemplate(unsaved, context), problems, missingConnection }
  }

  @Mutation(() => Template, {
    description: 'Saves what a document describes as a new template. The connection is found by its name, unless one is given.',
  })
  async importTemplate(
    @Arg('document', () => String) document: string,
    @Arg('connectionId', () => ID, { nullable: true }) connectionId: string | null,
    @Ctx() context: ApiContext,
  ): Promise<Template> {
    const { template, problems, connectionName } = readDocument(document)
    const found = await findConnection(connectionId ?? null, connectionName, context)
    const all = [...problems, ...found.problems]
    if (template === null || all.length > 0) throw invalid('The document', all)
    const connected = { ...template, target: { ...template.target, connectionId: found.id } }
    await requireConnection(context.db, connected, null, 'The document')
    return await saveNewTemplate(await withDefaultConnection(context.db, connected), context)
  }
}

/** The one that is given; otherwise the one that is named. Null where there is neither: then the default is taken. @throws Refusal for an unknown id */
const findConnection = async (
  id: string | null,
  name: string | null,
  { db }: ApiContext,
): Promise<{ readonly id: string | null; readonly problems: readonly Problem[] }> => {
  if (id !== null) {
    if ((await readConnection(db, id)) === null) throw notFound('connection', id)
    return { id, problems: [] }
  }
  if (name === null) return { id: null, problems: [] }
  const found = await readConnectionByName(db, name)
  if (found !== null) return { id: found.id, problems: [] }
  const message = `There is no connection named ${JSON.stringify(name)} here: choose one for the import, or add it first`
  return { id: null, problems: [{ path: 'target.connectionId', message }] }
}
