import { createDemoOrders, createPostgresDatabase, initPostgres, listMissingTables, openPostgres, type SqlClient } from '@flakebench/store'
import type { ServerConfig } from './config.ts'
import { credentialKeyOf } from './credentialKey.ts'
import { seedDemo } from './demo/seedDemo.ts'
import { CONTROL_CLUSTER_SETTINGS, DEMO_CLUSTER_SETTINGS } from './embedded/clusterSettings.ts'
import { type EmbeddedCluster, ensureCluster } from './embedded/ensureCluster.ts'
import { lockHome } from './embedded/homeLock.ts'
import { Fault } from './fault.ts'
import type { Steps } from './steps.ts'

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

const CONTROL_DATABASE = 'flakebench'

/** Makes ready what is missing, a line of progress for each step; on a failure whatever was started is stopped again. */
export const setUp = async (config: ServerConfig, steps: Steps): Promise<Foundation> => {
  const toClose: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const one of toClose.splice(0).reverse()) await one()
  }
  try {
    const lock = await lockHome(config.home)
    toClose.push(() => lock.unlock())
    const credentialKey = config.credentialKey ?? credentialKeyOf(config.home)
    const control =
      config.controlDatabaseUrl === null ? await embeddedControl(config, steps, toClose) : await externalControl(config, steps)
    const db = openPostgres({
      url: control.url,
      schema: config.controlDatabaseSchema,
      maxConnections: 20,
      applicationName: 'flakebench server',
    })
    toClose.push(() => db.close())
    if (config.controlDatabaseUrl !== null) await requireTables(db, config)
    if (config.demoRows > 0) await startDemo(config, db, credentialKey, steps, toClose)
    return { db, controlUrl: control.url, controlDatabase: control.words, credentialKey, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Control {
  readonly url: string
  readonly words: string
}

const embeddedControl = async (config: ServerConfig, steps: Steps, toClose: (() => Promise<unknown>)[]): Promise<Control> => {
  const step = steps.begin('Control database')
  const cluster = await ensureCluster({ home: config.home, name: 'control', settings: CONTROL_CLUSTER_SETTINGS, onStep: step.note })
  toClose.push(() => cluster.stop())
  await createPostgresDatabase(cluster.url('postgres'), CONTROL_DATABASE)
  const url = cluster.url(CONTROL_DATABASE)
  step.note('applying the schema')
  await initPostgres(url, config.controlDatabaseSchema)
  step.done(`embedded PostgreSQL on port ${cluster.port} (${cluster.outcome})`)
  return { url, words: `embedded PostgreSQL in ${cluster.dataDirectory}` }
}

const externalControl = async (config: ServerConfig, steps: Steps): Promise<Control> => {
  const url = config.controlDatabaseUrl as string
  const { host, pathname } = new URL(url)
  steps.begin('Control database').done(`${host}${pathname}, from CONTROL_DATABASE_URL`)
  return { url, words: `PostgreSQL at ${host}${pathname}` }
}

/** No table is made while serving: on a database of somebody's own, that is a step of its own, which may need other rights. */
const requireTables = async (db: SqlClient, config: ServerConfig): Promise<void> => {
  const missing = await listMissingTables(db, config.controlDatabaseSchema)
  if (missing.length === 0) return
  throw new Fault(
    `The control schema "${config.controlDatabaseSchema}" is incomplete there (missing: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}): ` +
      'apply it once with "npm run init-db", as a role that may create schemas and tables.',
  )
}

const startDemo = async (
  config: ServerConfig,
  db: SqlClient,
  credentialKey: string,
  steps: Steps,
  toClose: (() => Promise<unknown>)[],
): Promise<EmbeddedCluster> => {
  const step = steps.begin('Demo database')
  const cluster = await ensureCluster({ home: config.home, name: 'demo', settings: DEMO_CLUSTER_SETTINGS, onStep: step.note })
  toClose.push(() => cluster.stop())
  step.done(`embedded PostgreSQL on port ${cluster.port} (${cluster.outcome})`)
  const data = steps.begin('Demo data')
  const orders = await createDemoOrders(cluster.url('postgres'), {
    rows: config.demoRows,
    onProgress: (done, total) => data.progress(done / total, `${done.toLocaleString('en')} of ${total.toLocaleString('en')} orders`),
  })
  await seedDemo(db, cluster, credentialKey)
  data.done(`${orders.rows.toLocaleString('en')} orders${orders.created ? ', made from a seed' : ''}`)
  return cluster
}
