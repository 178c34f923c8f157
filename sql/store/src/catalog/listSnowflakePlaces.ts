import type { WarehouseState } from '@flakebench/contract'
import { quoteName } from '../snowflake/names.ts'
import { toWarehouseState } from '../warehouse/readWarehouse.ts'
import { type CatalogDatabase, type CatalogList, type CatalogSchema, cutAt } from './catalog.ts'
import { commentOf, isShownCut, nameOf, namesWith, type ShownRow, type ShowSnowflake, showIfThere } from './showSnowflake.ts'

const toPlaces = (rows: readonly ShownRow[], isCut: boolean, search: string | null, most: number): CatalogList<CatalogDatabase> => {
  const isMeant = namesWith(search)?.isMeant ?? (() => true)
  const places = rows.map((row): CatalogDatabase => ({ name: nameOf(row), comment: commentOf(row) }))
  return cutAt(
    places.filter(({ name }) => isMeant(name)),
    most,
    isCut,
  )
}

const like = (search: string | null): string => {
  const names = namesWith(search)
  return names === null ? '' : ` LIKE ${names.like}`
}

/** Databases that the role sees. */
export const listSnowflakeDatabases = async (
  show: ShowSnowflake,
  search: string | null,
  most: number,
): Promise<CatalogList<CatalogDatabase>> => {
  const shown = await show(`SHOW DATABASES${like(search)}`)
  return toPlaces(shown, isShownCut(shown), search, most)
}

/** Schemas of a database, its name as Snowflake keeps it, without INFORMATION_SCHEMA; null: there is no such database. */
export const listSnowflakeSchemas = async (
  show: ShowSnowflake,
  database: string,
  search: string | null,
  most: number,
): Promise<CatalogList<CatalogSchema> | null> => {
  const shown = await showIfThere(show, `SHOW SCHEMAS${like(search)} IN DATABASE ${quoteName(database)}`)
  if (shown === null) return null
  return toPlaces(
    shown.filter(row => nameOf(row) !== 'INFORMATION_SCHEMA'),
    isShownCut(shown),
    search,
    most,
  )
}

/** Warehouses that the role sees. None is resumed. */
export const listSnowflakeWarehouses = async (show: ShowSnowflake): Promise<WarehouseState[]> =>
  (await show('SHOW WAREHOUSES')).map(toWarehouseState)
