import type { WarehouseState } from '@flakebench/contract'
import { quoteName } from '../snowflake/names.ts'
import { toWarehouseState } from '../warehouse/readWarehouse.ts'
import type { CatalogDatabase, CatalogSchema } from './catalog.ts'
import { commentOf, nameOf, type ShownRow, type ShowSnowflake, showIfThere } from './showSnowflake.ts'

const toPlace = (row: ShownRow): CatalogDatabase => ({ name: nameOf(row), comment: commentOf(row) })

/** Databases that the role sees. */
export const listSnowflakeDatabases = async (show: ShowSnowflake): Promise<CatalogDatabase[]> => (await show('SHOW DATABASES')).map(toPlace)

/** Schemas of a database, its name as Snowflake keeps it, without INFORMATION_SCHEMA; null: there is no such database. */
export const listSnowflakeSchemas = async (show: ShowSnowflake, database: string): Promise<CatalogSchema[] | null> =>
  (await showIfThere(show, `SHOW SCHEMAS IN DATABASE ${quoteName(database)}`))
    ?.filter(row => nameOf(row) !== 'INFORMATION_SCHEMA')
    .map(toPlace) ?? null

/** Warehouses that the role sees. None is resumed. */
export const listSnowflakeWarehouses = async (show: ShowSnowflake): Promise<WarehouseState[]> =>
  (await show('SHOW WAREHOUSES')).map(toWarehouseState)
