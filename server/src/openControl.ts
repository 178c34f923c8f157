import { createPostgresDatabase, initPostgres, listMissingParts, openControlDatabase, type SqlClient } from '@flakebench/store'
import type { ServerConfig } from './config.ts'
import { CONTROL_CLUSTER_SETTINGS } from './embedded/clusterSettings.ts'
import { EmbeddedError } from './embedded/embeddedError.ts'
import { ensureCluster } from './embedded/ensureCluster.ts'
import { type HomeLock, lockHome } from './embedded/homeLock.ts'
import { Fault } from './fault.ts'
import { CONTROL_DATABASE } from './setUp.ts'

/** The control database for a command of a moment. */
export interface Control {
  readonly db: SqlClient
  close(): Promise<void>
}

/**
 * The control database, whether a server runs on it or not. An embedded one that does not run is started, and stopped again when it is closed.
 * @throws Fault, EmbeddedError
 */
export const openControl = async (config: ServerConfig): Promise<Control> => {
  const { controlDatabaseUrl, controlDatabaseSchema: schema } = config
  const { url, release } =
    controlDatabaseUrl === null ? await embedded(config) : { url: controlDatabaseUrl, release: async () => undefined }
  const db = openControlDatabase({ url, schema, maxConnections: 2, applicationName: 'flakebench command' })
  const close = async (): Promise<void> => {
    await db.close()
    await release()
  }
  try {
    const missing = await listMissingParts(db, schema)
    if (missing.length > 0)
      throw new Fault(`The control tables are not there yet (missing: ${missing.slice(0, 3).join(', ')}): run "npm run init-db" first.`)
    return { db, close }
  } catch (error) {
    await close()
    throw error instanceof Fault
      ? error
      : new Fault(`The control database does not answer: ${error instanceof Error ? error.message : String(error)}`)
  }
}

interface Embedded {
  readonly url: string
  release(): Promise<void>
}

const embedded = async (config: ServerConfig): Promise<Embedded> => {
  const lock = await lockUnlessServed(config.home)
  try {
    // One that runs for a server is only joined.
    const cluster = await ensureCluster({ home: config.home, name: 'control', settings: CONTROL_CLUSTER_SETTINGS })
    const url = cluster.url(CONTROL_DATABASE)
    if (lock === null) return { url, release: async () => undefined }
    const release = async (): Promise<void> => {
      await cluster.stop()
      await lock.unlock()
    }
    try {
      await createPostgresDatabase(cluster.url('postgres'), CONTROL_DATABASE)
      await initPostgres(url, config.controlDatabaseSchema)
      return { url, release }
    } catch (error) {
      await release()
      throw error
    }
  } catch (error) {
    await lock?.unlock().catch(() => undefined)
    throw error
  }
}

/** Null: a server has the home, and its database runs. */
const lockUnlessServed = async (home: string): Promise<HomeLock | null> => {
  try {
    return await lockHome(home)
  } catch (error) {
    if (error instanceof EmbeddedError && error.reason === 'HOME_IN_USE') return null
    throw error
  }
}
