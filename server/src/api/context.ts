import type { ControlPace, Result } from '@flakebench/contract'
import { listConnections, readResults, type SavedConnection, type SqlClient } from '@flakebench/store'
import DataLoader from 'dataloader'
import type { HealthThresholds } from '../decide/workerHealth.ts'
import type { RunFeeds } from '../live/runFeed.ts'
import type { RunsFeed } from '../live/runsFeed.ts'
import type { RunViews } from '../live/runViews.ts'
import type { Log } from '../log.ts'
import type { RunCommands } from '../orchestrator/commands.ts'
import type { PoolPreparer } from '../pools/poolPreparer.ts'

/** What resolvers work with; they hold no state of their own. */
export interface ApiServices {
  readonly db: SqlClient
  readonly commands: RunCommands
  readonly pools: PoolPreparer
  readonly runFeeds: RunFeeds
  readonly runsFeed: RunsFeed
  readonly views: RunViews
  readonly thresholds: HealthThresholds
  readonly pace: ControlPace
  readonly log: Log
  /** Opens and seals the secrets of saved connections: base64 of 32 bytes. */
  readonly credentialKey: string
  /** Where the token files of saved connections are. */
  readonly tokenFolder: string
  readonly version: string
  /** In words: where the control tables are. */
  readonly controlDatabase: string
}

/** One operation's context: equal readings within it are made once. */
export interface ApiContext extends ApiServices {
  readonly results: DataLoader<string, Result | null>
  readonly connections: DataLoader<string, SavedConnection | null>
}

export const contextOf = (services: ApiServices): ApiContext => ({
  ...services,
  results: new DataLoader(async runIds => {
    const found = await readResults(services.db, runIds)
    return runIds.map(id => found.get(id) ?? null)
  }),
  connections: new DataLoader(async ids => {
    const all = new Map((await listConnections(services.db)).map(connection => [connection.id, connection]))
    return ids.map(id => all.get(id) ?? null)
  }),
})
