import { rmSync } from 'node:fs'
import type { HeartbeatRecord, RunOverrides, RunRecord } from '@flakebench/contract'
import { isTerminal } from '@flakebench/contract'
import { listHeartbeats, openPostgres, readRun, type SqlClient } from '@flakebench/store'
import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { graphql } from '../kit/graphql.ts'
import { refuseLeftovers, until } from '../kit/processes.ts'
import { newHome, startServer, type TestServer } from '../kit/startServer.ts'
import { WHOLE_RUN, type WholeRun } from '../kit/wholeRun.ts'

/** A server as it ships, with databases of its own in a home that lasts as long as the bench. */
export interface BenchServer {
  readonly server: TestServer
  readonly db: SqlClient
  /** The control database, as its superuser. */
  readonly controlUrl: string
  /** The database with the demo's orders, as its superuser. */
  readonly demoUrl: string
  /** Prepares a run of one of the demo's templates: of the point lookups, unless another is named. */
  prepare(overrides: RunOverrides, template?: string): Promise<string>
  start(runId: string): Promise<void>
  stop(runId: string): Promise<void>
  end(runId: string): Promise<WholeRun>
  record(runId: string): Promise<RunRecord>
  heartbeats(runId: string): Promise<readonly HeartbeatRecord[]>
}

const PATIENCE_MS = 600_000

/** Starts it, does the work, and ends everything whatever happens; Ctrl-C included. */
export const withBenchServer = async (rows: number, work: (bench: BenchServer) => Promise<void>): Promise<void> => {
  const home = newHome()
  const runIds: string[] = []
  const server = await startServer({ home, environment: { FLAKEBENCH_DEMO_ROWS: String(rows) } })
  const control = await ensureCluster({ home, name: 'control' })
  const demo = await ensureCluster({ home, name: 'demo' })
  const db = openPostgres({ url: control.url('flakebench'), maxConnections: 2, applicationName: 'flakebench bench' })
  const close = async (): Promise<void> => {
    await db.close()
    await server.end()
    await Promise.all([control.stop(), demo.stop()])
    await refuseLeftovers(runIds)
    rmSync(home, { recursive: true, force: true })
  }
  const interrupted = (): void => {
    void close().then(() => process.exit(130))
  }
  process.once('SIGINT', interrupted)
  try {
    await work(makeBench(server, db, { control: control.url('flakebench'), demo: demo.url('demo') }, runIds))
  } finally {
    process.off('SIGINT', interrupted)
    await close()
  }
}

const makeBench = (
  server: TestServer,
  db: SqlClient,
  urls: { readonly control: string; readonly demo: string },
  runIds: string[],
): BenchServer => {
  const record = async (runId: string): Promise<RunRecord> => {
    const run = await readRun(db, runId)
    if (run === null) throw new Error(`there is no run ${runId}`)
    return run
  }
  return {
    server,
    db,
    controlUrl: urls.control,
    demoUrl: urls.demo,
    prepare: async (overrides, template = 'Point lookups') => {
      const { templates } = await graphql<{ templates: { edges: { node: { id: string } }[] } }>(
        server.url,
        'query ($search: String!) { templates(search: $search) { edges { node { id } } } }',
        { search: template },
      )
      const { prepareRun } = await graphql<{ prepareRun: { id: string } }>(
        server.url,
        'mutation ($id: ID!, $overrides: RunOverrides) { prepareRun(templateId: $id, overrides: $overrides) { id } }',
        { id: templates.edges[0]?.node.id, overrides },
      )
      runIds.push(prepareRun.id)
      return prepareRun.id
    },
    start: async id => {
      await graphql(server.url, 'mutation ($id: ID!) { startRun(id: $id) { id } }', { id })
    },
    stop: async id => {
      await graphql(server.url, 'mutation ($id: ID!) { stopRun(id: $id) { id } }', { id })
    },
    end: async id => {
      await until(`run ${id} is over`, async () => (await record(id)).status, isTerminal, PATIENCE_MS)
      const { run } = await graphql<{ run: WholeRun }>(server.url, WHOLE_RUN, { id })
      if (run.status === 'FAILED') throw new Error(`the run failed: ${run.cancellationReason}`)
      return run
    },
    record,
    heartbeats: runId => listHeartbeats(db, runId),
  }
}
