import {
  createDemoOrders,
  createPostgresDatabase,
  describeControlDatabase,
  initPostgres,
  listMissingParts,
  openControlDatabase,
  type SqlClient,
} from '@flakebench/store'
import type { ServerConfig } from './config.ts'
import { settleCredentialKey } from './credentialKey.ts'
import { DEMO_CONNECTION, seedDemo } from './demo/seedDemo.ts'
import { type ClusterSettings, CONTROL_CLUSTER_SETTINGS, DEMO_CLUSTER_SETTINGS } from './embedded/clusterSettings.ts'
import { type EmbeddedCluster, ensureCluster } from './embedded/ensureCluster.ts'
import { lockHome } from './embedded/homeLock.ts'
import { keepRunning } from './embedded/keepRunning.ts'
import { Fault } from './fault.ts'
import type { Log } from './log.ts'
import type { Step, Steps } from './steps.ts'

/** Everything that the server stands on. */
export interface Foundation {
  readonly db: SqlClient
  /** For the workers; holds a password. */
  readonly controlUrl: string
  /** Without one. */
  readonly controlDatabase: string
  readonly credentialKey: string
  /** Stops what was started here, and gives the home back. */
  close(): Promise<void>
}

/** Its name in the embedded cluster. */
export const CONTROL_DATABASE = 'flakebench'

/** What each step of the set-up works with. */
interface Works {
  readonly config: ServerConfig
  readonly steps: Steps
  readonly log: Log
  /** To be closed in the end, the newest first. */
  readonly toClose: (() => Promise<unknown>)[]
}

/** Makes ready what is missing, a line of progress for each step; on a failure whatever was started is stopped again. */
export const setUp = async (config: ServerConfig, steps: Steps, log: Log): Promise<Foundation> => {
  const works: Works = { config, steps, log, toClose: [] }
  const close = async (): Promise<void> => {
    // One that fails must not keep the others from being closed.
    for (const one of works.toClose.splice(0).reverse()) await one().catch(error => log.error('could not stop in good order', { error }))
  }
  try {
    const lock = await lockHome(config.home)
    works.toClose.push(() => lock.unlock())
    const control = config.controlDatabaseUrl === null ? await embeddedControl(works) : externalControl(config, steps)
    const schema = config.controlDatabaseSchema
    const db = openControlDatabase({ url: control.url, schema, maxConnections: 20, applicationName: 'flakebench server' })
    works.toClose.push(() => db.close())
    if (config.controlDatabaseUrl !== null) await requireTables(db, config)
    const credentialKey = config.credentialKey ?? (await settleCredentialKey(config.home, db, DEMO_CONNECTION))
    if (config.demoRows > 0) await startDemo(works, db, credentialKey)
    return { db, controlUrl: control.url, controlDatabase: control.words, credentialKey, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** An embedded cluster that is running, and is kept so. */
const startCluster = async (
  { config, log, toClose }: Works,
  name: string,
  words: string,
  settings: ClusterSettings,
  step: Step,
): Promise<EmbeddedCluster> => {
  const options = { home: config.home, name, settings }
  const cluster = await ensureCluster({ ...options, onStep: step.note })
  const kept = keepRunning(cluster, words, () => ensureCluster(options), log)
  toClose.push(() => kept.stop())
  return cluster
}

interface Control {
  readonly url: string
  readonly words: string
}

const embeddedControl = async (works: Works): Promise<Control> => {
  const step = works.steps.begin('Control database')
  const cluster = await startCluster(works, 'control', 'control database', CONTROL_CLUSTER_SETTINGS, step)
  await createPostgresDatabase(cluster.url('postgres'), CONTROL_DATABASE)
  const url = cluster.url(CONTROL_DATABASE)
  step.note('applying the schema')
  await initPostgres(url, works.config.controlDatabaseSchema)
  step.done(`embedded PostgreSQL on port ${cluster.port} (${cluster.outcome})`)
  return { url, words: `embedded PostgreSQL in ${cluster.dataDirectory}` }
}

const externalControl = (config: ServerConfig, steps: Steps): Control => {
  const url = config.controlDatabaseUrl as string
  const words = describeControlDatabase(url)
  steps.begin('Control database').done(`${words}, from CONTROL_DATABASE_URL`)
  return { url, words }
}

/** No table is made or changed while serving: on a database of somebody's own, that is a step of its own, which may need other rights. */
const requireTables = async (db: SqlClient, config: ServerConfig): Promise<void> => {
  const missing = await listMissingParts(db, config.controlDatabaseSchema).catch(error => {
    throw new Fault(`The database of CONTROL_DATABASE_URL cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  })
  if (missing.length === 0) return
  throw new Fault(
    `The control schema "${config.controlDatabaseSchema}" is incomplete there (missing: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}): ` +
      'apply it with "npm run init-db", as a role that may create schemas and tables. That is needed once, and again after an upgrade.',
  )
}

const startDemo = async (works: Works, db: SqlClient, credentialKey: string): Promise<void> => {
  const step = works.steps.begin('Demo database')
  const cluster = await startCluster(works, 'demo', 'demo database', DEMO_CLUSTER_SETTINGS, step)
  step.done(`embedded PostgreSQL on port ${cluster.port} (${cluster.outcome})`)
  const data = works.steps.begin('Demo data')
  const orders = await createDemoOrders(cluster.url('postgres'), {
    rows: works.config.demoRows,
    onProgress: (done, total) => data.progress(done / total, `${done.toLocaleString('en')} of ${total.toLocaleString('en')} orders`),
  })
  await seedDemo(db, cluster, credentialKey)
  data.done(`${orders.rows.toLocaleString('en')} orders${orders.created ? ', made from a seed' : ''}`)
}
