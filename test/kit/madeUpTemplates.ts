import { describeTemplate, type Template, type TemplateInput, validateTemplate } from '@flakebench/contract'
import type { SavedConnection } from '../../client/src/api/documents/connectionDocuments.ts'
import type { ValuePools } from '../../client/src/api/documents/templateDocuments.ts'
import { readDocument } from '../../server/src/templates/readDocument.ts'
import { type DocumentFormat, writeDocument } from '../../server/src/templates/writeDocument.ts'
import { at, savedPostgres, valuePools } from './sampleConsole.ts'
import { SMALLEST, soundTemplate } from './templateInput.ts'

interface Version {
  readonly version: number
  readonly template: Template
  readonly runCount: number
  readonly createdBy: string | null
  readonly changes: readonly string[]
}

/** Templates that live as long as the test, under the contract's own rules: what `startConsoleApi` answers for the pages about them. */
export interface MadeUpTemplates {
  readonly answers: Readonly<Record<string, unknown>>
  /** The inputs that were saved, oldest first. */
  readonly saved: readonly TemplateInput[]
  /** Puts one there as if it had been saved so, oldest version first. */
  keep(id: string, ...versions: readonly Partial<Version>[]): void
  /** How its value pools are from now on. */
  tellPools(pools: Partial<ValuePools>): void
}

/** `connections`: those that are saved; the first is the default. */
export const madeUpTemplates = (connections: readonly SavedConnection[] = [savedPostgres()]): MadeUpTemplates => {
  const templates = new Map<string, Version[]>()
  const saved: TemplateInput[] = []
  let pools = valuePools()
  const newestOf = (versions: readonly Version[]): Version => versions.at(-1) as Version
  const outside = connections.map((connection, place) => ({
    ...connection,
    isDefault: place === 0,
    templateCount: 0,
    createdAt: at(0),
    updatedAt: at(0),
  }))
  const nameOf = ({ target }: Template): string | null => connections.find(({ id }) => id === target.connectionId)?.name ?? null

  const shown = (id: string, { version, template, runCount, createdBy }: Version) => ({
    ...template,
    target: { ...template.target, connectionName: nameOf(template) },
    id,
    version,
    summary: describeTemplate(template),
    isUsed: runCount > 0,
    usageCount: runCount,
    lastUsedAt: null,
    createdAt: at(0),
    updatedAt: at(0),
    createdBy,
    recentRuns: [],
    valuePools: () => pools,
    versions: [],
  })
  const whole = (id: string) => {
    const versions = templates.get(id)
    if (versions === undefined) return null
    const rows = versions.map(each => ({
      ...each,
      createdAt: at(each.version),
      summary: describeTemplate(each.template),
      template: shown(id, each),
    }))
    return { ...shown(id, newestOf(versions)), versions: rows.reverse() }
  }
  const soundOrRefused = (input: TemplateInput): Template => {
    const read = validateTemplate(input)
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
    saved.push(input)
    return read.template
  }
  const version = (number: number, change: Partial<Version> = {}): Version => ({
    version: number,
    template: soundTemplate(SMALLEST),
    runCount: 0,
    createdBy: null,
    changes: [],
    ...change,
  })
  const insert = (template: Template) => {
    const id = `01MADEUP${templates.size + 1}`
    templates.set(id, [version(1, { template })])
    return whole(id)
  }
  const readIt = (document: string) => {
    const { template, problems, connectionName } = readDocument(document)
    const named = connections.find(({ name }) => name === connectionName)
    const withIt =
      template === null || named === undefined ? template : { ...template, target: { ...template.target, connectionId: named.id } }
    return { template: withIt, problems, missing: named === undefined ? connectionName : null }
  }

  const answers = {
    viewer: { name: 'local', role: 'ADMIN', method: 'NONE', signInRequired: false, userId: null, sessionExpiresAt: null },
    connections: outside,
    templates: () => ({
      totalCount: templates.size,
      edges: [...templates.keys()].map(id => ({ cursor: id, node: whole(id) })),
      pageInfo: { hasNextPage: false, endCursor: null },
    }),
    template: ({ id }: { readonly id: string }) => whole(id),
    checkTemplate: ({ input }: { readonly input: TemplateInput }) => {
      const read = validateTemplate(input)
      return { problems: read.ok ? [] : read.problems, summary: read.ok ? describeTemplate(read.template) : null, hints: [] }
    },
    createTemplate: ({ input }: { readonly input: TemplateInput }) => insert(soundOrRefused(input)),
    updateTemplate: ({ id, input }: { readonly id: string; readonly input: TemplateInput }) => {
      const before = templates.get(id) ?? []
      const template = soundOrRefused(input)
      const newest = newestOf(before)
      const next =
        newest.runCount > 0 ? [...before, version(newest.version + 1, { template })] : [...before.slice(0, -1), { ...newest, template }]
      templates.set(id, next)
      return whole(id)
    },
    preparePools: () => {
      pools = { ...pools, status: 'PREPARING', valuesPlanned: 12_000, valuesStored: 3_000 }
      return pools
    },
    templateStatements: { statements: [], columns: [], keyColumn: null, problem: null },
    catalogDatabases: { databases: [], isCut: false },
    catalogSchemas: { schemas: [{ name: 'public', comment: null }], isCut: false },
    catalogTables: {
      tables: [{ name: 'orders', tableType: 'POSTGRES', rowEstimate: 1_000_000, bytes: null, comment: null }],
      isCut: false,
    },
    catalogTable: null,
    templateDocument: ({
      id,
      format,
      version: asked,
    }: {
      readonly id: string
      readonly format: DocumentFormat
      readonly version?: number
    }) => {
      const versions = templates.get(id) ?? []
      const one = versions.find(each => each.version === asked) ?? newestOf(versions)
      return writeDocument(one.template, nameOf(one.template), one.version, format)
    },
    readTemplateDocument: ({ document }: { readonly document: string }) => {
      const { template, problems, missing } = readIt(document)
      return { template: template === null ? null : shown('', version(1, { template })), problems, missingConnection: missing }
    },
    importTemplate: ({ document, connectionId }: { readonly document: string; readonly connectionId?: string | null }) => {
      const { template } = readIt(document)
      if (template === null) throw new Error('The document cannot be read')
      return insert(connectionId == null ? template : { ...template, target: { ...template.target, connectionId } })
    },
  }
  return {
    answers,
    saved,
    keep: (id, ...versions) => {
      templates.set(
        id,
        versions.map((change, place) => version(place + 1, change)),
      )
    },
    tellPools: change => {
      pools = valuePools(change)
    },
  }
}
