import { readClock } from '@flakebench/store'
import { Args, Ctx, Query, Resolver } from 'type-graphql'
import type { ApiContext } from '../context.ts'
import { toWarehouseDetails } from '../warehouse/warehouse.map.ts'
import { WarehouseDetails } from '../warehouse/warehouse.type.ts'
import { CatalogDatabase, CatalogSchema, CatalogTable, CatalogTableDetails } from './catalog.type.ts'
import { CatalogArguments, DatabaseArguments, SchemaArguments, TableArguments, viewOf } from './catalogArguments.ts'
import { PostgresCapabilities } from './postgresCapabilities.type.ts'

@Resolver()
export class CatalogResolver {
  @Query(() => [CatalogDatabase], { description: 'Seen through a saved connection; kept for half a minute unless refresh is asked for.' })
  async catalogDatabases(
    @Args(() => CatalogArguments) asked: CatalogArguments,
    @Ctx() { catalog }: ApiContext,
  ): Promise<readonly CatalogDatabase[]> {
    return await catalog.listDatabases(viewOf(asked))
  }

  @Query(() => [CatalogSchema])
  async catalogSchemas(
    @Args(() => DatabaseArguments) asked: DatabaseArguments,
    @Ctx() { catalog }: ApiContext,
  ): Promise<readonly CatalogSchema[]> {
    return await catalog.listSchemas(viewOf(asked), asked.database ?? null)
  }

  @Query(() => [CatalogTable], { description: 'Tables and views that the role may read.' })
  async catalogTables(
    @Args(() => SchemaArguments) asked: SchemaArguments,
    @Ctx() { catalog }: ApiContext,
  ): Promise<readonly CatalogTable[]> {
    return await catalog.listTables(viewOf(asked), asked.database ?? null, asked.schema)
  }

  @Query(() => CatalogTableDetails)
  async catalogTable(@Args(() => TableArguments) asked: TableArguments, @Ctx() { catalog }: ApiContext): Promise<CatalogTableDetails> {
    const { database = null, schema, table } = asked
    return await catalog.readTable(viewOf(asked), { database, schema, table })
  }

  @Query(() => [WarehouseDetails], { description: 'Of Snowflake. None is resumed.' })
  async catalogWarehouses(
    @Args(() => CatalogArguments) asked: CatalogArguments,
    @Ctx() { catalog, db }: ApiContext,
  ): Promise<WarehouseDetails[]> {
    const states = await catalog.listWarehouses(viewOf(asked))
    const capturedAtMs = await readClock(db)
    return states.map(state => toWarehouseDetails(state, capturedAtMs))
  }

  @Query(() => PostgresCapabilities, { description: 'Of the server, and of the database, for its extensions.' })
  async postgresCapabilities(
    @Args(() => DatabaseArguments) asked: DatabaseArguments,
    @Ctx() { catalog }: ApiContext,
  ): Promise<PostgresCapabilities> {
    return await catalog.readCapabilities(viewOf(asked), asked.database ?? null)
  }
}
