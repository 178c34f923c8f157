import type { ControlPace, ExecutionsKept, Result } from '@flakebench/contract'
import {
  countConnectionTemplates,
  countDeletedRuns,
  listConnections,
  type PlainResult,
  type RunMarks,
  readExecutionsKept,
  readNewestVersions,
  readPlainResults,
  readResults,
  readRunMarks,
  type SavedConnection,
  type SqlClient,
} from '@flakebench/store'
import DataLoader from 'dataloader'
import type { Access } from '../access/access.ts'
import type { Actor } from '../access/actor.ts'
import type { CatalogReader } from '../catalog/catalogReader.ts'
import type { HealthThresholds } from '../decide/workerHealth.ts'
import type { RunEnrichment } from '../enrichment/runEnrichment.ts'
import type { RunExports } from '../exports/runExports.ts'
import type { RunFeeds } from '../live/runFeed.ts'
import type { RunsFeed } from '../live/runsFeed.ts'
import type { RunViews } from '../live/runViews.ts'
import type { Log } from '../log.ts'
import type { RunCommands } from '../orchestrator/commands.ts'
import type { PoolPreparer } from '../pools/poolPreparer.ts'
import type { Retention } from '../retention/sweepExecutions.ts'
import type { TemplateStatements } from '../statements/statements.ts'
import type { SignIns } from '../warehouse/carefulSignIns.ts'
import type { ServerSettingsFacts } from './access/serverSettings.ts'
import { type Caller, SOCKET_CALLER } from './caller.ts'
import { type FigureLoader, figureLoader } from './figure/figureLoader.ts'

/** What resolvers work with; they hold no state of their own. */
export interface ApiServices {
  readonly access: Access
  readonly settings: ServerSettingsFacts
  readonly db: SqlClient
  readonly commands: RunCommands
  readonly catalog: CatalogReader
  readonly signIns: SignIns
  readonly pools: PoolPreparer
  readonly statements: TemplateStatements
  readonly enrichment: Pick<RunEnrichment, 'enrich'>
  readonly exports: RunExports
  readonly retention: Pick<Retention, 'load'>
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
  readonly actor: Actor
  readonly caller: Caller
  /** Nobody waits for the answer any more. */
  readonly givenUp: AbortSignal
  readonly results: DataLoader<string, Result | null>
  readonly plainResults: DataLoader<string, PlainResult | null>
  readonly marks: DataLoader<string, RunMarks | null>
  /** By template id. */
  readonly deletedRuns: DataLoader<string, number>
  /** By template id; null: there is no such template any more. */
  readonly newestVersions: DataLoader<string, number | null>
  readonly connections: DataLoader<string, SavedConnection | null>
  /** How many templates use a connection, by its id. */
  readonly connectionTemplates: DataLoader<string, number>
  readonly figures: FigureLoader
  readonly executionsKept: DataLoader<string, ExecutionsKept | null>
}

const NEVER = new AbortController().signal

export const contextOf = (
  services: ApiServices,
  actor: Actor,
  caller: Caller = SOCKET_CALLER,
  givenUp: AbortSignal = NEVER,
): ApiContext => ({
  ...services,
  actor,
  caller,
  givenUp,
  results: new DataLoader(async runIds => {
    const found = await readResults(services.db, runIds)
    return runIds.map(id => found.get(id) ?? null)
  }),
  plainResults: new DataLoader(async runIds => {
    const found = await readPlainResults(services.db, runIds)
    return runIds.map(id => found.get(id) ?? null)
  }),
  marks: new DataLoader(async runIds => {
    const found = await readRunMarks(services.db, runIds)
    return runIds.map(id => found.get(id) ?? null)
  }),
  deletedRuns: new DataLoader(async templateIds => {
    const found = await countDeletedRuns(services.db, templateIds)
    return templateIds.map(id => found.get(id) ?? 0)
  }),
  newestVersions: new DataLoader(async templateIds => {
    const found = await readNewestVersions(services.db, templateIds)
    return templateIds.map(id => found.get(id) ?? null)
  }),
  connections: new DataLoader(async ids => {
    const all = new Map((await listConnections(services.db)).map(connection => [connection.id, connection]))
    return ids.map(id => all.get(id) ?? null)
  }),
  connectionTemplates: new DataLoader(async ids => {
    const found = await countConnectionTemplates(services.db)
    return ids.map(id => found.get(id) ?? 0)
  }),
  figures: figureLoader(services.db),
  executionsKept: new DataLoader(async runIds => {
    const found = await readExecutionsKept(services.db, runIds)
    return runIds.map(id => found.get(id) ?? null)
  }),
})
