import { snowflakeSignInOf } from '../client/openControlDatabase.ts'
import { initPostgres } from './initDatabase.ts'
import { initSnowflake } from './initSnowflake.ts'

/** Applies the control schema to the database that the address names, on either engine; rerunnable. */
export const initControlDatabase = (url: string, schema?: string): Promise<void> =>
  url.startsWith('snowflake:') ? initSnowflake(snowflakeSignInOf(url), schema) : initPostgres(url, schema)
