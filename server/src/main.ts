#!/usr/bin/env node
// Before all others: it settles what they look at while they are loaded.
import './config.ts'

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CONTROL_PACE, orchestratorIdOf, standbyPace, startHistograms } from '@flakebench/contract'
import { describeControlDatabase, initControlDatabase } from '@flakebench/store'
import { openAccess } from './access/access.ts'
import { addUser, checkNewUser } from './access/addUser.ts'
import { askPassword } from './access/askPassword.ts'
import { requireAdmin } from './access/requireAdmin.ts'
import { addressInWords, isSecure, ownAddress, warningOf } from './addresses.ts'
import type { ApiServices } from './api/context.ts'
import { type HttpServer, startHttpServer } from './api/httpServer.ts'
import { checkPort } from './api/listen.ts'
import { buildApiSchema } from './api/schema.ts'
import { catalogReader } from './catalog/catalogReader.ts'
import { HELP, readConfig, type ServerConfig } from './config.ts'
import { EmbeddedError } from './embedded/embeddedError.ts'
import { startEnrichmentJobs } from './enrichment/enrichmentJobs.ts'
import { runEnrichment } from './enrichment/runEnrichment.ts'
import { exportsRoute } from './exports/exportsRoute.ts'
import { openRunExports } from './exports/runExports.ts'
import { Fault } from './fault.ts'
import { runFeeds } from './live/runFeed.ts'
import { runsFeed } from './live/runsFeed.ts'
import { runViews } from './live/runViews.ts'
import { logTo } from './log.ts'
import { openControl } from './openControl.ts'
import { controlPlaceOf, targetChecker } from './orchestrator/checkTarget.ts'
import { runCommands } from './orchestrator/commands.ts'
import { type Orchestrator, startOrchestrator } from './orchestrator/orchestrator.ts'
import { loaderOn } from './orchestrator/processing/loaderProcess.ts'
import { localSpawner } from './orchestrator/spawners/local.ts'
import { stopOwnRuns } from './orchestrator/stopOwnRuns.ts'
import { startPoolPreparer } from './pools/poolPreparer.ts'
import { reportsRoute } from './push/reportsRoute.ts'
import { startRetention } from './retention/sweepExecutions.ts'
import { rotateKey } from './rotateKey.ts'
import { setUp } from './setUp.ts'
import { openInspector } from './statements/inspector.ts'
import { templateStatements } from './statements/statements.ts'
import { stepsOn } from './steps.ts'
import { tokenFolderOf } from './tokenFolder.ts'
import { carefulSignIns } from './warehouse/carefulSignIns.ts'
import { startWarehousePoller } from './warehouse/warehousePoller.ts'
import { watchRun } from './watchRun.ts'

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const VERSION = (JSON.parse(readFileSync(beside('../package.json'), 'utf8')) as { version: string }).version

const main = async (): Promise<void> => {
  const config = readConfig(process.argv.slice(2))
  if (config.command === 'help') process.stdout.write(HELP)
  else if (config.command === 'init-db') await initDatabase(config)
  else if (config.command === 'rotate-key')
    process.stdout.write(`${await rotateKey(config, stepsOn(process.stdout), logTo(process.stderr))}\n`)
  else if (config.command === 'watch')
    process.exitCode = await watchRun(
      config.runId,
      { url: config.publicUrl ?? ownAddress(config, config.port), token: config.apiToken },
      line => process.stdout.write(`${line}\n`),
    )
  else if (config.command === 'add-user') await addOneUser(config)
  else await serve(config)
}

const initDatabase = async (config: ServerConfig): Promise<void> => {
  if (config.controlDatabaseUrl === null) {
    throw new Fault('Set CONTROL_DATABASE_URL to the database that shall hold the control tables. The embedded one needs no init-db.')
  }
  await initControlDatabase(config.controlDatabaseUrl, config.controlDatabaseSchema).catch(error => {
    throw new Fault(
      `The control database of CONTROL_DATABASE_URL cannot be used: ${error instanceof Error ? error.message || String(error) : String(error)}`,
    )
  })
  const where = describeControlDatabase(config.controlDatabaseUrl)
  process.stdout.write(`The control tables are in schema ${config.controlDatabaseSchema}: ${where}.\n`)
}

const addOneUser = async (config: ServerConfig): Promise<void> => {
  const { newUser } = config
  if (newUser === null) return
  checkNewUser(newUser)
  const password = await askPassword(process.stdin, process.stdout)
  const control = await openControl(config)
  try {
    process.stdout.write(`${await addUser(control.db, newUser, password)}\n`)
  } finally {
    await control.close()
  }
}

const serve = async (config: ServerConfig): Promise<void> => {
  const log = logTo(process.stderr)
  const steps = stepsOn(process.stdout)
  const toClose: (() => Promise<unknown> | unknown)[] = []
  const close = async (): Promise<void> => {
    // One that fails must not keep the others from being closed.
    for (const one of toClose.splice(0).reverse()) {
      await Promise.resolve()
        .then(one)
        .catch(error => log.error('could not stop in good order', { error }))
    }
  }
  onSignal(close)
  try {
    await checkPort(config.port, config.host)
    await startHistograms()
    const foundation = await setUp(config, steps, log)
    toClose.push(() => foundation.close())
    const { db } = foundation
    await requireAdmin(db, config)
    const usualPace = CONTROL_PACE[db.engine]
    const pace = config.standby ? standbyPace(usualPace) : usualPace
    const views = runViews(db, { recall: runId => orchestrator.recall(runId), isDriven: runId => orchestrator.isDriven(runId) })
    const feeds = runFeeds(views, pace, log)
    const changes = runsFeed(db, pace, log)
    toClose.push(
      () => feeds.close(),
      () => changes.close(),
    )
    const publish = (runId: string, isState = true): void => {
      feeds.poke(runId)
      if (isState) changes.poke()
    }
    const tokenFolder = tokenFolderOf(config.home)
    const spoolFolder = join(config.home, 'spool')
    const workers = {
      workerMain: fileURLToPath(import.meta.resolve('@flakebench/worker/main')),
      environment: {
        ...config.workerEnvironment,
        CONTROL_DATABASE_URL: foundation.controlUrl,
        CONTROL_DATABASE_SCHEMA: config.controlDatabaseSchema,
        FLAKEBENCH_CREDENTIAL_KEY: foundation.credentialKey,
        FLAKEBENCH_TOKEN_FOLDER: tokenFolder,
        FLAKEBENCH_SPOOL_FOLDER: spoolFolder,
      },
    }
    const spawner = localSpawner({ ...workers, logFolder: join(config.home, 'runs'), spoolLimitMb: config.spoolLimitMb })
    const pools = startPoolPreparer({ ...workers, db, log, logFolder: join(config.home, 'pools') })
    toClose.push(() => pools.close())
    const { credentialKey } = foundation
    const loadExecutions = loaderOn({ ...workers, logFolder: join(config.home, 'runs') })
    const watchWarehouse = (run: { readonly runId: string; readonly epoch: number }) =>
      startWarehousePoller(run, { db, credentialKey, tokenFolder, log })
    const enriching = { db, credentialKey, tokenFolder, log }
    const jobs = startEnrichmentJobs({ ...enriching, publish })
    const enrichment = runEnrichment({ ...enriching, isWaiting: jobs.lookSoon })
    toClose.push(
      () => enrichment.close(),
      () => jobs.close(),
    )
    const deps = { db, spawner, pace, monotonicMs: () => performance.now(), publish, watchWarehouse, loadExecutions, enrichment, log }
    const orchestrator: Orchestrator = startOrchestrator(orchestratorIdOf(hostname(), randomUUID()), { ...deps, onLook: jobs.lookAlong })
    const checkTarget = targetChecker({ db, credentialKey, tokenFolder }, controlPlaceOf(foundation.controlUrl))
    const commands = runCommands(db, orchestrator, publish, checkTarget, log)
    toClose.push(
      () => orchestrator.close(),
      () => stopOwnRuns(db, orchestrator, commands, log),
    )
    const exports = openRunExports({ db, home: config.home, log, publish })
    toClose.push(() => exports.close())
    const places = { host: config.host, publicUrl: config.publicUrl, machine: hostname() }
    const access = openAccess({ db, places, isSecure: isSecure(config), log, monotonicMs: deps.monotonicMs })
    const retention = startRetention({
      ...{ db, log, spoolFolder, publish },
      keepDays: config.keepExecutionsDays,
      keepAuditDays: config.keepAuditDays,
      load: loadExecutions,
      enrich: enrichment.enrich,
    })
    const signIns = carefulSignIns(deps.monotonicMs)
    const inspector = openInspector({ ...workers, log, signIns })
    const services: ApiServices = {
      access,
      settings: {
        ...config,
        port: () => http.port,
        startedAtMs: Date.now(),
        credentialKeySource: config.credentialKey === null ? `the file credential.key in ${config.home}` : 'FLAKEBENCH_CREDENTIAL_KEY',
      },
      db,
      commands,
      signIns,
      catalog: catalogReader({ db, credentialKey, tokenFolder }, signIns),
      pools,
      statements: templateStatements({ db, inspector, checkTarget }),
      exports,
      retention,
      enrichment,
      runFeeds: feeds,
      runsFeed: changes,
      views,
      thresholds: pace,
      pace,
      log,
      credentialKey,
      tokenFolder,
      version: VERSION,
      controlDatabase: foundation.controlDatabase,
    }
    const http: HttpServer = await startHttpServer({
      port: config.port,
      host: config.host,
      tls: config.tls,
      isProxied: config.publicUrl !== null,
      schema: await buildApiSchema(),
      services,
      reports: reportsRoute(credentialKey, orchestrator.accept),
      files: exportsRoute({ exports, bundleLimitMb: config.bundleLimitMb, log, gate: access.gate }),
      log,
      clientFolder: beside('../../client/dist'),
    })
    toClose.push(() => http.close())
    // Before it: requests that wait for an answer have it then.
    toClose.push(() => inspector.close())
    toClose.push(() => retention.close())
    // Workers find this server at its port: no run is claimed before it is known.
    orchestrator.begin(http.pushUrl)
    const warning = warningOf(config)
    if (warning !== null) log.warn(warning)
    steps.begin('Console').done(`${addressInWords(config, http.port)}  (Ctrl-C stops everything)`)
  } catch (error) {
    await close()
    throw error
  }
}

/** The first signal stops everything in good order; a second one, at once. */
const onSignal = (close: () => Promise<void>): void => {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130)
    stopping = true
    process.stdout.write('\nStopping …\n')
    void close().then(
      () => process.exit(signal === 'SIGINT' ? 130 : 143),
      error => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  const expected = error instanceof Fault || error instanceof EmbeddedError
  process.stderr.write(`\n${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
