import { readClock } from '@flakebench/store'
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { ApiContext } from '../context.ts'
import { toWarehouseDetails } from '../warehouse/warehouse.map.ts'
import { WarehouseDetails } from '../warehouse/warehouse.type.ts'
import { CatalogDatabases, CatalogSchemas, CatalogTableDetails, CatalogTables } from './catalog.type.ts'
import {
  CatalogArguments,
  DatabaseArguments,
  ListDatabasesArguments,
  ListSchemasArguments,
  ListTablesArguments,
  searchOf,
  TableArguments,
  viewOf,
} from './catalogArguments.ts'
import { PostgresCapabilities } from './postgresCapabilities.type.ts'

@Resolver()
export class CatalogResolver {
  @Query(() => CatalogDatabases, { description: 'Seen through a saved connection; kept for half a minute unless refresh is asked for.' })
  async catalogDatabases(
    @Args(() => ListDatabasesArguments) asked: ListDatabasesArguments,
    @Ctx() context: ApiContext,
  ): Promise<CatalogDatabases> {
    const { rows, isCut } = await context.catalog.listDatabases(viewOf(asked, context), searchOf(asked))
    return { databases: rows, isCut }
  }

  @Query(() => CatalogSchemas)
  async catalogSchemas(@Args(() => ListSchemasArguments) asked: ListSchemasArguments, @Ctx() context: ApiContext): Promise<CatalogSchemas> {
    const { rows, isCut } = await context.catalog.listSchemas(viewOf(asked, context), asked.database ?? null, searchOf(asked))
    return { schemas: rows, isCut }
  }

  @Query(() => CatalogTables, { description: 'Tables and views that the role may read.' })
  async catalogTables(@Args(() => ListTablesArguments) asked: ListTablesArguments, @Ctx() context: ApiContext): Promise<CatalogTables> {
    const { rows, isCut } = await context.catalog.listTables(viewOf(asked, context), asked.database ?? null, asked.schema, searchOf(asked))
    return { tables: rows, isCut }
  }

  @Query(() => CatalogTableDetails)
  async catalogTable(@Args(() => TableArguments) asked: TableArguments, @Ctx() context: ApiContext): Promise<CatalogTableDetails> {
    const { database = null, schema, table } = asked
    return await context.catalog.readTable(viewOf(asked, context), { database, schema, table })
  }

  @Query(() => [WarehouseDetails], { description: 'Of Snowflake. None is resumed.' })
  async catalogWarehouses(@Args(() => CatalogArguments) asked: CatalogArguments, @Ctx() context: ApiContext): Promise<WarehouseDetails[]> {
    const states = await context.catalog.listWarehouses(viewOf(asked, context))
    const capturedAtMs = await readClock(context.db)
    return states.map(state => toWarehouseDetails(state, capturedAtMs))
  }

  @Query(() => PostgresCapabilities, { description: 'Of the server, and of the database, for its extensions.' })
  async postgresCapabilities(
    @Args(() => DatabaseArguments) asked: DatabaseArguments,
    @Ctx() context: ApiContext,
  ): Promise<PostgresCapabilities> {
    return await context.catalog.readCapabilities(viewOf(asked, context), asked.database ?? null)
  }
}
