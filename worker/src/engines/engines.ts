import type { Plan } from '@flakebench/contract'
import type { SavedConnection } from '@flakebench/store'
import type { Engine } from './engine.ts'
import { postgresEngine } from './postgres.ts'

export interface EngineSettings {
  readonly connection: SavedConnection
  readonly password: string | null
  readonly plan: Plan
  readonly applicationName: string
}

/** The engine of each type of saved connection. */
export const ENGINES: Readonly<Partial<Record<SavedConnection['type'], (settings: EngineSettings) => Engine>>> = {
  POSTGRES: ({ connection: { settings }, password, plan, applicationName }) =>
    postgresEngine({
      ...settings,
      database: plan.target.database ?? settings.database,
      password,
      connectTimeoutMs: plan.advanced.connectTimeoutSeconds * 1_000,
      statementTimeoutMs: plan.advanced.statementTimeoutSeconds * 1_000,
      applicationName,
    }),
}
