import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { type EmbeddedCluster, ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { makeEmbeddedHome } from './embeddedHome.ts'
import { TEST_DATABASE_PREFIX } from './sharedClusters.ts'
import { makeWireTemplate } from './wireTemplate.ts'

/** How long the servers outlive a run that was killed. */
const GRACE_SECONDS = 5
/** Nothing in the control tables of a test has to survive the machine. */
const CONTROL_SETTINGS = { shared_buffers: '128MB', max_connections: '300', fsync: 'off', deadlock_timeout: '100ms' }
/** A PostgreSQL of another version for the systems under test, as its superuser: opt-in. See README.md. */
const SUT_URL = process.env['POSTGRES_TEST_URL']
const SUT_SETTINGS = { shared_buffers: '128MB', max_connections: '300', shared_preload_libraries: 'pg_stat_statements' }

/** Starts the two servers that all tests share, before the first; stops them after the last. Whatever is left over then fails the run. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const home = makeEmbeddedHome()
  const clusters: EmbeddedCluster[] = []
  const start = async (name: string, settings: Readonly<Record<string, string>>): Promise<string> => {
    const cluster = await ensureCluster({ home: home.path, name, settings, graceSeconds: GRACE_SECONDS })
    clusters.push(cluster)
    return cluster.url('postgres')
  }
  const stopAll = async (): Promise<void> => {
    const left = await Promise.all(clusters.map(listTestDatabases))
    for (const cluster of clusters) await cluster.stop()
    await home.close()
    if (left.flat().length > 0) throw new Error(`tests left databases over: ${left.flat().join(', ')}`)
  }
  try {
    const [controlAdminUrl, sutAdminUrl] = await Promise.all([start('control', CONTROL_SETTINGS), SUT_URL ?? start('sut', SUT_SETTINGS)])
    const controlLog = join(home.path, 'control', 'postgres.log')
    project.provide('sharedClusters', { controlAdminUrl, controlLog, wireTemplate: await makeWireTemplate(controlAdminUrl), sutAdminUrl })
    return () =>
      stopAll().catch((error: unknown) => {
        // Vitest only prints what a teardown throws.
        process.exitCode = 1
        throw error
      })
  } catch (error) {
    await stopAll()
    throw error
  }
}

const listTestDatabases = async (cluster: EmbeddedCluster): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: cluster.url('postgres') })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)', [
      TEST_DATABASE_PREFIX,
    ])
    return rows.map(row => row.name)
  } finally {
    await client.end()
  }
}
