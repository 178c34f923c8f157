import type { Plan } from '@flakebench/contract'
import type { SavedConnection } from '@flakebench/store'

/** What an engine is made from. */
export interface EngineSettings<C extends SavedConnection = SavedConnection> {
  readonly connection: C
  /** What was sealed; null: nothing was. */
  readonly secret: string | null
  /** Where its token file may be; null: nowhere but where Snowflake itself puts one. */
  readonly tokenFolder: string | null
  readonly plan: Plan
  readonly runId: string
  readonly workerId: string
}
