import type { SnowflakeDriver } from '@flakebench/store'

/** The Snowflake driver's own connection, signed in. */
export type DriverConnection = ReturnType<SnowflakeDriver['createConnection']>
export type DriverStatement = ReturnType<DriverConnection['execute']>
