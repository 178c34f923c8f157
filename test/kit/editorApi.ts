import { describeTemplate, type Template, type TemplateInput, validateTemplate } from '@flakebench/contract'
import { GraphQLError } from 'graphql'
import { type ConsoleApi, startConsoleApi } from './consoleApi.ts'
import { COLUMNS, CONNECTIONS, LOOKUP, listed, PLACES } from './sampleCatalog.ts'
import { at, valuePools } from './sampleConsole.ts'

type Saved = Template & { readonly id: string; readonly version: number; readonly isUsed: boolean }
type PlaceId = keyof typeof PLACES

/** The built console in front of templates, catalog and statements that are made up; the rules are the real ones. */
export interface EditorApi extends ConsoleApi {
  /** What was saved, the newest last: by what, with which version expected. */
  readonly saves: readonly { readonly id: string | null; readonly input: TemplateInput; readonly expectedVersion: number | null }[]
  /** What was tried once. */
  readonly tries: readonly { readonly kind: string; readonly label: string | null }[]
  /** Runs that were prepared, by the id of their template. */
  readonly prepared: readonly string[]
  /** Has a template that is there already; its id is `id`. */
  keepTemplate(id: string, input: TemplateInput, isUsed: boolean, version?: number): void
  /** Somebody deletes it. */
  dropTemplate(id: string): void
  /** From now on the catalog fails with these words; null: it answers again. */
  breakCatalog(words: string | null): void
  /** From now on saves are held back until it is called again with false. */
  holdSaves(held: boolean): void
  /** Who is here from now on; null: nobody, and somebody must sign in. Without it everything is open. */
  become(role: 'VIEWER' | 'AUTHOR' | null): void
  /** From now on each statement that is tried fails with these words. */
  failTries(words: string | null): void
}

const plain = (value: unknown): never => JSON.parse(JSON.stringify(value)) as never

const shown = (saved: Saved) => ({
  ...saved,
  target: { ...saved.target, connectionName: CONNECTIONS.find(({ id }) => id === saved.target.connectionId)?.name ?? null },
  createdAt: at(0),
  updatedAt: at(0),
  createdBy: null,
  usageCount: saved.isUsed ? 2 : 0,
  lastUsedAt: null,
  summary: describeTemplate(saved),
  recentRuns: [],
  valuePools: valuePools(),
  versions: [
    {
      version: saved.version,
      createdAt: at(0),
      createdBy: null,
      runCount: saved.isUsed ? 2 : 0,
      summary: describeTemplate(saved),
      changes: [],
      template: { ...saved, target: { ...saved.target, connectionName: null } },
    },
  ],
})

const MADE: Readonly<Record<string, string>> = {
  POINT_LOOKUP: 'SELECT "id", "customer_id", "status", "amount", "note", "created_at", "updated_at" FROM "public"."orders" WHERE "id" = $1',
  RANGE_SCAN:
    'SELECT "id", "customer_id", "status", "amount", "note", "created_at", "updated_at" FROM "public"."orders" WHERE "id" BETWEEN $1 AND $2 LIMIT 100',
  INSERT: 'INSERT INTO "public"."orders" ("id", "customer_id", "status", "amount") VALUES ($1, $2, $3, $4)',
  UPDATE: 'UPDATE "public"."orders" SET "status" = $1 WHERE "id" = $2',
}

export const startEditorApi = async (): Promise<EditorApi> => {
  const templates = new Map<string, Saved>()
  const saves: EditorApi['saves'][number][] = []
  const tries: EditorApi['tries'][number][] = []
  const prepared: string[] = []
  let broken: string | null = null
  let failing: string | null = null

  const valid = (input: TemplateInput): Template => {
    const read = validateTemplate(plain(input))
    if (read.ok) return read.template
    throw new GraphQLError('The template has problems', { extensions: { code: 'VALIDATION_FAILED', problems: read.problems } })
  }
  const place = (connectionId: string) => {
    if (broken !== null) throw new GraphQLError(broken, { extensions: { code: 'TARGET_FAILED' } })
    return PLACES[connectionId as PlaceId]
  }
  const asInput = (args: object): never => plain(args)
  let release: () => void = () => undefined
  let held: Promise<void> | null = null
  let viewer: object | null = null
  const mustBeHere = (): void => {
    if (viewer !== null && 'role' in viewer && viewer.role === null)
      throw new GraphQLError('Sign in first; a script shows its token instead', { extensions: { code: 'UNAUTHENTICATED' } })
  }
  const become = (role: string | null): void => {
    viewer = { name: role === null ? null : 'ada', role, method: role === null ? 'NONE' : 'SESSION', signInRequired: true }
  }

  const api = await startConsoleApi({
    viewer: () => viewer ?? { name: 'local', role: 'ADMIN', method: 'NONE', signInRequired: false },
    signIn: () => {
      become('AUTHOR')
      return viewer
    },
    connections: CONNECTIONS,
    catalogDatabases: ({ connectionId }: { connectionId: string }) => ({ databases: place(connectionId).databases, isCut: false }),
    catalogSchemas: ({ connectionId }: { connectionId: string }) => ({ schemas: place(connectionId).schemas, isCut: false }),
    catalogTables: ({ connectionId, schema, search }: { connectionId: string; schema: string; search?: string | null }) =>
      listed(place(connectionId).tables, schema, search),
    catalogWarehouses: ({ connectionId }: { connectionId: string }) => place(connectionId).warehouses,
    catalogTable: (args: { connectionId: string; schema: string; table: string; database: string | null }) => {
      const found = place(args.connectionId).tables.find(({ name }) => name === args.table)
      if (found === undefined) throw new GraphQLError(`There is no table “${args.table}”.`, { extensions: { code: 'TARGET_FAILED' } })
      return {
        database: args.database,
        schema: args.schema,
        table: found,
        columns: COLUMNS,
        keyColumns: ['id'],
        clusteringColumns: [],
        lookup: LOOKUP,
        hints: [],
      }
    },
    checkTemplate: ({ input }: { input: TemplateInput }) => {
      mustBeHere()
      const read = validateTemplate(plain(input))
      if (!read.ok) return { problems: read.problems, summary: null, hints: [] }
      const hints =
        read.template.load.warmupSeconds === 0
          ? [{ path: 'load.warmupSeconds', message: 'Without warmup the first seconds measure cold connections' }]
          : []
      return { problems: [], summary: describeTemplate(read.template), hints }
    },
    templateStatements: ({ input }: { input: { operations: { generic?: { label: string; operationType: string; sql: string }[] } } }) => ({
      statements: [
        ...Object.entries(MADE).map(([kind, sql]) => ({
          kind,
          label: kind,
          operationType: kind === 'INSERT' || kind === 'UPDATE' ? 'WRITE' : 'READ',
          sql,
          problem: null,
        })),
        ...(input.operations.generic ?? []).map(({ label, operationType, sql }) => ({
          kind: 'GENERIC_SQL',
          label,
          operationType,
          sql,
          problem: null,
        })),
      ],
      columns: COLUMNS.map(({ name, type }) => ({ name, type })),
      keyColumn: 'id',
      problem: null,
    }),
    tryStatement: ({ kind, label }: { kind: string; label?: string | null }) => {
      tries.push({ kind, label: label ?? null })
      const isWrite = kind === 'INSERT' || kind === 'UPDATE'
      return {
        sql: MADE[kind] ?? 'SELECT 1',
        values: [{ position: 1, value: '184203', isNull: false }],
        ok: failing === null,
        tookMs: failing === null ? 1.42 : null,
        rows: failing === null ? 1 : null,
        columnNames: isWrite || failing !== null ? [] : COLUMNS.map(({ name }) => name),
        sample: isWrite || failing !== null ? [] : [['184203', '77', 'SHIPPED', '129.90', null, '2026-01-01 12:00:00+00', null]],
        plan:
          failing === null
            ? 'Index Scan using orders_pkey on orders  (cost=0.42..8.44 rows=1 width=58)\n  Index Cond: (id = 184203)'
            : null,
        problem: failing,
        wasRolledBack: isWrite,
      }
    },
    template: ({ id }: { id: string }) => {
      const saved = templates.get(id)
      if (saved === undefined) throw new GraphQLError(`There is no template ${id}`, { extensions: { code: 'NOT_FOUND' } })
      return shown(saved)
    },
    templates: () => ({
      edges: [...templates.values()].map(saved => ({ node: shown(saved), cursor: saved.id })),
      pageInfo: { hasNextPage: false, endCursor: null },
      totalCount: templates.size,
    }),
    createTemplate: async (args: { input: TemplateInput }) => {
      mustBeHere()
      await held
      const { input } = asInput(args) as typeof args
      const saved = { ...valid(input), id: `01NEW${templates.size + 1}`, version: 1, isUsed: false }
      saves.push({ id: null, input, expectedVersion: null })
      templates.set(saved.id, saved)
      return shown(saved)
    },
    updateTemplate: async (args: { id: string; input: TemplateInput; expectedVersion: number | null }) => {
      mustBeHere()
      await held
      const { id, input, expectedVersion } = asInput(args) as typeof args
      const before = templates.get(id)
      if (before === undefined) throw new GraphQLError('gone', { extensions: { code: 'NOT_FOUND' } })
      if (expectedVersion != null && expectedVersion !== before.version)
        throw new GraphQLError('ben has changed this template meanwhile', { extensions: { code: 'CONFLICT' } })
      const saved = { ...valid(input), id, version: before.version + (before.isUsed ? 1 : 0), isUsed: false }
      saves.push({ id, input, expectedVersion: expectedVersion ?? null })
      templates.set(id, saved)
      return shown(saved)
    },
    prepareRun: ({ templateId }: { templateId: string }) => {
      prepared.push(templateId)
      return { id: '01RUN', status: 'PREPARED' }
    },
  })
  return {
    ...api,
    saves,
    tries,
    prepared,
    keepTemplate: (id, input, isUsed, version = 1) => {
      templates.set(id, { ...valid(input), id, version, isUsed })
    },
    dropTemplate: id => templates.delete(id),
    holdSaves: wanted => {
      release()
      held = wanted ? new Promise(resolve => (release = resolve)) : null
    },
    become,
    breakCatalog: words => {
      broken = words
    },
    failTries: words => {
      failing = words
    },
  }
}
