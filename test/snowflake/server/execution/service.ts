import type pg from 'pg'
import type { Dials } from '../dials.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { StageFolder } from '../stages/stageFolder.ts'
import type { StatementLog } from '../statementLog.ts'
import type { Warehouses } from '../warehouses/warehouses.ts'
import type { ChunkStore } from '../wire/chunks.ts'
import type { Catalog } from './catalog.ts'
import type { Statements } from './statements.ts'
import type { TableLocks } from './tableLocks.ts'
import type { Throttle } from './throttle.ts'
import type { Translations } from './translations.ts'

/** What all statements of a server share. */
export interface Service {
  /** The server's own connections to PostgreSQL: for the catalog, and to cancel and end sessions. */
  readonly admin: pg.Pool
  readonly dials: Dials
  /** Refuse what Snowflake refuses. */
  readonly strict: boolean
  readonly catalog: Catalog
  readonly translations: Translations
  readonly warehouses: Warehouses
  readonly locks: TableLocks
  readonly throttle: Throttle
  readonly sessions: Sessions
  readonly statements: Statements
  readonly log: StatementLog
  readonly stages: StageFolder
  readonly chunks: ChunkStore
}
