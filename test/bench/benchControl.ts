import { rmSync } from 'node:fs'
import { openControlDatabase, readRun } from '@flakebench/store'
import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { graphql } from '../kit/graphql.ts'
import { refuseLeftovers, until } from '../kit/processes.ts'
import { newHome, startServer } from '../kit/startServer.ts'
import { watch } from '../kit/watchRun.ts'
import { RUN_UPDATES } from '../kit/wholeRun.ts'
import { wireControlUrl } from '../kit/wireControlUrl.ts'
import { makeWireTemplate } from '../kit/wireTemplate.ts'
import { type LoggedStatement, type SnowflakeServer, startSnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'
import type { BenchOptions } from './options.ts'
import { printTable, tell } from './report.ts'

const DEFAULT_SECONDS = 30
const DEFAULT_WORKERS = 4
const MOST_ROWS = 100_000
/** As long as a statement on a small table of a hybrid database takes, from near by. */
const STATEMENT_MS = 40
const GRACE_SECONDS = 5
const PATIENCE_MS = 120_000
const SETTLING_MS = 3_000
const EXTRAPOLATED_WORKERS = 50
const SECONDS_AN_HOUR = 3_600

/** A wire server on a PostgreSQL of its own, with the control tables. */
const withWire = async (work: (wire: SnowflakeServer, home: string) => Promise<void>): Promise<void> => {
  const home = newHome()
  const cluster = await ensureCluster({
    home,
    name: 'wire',
    settings: { max_connections: '300', fsync: 'off' },
    graceSeconds: GRACE_SECONDS,
  })
  const adminUrl = cluster.url('postgres')
  const database = await makeWireTemplate(adminUrl)
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  const wire = await startSnowflakeServer({ postgresUrl: url.href })
  wire.dials.statementLatencyMs = STATEMENT_MS
  try {
    await work(wire, home)
  } finally {
    await wire.close()
    await asAdmin(adminUrl, admin => admin.query(`DROP DATABASE ${database} WITH (FORCE)`))
    await cluster.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

/** Who sends each session's statements: sessions are closed when they are idle, so they are looked at all the time. */
const noteSessions = (wire: SnowflakeServer): { readonly applications: ReadonlyMap<number, string>; stop(): void } => {
  const applications = new Map<number, string>()
  const timer = setInterval(() => {
    for (const { id, application } of wire.sessions()) applications.set(id, application)
  }, 100)
  return { applications, stop: () => clearInterval(timer) }
}

const isOfWorker = (application: string): boolean => /\bworker\b|_worker/.test(application)
const isOfServer = (application: string): boolean => /[ _]server$/.test(application)

/** The table that a statement is about, and what it does there. */
const nameOf = ({ kind, text }: LoggedStatement): string => {
  const table = /\b(?:FROM|INTO|UPDATE)\s+(\w+)/i.exec(text)?.[1]?.toLowerCase()
  return table === undefined ? kind : `${kind} ${table}`
}

/** What a run asks of a control database on Snowflake, while somebody watches it: statements of its workers and of the server that drives it. */
export const benchControl = async ({ seconds, workers, rows }: BenchOptions): Promise<void> => {
  const [span, fleet] = [seconds ?? DEFAULT_SECONDS, workers ?? DEFAULT_WORKERS]
  tell(`a run of ${fleet} workers for ${span} s, watched; each statement of the control database takes ${STATEMENT_MS} ms`)
  await withWire(async (wire, home) => {
    const controlUrl = wireControlUrl(wire.url)
    const db = openControlDatabase({ url: controlUrl, maxConnections: 1, applicationName: 'flakebench bench' })
    const environment = { CONTROL_DATABASE_URL: controlUrl, FLAKEBENCH_DEMO_ROWS: String(Math.min(rows, MOST_ROWS)) }
    const server = await startServer({ home, environment })
    const sessions = noteSessions(wire)
    let runId = ''
    try {
      runId = await prepareRun(server.url, fleet, span)
      const live = watch(server.url, RUN_UPDATES, { runId })
      await graphql(server.url, 'mutation ($id: ID!) { startRun(id: $id) { id } }', { id: runId })
      const read = async () => {
        const run = await readRun(db, runId)
        if (run === null) throw new Error('the run is gone')
        return run
      }
      const begun = await until('the measurement is on', read, run => run.status === 'RUNNING' || run.endedAtMs !== null, PATIENCE_MS)
      await live.ended
      const { status, cancellationReason, startAtMs, startRequestedAtMs, measurementEndsAtMs } = await read()
      tell(
        `${status}${cancellationReason === null ? '' : `: ${cancellationReason}`}; ${live.updates.length} updates were sent to the watcher`,
      )
      const fromMs = (startAtMs ?? begun.nowMs) + SETTLING_MS
      const toMs = measurementEndsAtMs ?? begun.nowMs
      tell(`from startRun to the agreed start: ${Math.round((startAtMs ?? Number.NaN) - (startRequestedAtMs ?? Number.NaN))} ms`)
      report(wire, sessions.applications, { fromMs, toMs, fleet })
    } finally {
      sessions.stop()
      await db.close()
      await server.end()
      await (await ensureCluster({ home, name: 'demo' })).stop()
      if (runId !== '') await refuseLeftovers([runId])
    }
  })
}

const prepareRun = async (url: string, workers: number, durationSeconds: number): Promise<string> => {
  const { templates } = await graphql<{ templates: { edges: { node: { id: string } }[] } }>(
    url,
    'query { templates(search: "Point lookups") { edges { node { id } } } }',
  )
  const { prepareRun } = await graphql<{ prepareRun: { id: string } }>(
    url,
    'mutation ($id: ID!, $overrides: RunOverrides) { prepareRun(templateId: $id, overrides: $overrides) { id } }',
    { id: templates.edges[0]?.node.id, overrides: { workers, targetConnections: workers, warmupSeconds: 0, durationSeconds } },
  )
  return prepareRun.id
}

interface Window {
  readonly fromMs: number
  readonly toMs: number
  readonly fleet: number
}

const report = (wire: SnowflakeServer, applications: ReadonlyMap<number, string>, { fromMs, toMs, fleet }: Window): void => {
  const measuredSeconds = (toMs - fromMs) / 1_000
  const counted = wire
    .statements()
    .filter(({ startMs }) => startMs >= fromMs && startMs < toMs)
    .map(statement => ({ statement, application: applications.get(statement.sessionId) ?? '' }))
  const sides = [
    { name: 'a worker', of: counted.filter(({ application }) => isOfWorker(application)), share: fleet },
    { name: 'the server', of: counted.filter(({ application }) => isOfServer(application)), share: 1 },
  ]
  const table = sides.flatMap(({ name, of, share }) => {
    const counts = new Map<string, number>()
    for (const { statement } of of) counts.set(nameOf(statement), (counts.get(nameOf(statement)) ?? 0) + 1)
    const line = (what: string, count: number) => [`${name}: ${what}`, (count / share / measuredSeconds).toFixed(2)]
    return [line('all', of.length), ...[...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => line(what, count))]
  })
  printTable(['statements', 'a second'], table)
  const [aWorker, theServer] = sides.map(({ of, share }) => of.length / share / measuredSeconds) as [number, number]
  const anHour = (aWorker * EXTRAPOLATED_WORKERS + theServer) * SECONDS_AN_HOUR
  tell(`${EXTRAPOLATED_WORKERS} workers would send ${Math.round(anHour).toLocaleString('en')} statements an hour`)
}
