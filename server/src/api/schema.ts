import 'reflect-metadata'
import { printSchemaWithDirectives } from '@graphql-tools/utils'
import { type GraphQLSchema, lexicographicSortSchema } from 'graphql'
import { buildSchema } from 'type-graphql'
import { guardSchema } from '../access/guardSchema.ts'
import { ApiTokensResolver } from './access/apiTokens.resolver.ts'
import { AuditLogResolver } from './access/auditLog.resolver.ts'
import { ServerSettingsResolver } from './access/serverSettings.resolver.ts'
import { SignInResolver } from './access/signIn.resolver.ts'
import { UsersResolver } from './access/users.resolver.ts'
import { CatalogResolver } from './catalog/catalog.resolver.ts'
import { CompareResolver } from './compare/compare.resolver.ts'
import { ConnectionResolver } from './connection/connection.resolver.ts'
import { EnrichmentResolver } from './enrichment/enrichment.resolver.ts'
import { ExecutionResolver } from './execution/execution.resolver.ts'
import { FigureResolver } from './figure/figure.resolver.ts'
import { HealthResolver } from './health/health.resolver.ts'
import { ExportsResolver } from './history/exports.resolver.ts'
import { HistoryResolver } from './history/history.resolver.ts'
import { RunMarksResolver } from './history/runMarks.resolver.ts'
import { LogResolver } from './log/log.resolver.ts'
import { RunResolver } from './run/run.resolver.ts'
import { SeriesResolver } from './series/series.resolver.ts'
import { StatementResolver } from './statement/statement.resolver.ts'
import { TEXT_ROW } from './statement/textRow.ts'
import { TemplateResolver } from './template/template.resolver.ts'
import { TemplateDocumentResolver } from './template/templateDocument.resolver.ts'
import { RunTemplateResolver, TemplateVersionsResolver } from './template/templateVersions.resolver.ts'
import { ValuePoolsResolver } from './template/valuePools.resolver.ts'
import { WarehouseResolver } from './warehouse/warehouse.resolver.ts'

/** Subscriptions bring their own sources; type-graphql asks for a bus all the same. */
const noBus = {
  publish: () => undefined,
  subscribe: (): never => {
    throw new Error('every subscription names its own source')
  },
}

export const buildApiSchema = async (): Promise<GraphQLSchema> =>
  guardSchema(
    await buildSchema({
      resolvers: [
        ApiTokensResolver,
        AuditLogResolver,
        CatalogResolver,
        CompareResolver,
        ConnectionResolver,
        EnrichmentResolver,
        ExecutionResolver,
        FigureResolver,
        ExportsResolver,
        HealthResolver,
        HistoryResolver,
        LogResolver,
        RunMarksResolver,
        RunResolver,
        RunTemplateResolver,
        SeriesResolver,
        TemplateDocumentResolver,
        TemplateResolver,
        TemplateVersionsResolver,
        ValuePoolsResolver,
        ServerSettingsResolver,
        SignInResolver,
        StatementResolver,
        UsersResolver,
        WarehouseResolver,
      ],
      scalarsMap: [TEXT_ROW],
      validate: false,
      pubSub: noBus,
    }),
  )

/** The schema as text, sorted: what schema.graphql must hold. */
export const printSdl = (schema: GraphQLSchema): string => `${printSchemaWithDirectives(lexicographicSortSchema(schema))}\n`
