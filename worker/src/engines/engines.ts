import type { PostgresConnection } from '@flakebench/store'
import type { Engine } from './engine.ts'
import type { EngineSettings } from './engineSettings.ts'
import { postgresEngine } from './postgres.ts'
import { snowflakeEngine } from './snowflake.ts'

const postgres = ({ connection: { settings }, secret, plan, workerId }: EngineSettings<PostgresConnection>): Engine =>
  postgresEngine({
    ...settings,
    database: plan.target.database ?? settings.database,
    password: secret,
    connectTimeoutMs: plan.advanced.connectTimeoutSeconds * 1_000,
    statementTimeoutMs: plan.advanced.statementTimeoutSeconds * 1_000,
    applicationName: `flakebench ${workerId}`,
    plan,
  })

/** The engine of a saved connection. */
export const engineOf = (settings: EngineSettings): Engine => {
  const { connection } = settings
  switch (connection.type) {
    case 'POSTGRES':
      return postgres({ ...settings, connection })
    case 'SNOWFLAKE':
      return snowflakeEngine({ ...settings, connection })
  }
}
