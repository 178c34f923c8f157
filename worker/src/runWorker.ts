import { availableParallelism, hostname } from 'node:os'
import { performance } from 'node:perf_hooks'
import { CONTROL_PACE, isTerminal, type RunRecord, shareEvenly, startHistograms } from '@flakebench/contract'
import { readRun, registerWorker, type SqlClient } from '@flakebench/store'
import type { Arguments } from './arguments.ts'
import { LAST_BEAT_MS, startBeating } from './control/beat.ts'
import { paceOfMode } from './control/decidePace.ts'
import { estimateClock } from './control/estimateClock.ts'
import { LAST_LINES_MS, startLogging } from './control/logging.ts'
import { openControl } from './control/openControl.ts'
import { Pacer } from './control/pacer.ts'
import { patientControl } from './control/patientControl.ts'
import { tellTroubles } from './control/tellTroubles.ts'
import { WorkerReport } from './control/workerReport.ts'
import { EXIT, type ExitCode, messageOf, WorkerFailure } from './failure.ts'
import { measureScheduling } from './load/measureScheduling.ts'
import { prepareLoad } from './load/prepareLoad.ts'
import { decideArrivalClock } from './pace/decideArrivalClock.ts'
import { serveRun } from './serveRun.ts'
import type { Service, WorkerDeps } from './service.ts'
import { openRunSpool } from './spool/openRunSpool.ts'
import { doneBefore, sleep, whenAborted } from './waiting.ts'

/** How long the control database is waited for before the run is known, and with it its startup timeout. */
const FIRST_PATIENCE_MS = 60_000
/** Of the first estimate of the control database's clock. */
const ROUND_TRIPS = 8

/** The life of a worker, from its registration to its last heartbeat. Failures are told in the heartbeat and on the terminal. */
export const runWorker = async (deps: WorkerDeps): Promise<ExitCode> => {
  const { args, config, print, terminated } = deps
  const beganMs = performance.now()
  await startHistograms()
  const { db, durableDb } = openControl(config, args.workerId)
  const logging = startLogging({ db, runId: args.runId, workerId: args.workerId, everyMs: () => CONTROL_PACE[db.engine].logMs, print })
  const { log } = logging
  let patienceMs = FIRST_PATIENCE_MS
  const patientDb = patientControl(db, {
    untilMs: () => beganMs + patienceMs,
    over: terminated,
    trouble: tellTroubles('asking the control database', log),
  })
  // The run is looked at first: registering for one that is over would wipe the record of who did the work.
  const run = await readRunToServe(patientDb, args.runId)
  patienceMs = run.plan.advanced.startupTimeoutSeconds * 1_000
  const attempt = await reached(registerWorker(patientDb, { ...args, host: hostname(), pid: process.pid }))
  logging.begin()
  log('INFO', 'worker', `Registered on ${hostname()} as process ${process.pid}${attempt === 1 ? '' : `, attempt ${attempt}`}`)
  const report = new WorkerReport({ ...args, attempt, host: hostname(), pid: process.pid })
  const superseded = new AbortController()
  const pacer = new Pacer(paceOfMode(CONTROL_PACE[db.engine], run.plan.load.mode))
  const beating = startBeating({
    db,
    everyMs: () => pacer.now().beatMs,
    read: () => report.read(),
    superseded: () => superseded.abort(),
    trouble: tellTroubles('writing the heartbeat', log),
  })
  try {
    return await serve({ ...deps, db, patientDb, durableDb, run, report, beating, pacer, log, logging, superseded: superseded.signal })
  } catch (error) {
    const failure = error instanceof WorkerFailure ? error : new WorkerFailure(EXIT.NOT_PREPARED, messageOf(error), { cause: error })
    report.status = 'FAILED'
    report.lastError = failure.message
    log('ERROR', 'worker', failure.message, failure.cause)
    await logging.flush(LAST_LINES_MS)
    if (!superseded.signal.aborted) await doneBefore(beating.now(), sleep(LAST_BEAT_MS))
    return failure.exitCode
  } finally {
    beating.stop()
    logging.stop()
  }
}

const serve = async (service: Service): Promise<ExitCode> => {
  const { patientDb, args, run, report, config, log, terminated } = service
  report.targetConnections = firstTarget(run, args)
  const preparing = prepareLoad({
    db: patientDb,
    args,
    attempt: report.attempt,
    plan: run.plan,
    targetConnections: report.targetConnections,
    credentialKey: config.credentialKey,
    tokenFolder: config.tokenFolder,
    log,
  })
  const prepared = await Promise.race([preparing, whenAborted(terminated), tooLate(run.plan.advanced.startupTimeoutSeconds)])
  if (prepared === undefined) {
    report.status = 'COMPLETED'
    log('INFO', 'worker', 'Told to end before it was ready')
    await service.logging.flush(LAST_LINES_MS)
    await doneBefore(service.beating.now(), sleep(LAST_BEAT_MS))
    return EXIT.OK
  }
  const clock = await reached(estimateClock(patientDb, ROUND_TRIPS))
  report.floorMs = prepared.floorMs
  report.clockUncertaintyMs = clock.uncertaintyMs
  report.schedulingP99Ms = await measureScheduling(
    run.plan.load.mode === 'QPS' ? decideArrivalClock(availableParallelism(), args.workerGroupCount) : 'HYBRID',
  )
  const accuracy = `${clock.uncertaintyMs.toFixed(2)} ms off the control database's clock at most, ${report.schedulingP99Ms.toFixed(2)} ms late at p99`
  log('INFO', 'worker', `Ready with a target of ${report.targetConnections} connections: ${accuracy}`)
  const spool = await openRunSpool(service, prepared)
  try {
    return await serveRun(service, prepared, clock, spool)
  } finally {
    await spool?.close()
  }
}

const tooLate = async (seconds: number): Promise<never> => {
  await sleep(seconds * 1_000)
  throw new WorkerFailure(
    EXIT.NOT_PREPARED,
    `Not ready within ${seconds} s: the system under test did not answer, or the startup timeout is too short`,
  )
}

/** What the run says of this worker; before it says so, an even share for those that the plan begins with, and nothing for one that joins later. */
const firstTarget = ({ plan, workerTargets }: Pick<RunRecord, 'plan' | 'workerTargets'>, { workerId, workerGroupId }: Arguments): number =>
  workerTargets?.[workerId] ?? shareEvenly(plan.targetConnections, plan.workerCount)[workerGroupId] ?? 0

const readRunToServe = async (db: SqlClient, runId: string): Promise<RunRecord> => {
  const run = await reached(readRun(db, runId))
  if (run === null) throw new WorkerFailure(EXIT.CONFIGURATION, `The run ${runId} does not exist: check --run-id and CONTROL_DATABASE_URL`)
  if (isTerminal(run.status)) throw new WorkerFailure(EXIT.CONFIGURATION, `The run ${runId} is over (${run.status}): start a new one`)
  return run
}

/** What is asked of the control database before the start. */
const reached = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch(error => {
    throw new WorkerFailure(EXIT.NOT_PREPARED, `The control database cannot be used: ${messageOf(error)}`, { cause: error })
  })
