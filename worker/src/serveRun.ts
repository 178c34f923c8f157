import { type ArrivalShare, countOf, type RunSchedule } from '@flakebench/contract'
import { pushTokenOf } from '@flakebench/store'
import { LAST_BEAT_MS } from './control/beat.ts'
import type { ClockEstimate } from './control/decideClock.ts'
import type { Order } from './control/decideFollow.ts'
import { explainLoss } from './control/decideLoss.ts'
import { Ending } from './control/ending.ts'
import { startFollowing } from './control/followRun.ts'
import { LAST_LINES_MS, type Log } from './control/logging.ts'
import { openReportPost } from './control/postReport.ts'
import { startPushing } from './control/pushReports.ts'
import { startSendingSnapshots } from './control/sendSnapshots.ts'
import { tellTroubles } from './control/tellTroubles.ts'
import { startWatchingClock } from './control/watchClock.ts'
import { EXIT, type ExitCode, messageOf, WorkerFailure } from './failure.ts'
import { Load } from './load/load.ts'
import type { PreparedLoad } from './load/prepareLoad.ts'
import { NO_CLIENT_NEWS, nextClientNews } from './measure/clientNews.ts'
import type { Service } from './service.ts'
import type { Spool } from './spool/spool.ts'
import { doneBefore, sleep, whenAborted } from './waiting.ts'

/** From READY to the last heartbeat: waits for the start, sends the load, drains, delivers. */
export const serveRun = async (
  service: Service,
  prepared: PreparedLoad,
  firstClock: ClockEstimate,
  spool: Spool | null,
): Promise<ExitCode> => {
  const { db, durableDb, args, config, run, report, beating, pacer, log, logging, terminated, superseded } = service
  const { plan } = run
  const { controlLossSeconds, drainTimeoutSeconds, startupTimeoutSeconds } = plan.advanced
  const clocks = startWatchingClock(db, firstClock, pacer.now().clockMs)
  const ending = new Ending()
  const hurry = new AbortController()
  const controlLost = new AbortController()
  let load: Load | null = null
  let shares: readonly ArrivalShare[] | null = null
  let permittedUntilMs = Number.POSITIVE_INFINITY
  let news = NO_CLIENT_NEWS

  /** Whatever calls this: nothing is sent after it. */
  const end = (drainSeconds: number, failure: WorkerFailure | null = null): void => {
    ending.come(drainSeconds, failure)
    load?.stopSending()
  }

  const sender = startSendingSnapshots({
    db: durableDb,
    batchMs: () => pacer.now().snapshotBatchMs,
    trouble: tellTroubles('writing a snapshot', log),
    refused: failure => end(drainTimeoutSeconds, failure),
  })

  const newLoad = (schedule: RunSchedule, clock: ClockEstimate): Load =>
    new Load(
      {
        plan,
        identity: { ...args, attempt: report.attempt },
        prepared,
        spool,
        taken: snapshot => {
          report.snapshotsTaken += 1
          const [next, line] = nextClientNews(news, snapshot)
          news = next
          if (line !== null) log(line.level, 'self-check', line.message)
          pushing.send(snapshot)
          sender.send(snapshot)
        },
      },
      schedule,
      schedule.startAtMs - clock.offsetMs,
    )

  const begin = async (schedule: RunSchedule): Promise<void> => {
    clearTimeout(startup)
    clocks.stop()
    if (ending.hasCome) return
    const clock = clocks.current()
    report.clockUncertaintyMs = clock.uncertaintyMs
    load = newLoad(schedule, clock)
    if (shares !== null) load.setShares(shares)
    load.permit(permittedUntilMs)
    report.load = load
    report.status = 'RUNNING'
    void load.closed.then(() => end(drainTimeoutSeconds))
    await load.begin(() => report.targetConnections)
    if (ending.hasCome) return
    log(
      'INFO',
      'load',
      `Began ${load.sinceStartMs().toFixed(1)} ms after the agreed start, with a target of ${countOf(report.targetConnections, 'connection')}`,
    )
  }

  const give = (order: Order): void => {
    switch (order.type) {
      case 'TARGET':
        log('INFO', 'load', `Target ${report.targetConnections} → ${countOf(order.connections, 'connection')}`)
        report.targetConnections = order.connections
        load?.setTarget(order.connections)
        return
      case 'SHARES':
        tellShares(order.shares, args.workerId, log)
        shares = order.shares
        load?.setShares(order.shares)
        return
      case 'BEGIN':
        begin(order.schedule).catch(error => end(0, new WorkerFailure(EXIT.NOT_PREPARED, `The load could not begin: ${messageOf(error)}`)))
        return
      case 'GIVE_UP':
        end(
          order.drainTimeoutSeconds,
          new WorkerFailure(EXIT.CONTROL_LOST, 'The run goes on without this worker, which was taken for lost'),
        )
        return
      case 'RETIRE':
        log('INFO', 'worker', 'Not needed any more: retires')
        end(order.drainTimeoutSeconds)
        return
      case 'STOP':
        end(order.drainTimeoutSeconds)
    }
  }

  const startup = setTimeout(
    () => end(0, new WorkerFailure(EXIT.NO_START, `No START came within ${startupTimeoutSeconds} s after this worker was ready`)),
    startupTimeoutSeconds * 1_000,
  )
  const following = startFollowing({
    db,
    runId: args.runId,
    first: { workerId: args.workerId, plan, state: 'WAITING', targetConnections: report.targetConnections, shares },
    pace: () => pacer.now(),
    give,
    permit: untilMs => {
      permittedUntilMs = untilMs
      load?.permit(untilMs)
    },
    lost: loss => {
      end(drainTimeoutSeconds, new WorkerFailure(EXIT.CONTROL_LOST, explainLoss(loss, controlLossSeconds)))
      controlLost.abort()
    },
    trouble: tellTroubles('reading the run', log),
  })
  const door = openReportPost(args.runId, pushTokenOf(config.credentialKey, args.runId))
  const pushing = startPushing({
    post: door.post,
    url: () => following.ownerUrl,
    read: () => report.read(),
    answered: ({ owned, newestSequenceId }) => {
      if (!owned || newestSequenceId > following.current.appliedSequenceId) following.lookNow()
    },
    trouble: tellTroubles('reporting straight to the server', log),
  })
  pacer.isHeard = () => pushing.isHeard
  report.appliedSequenceId = () => following.current.appliedSequenceId
  const leaveNow = (failure: WorkerFailure | null): void => {
    end(0, failure)
    hurry.abort()
  }
  void whenAborted(terminated).then(() => leaveNow(null))
  void whenAborted(superseded).then(() =>
    leaveNow(new WorkerFailure(EXIT.CONFIGURATION, `Another process has taken over as ${args.workerId} of this run: this one ends`)),
  )

  report.status = 'READY'
  void beating.now()
  await ending.came
  clearTimeout(startup)
  clocks.stop()
  if (ending.failure !== null) log('ERROR', 'worker', ending.failure.message, ending.failure.cause)
  report.lastError = ending.failure?.message ?? null
  await drain(service, load, ending, hurry.signal)
  const spooled = spool?.close()
  if (load === null) await closeUnused(prepared)
  // The watchdog goes on: a control plane that is lost only now gets as long again to come back.
  const givenUp = whenAborted(controlLost.signal).then(() => sleep(controlLossSeconds * 1_000))
  const undelivered = await Promise.race([sender.delivered(), givenUp.then(lostSnapshots)])
  if (undelivered !== null && undelivered !== ending.failure) log('ERROR', 'worker', undelivered.message, undelivered.cause)
  await spooled
  const failure = ending.failure ?? undelivered
  pushing.stop()
  const { operationsStarted, operations, errors, cutOff } = report.read()
  log('INFO', 'worker', `Ended: ${operationsStarted} operations started, ${operations} ended, of them ${errors} failed, ${cutOff} cut off`)
  await logging.flush(LAST_LINES_MS)
  // Only now: whoever reads this takes the snapshots for complete.
  report.status = failure === null ? 'COMPLETED' : 'FAILED'
  report.lastError = failure?.message ?? null
  const isSaid = superseded.aborted || (await doneBefore(beating.now(), undelivered === null ? givenUp : sleep(LAST_BEAT_MS)))
  // After the tables, never before: what a run's owner takes for the end of a worker is to stand when another takes over.
  if (isSaid && !superseded.aborted) await pushing.last()
  door.close()
  following.stop()
  if (failure !== null) return failure.exitCode
  return isSaid ? EXIT.OK : EXIT.CONTROL_LOST
}

const lostSnapshots = (): WorkerFailure =>
  new WorkerFailure(EXIT.CONTROL_LOST, 'The control database did not come back: the last snapshots of this worker are lost')

const tellShares = (shares: readonly ArrivalShare[], workerId: string, log: Log): void => {
  const newest = shares.at(-1)
  if (newest === undefined) return
  const parts = newest.parts[workerId] ?? 0
  const whole = Object.values(newest.parts).reduce((sum, one) => sum + one, 0)
  log('INFO', 'load', `Sends ${parts} of ${whole} parts of the arrivals from ${(newest.fromMs / 1_000).toFixed(1)} s on`)
}

const drain = async ({ report, beating, log }: Service, load: Load | null, ending: Ending, hurry: AbortSignal): Promise<void> => {
  if (load === null) return
  report.status = 'DRAINING'
  log('INFO', 'load', `Draining: ${load.activeConnections} operations in flight may take up to ${ending.drainSeconds} s`)
  void beating.now()
  await load.drain(ending.drainSeconds * 1_000, hurry)
  await load.finish()
}

/** A run that was given up before its start: the sessions say goodbye. */
const closeUnused = async ({ connections }: PreparedLoad): Promise<void> => {
  await Promise.race([Promise.allSettled(connections.map(connection => connection.close())), sleep(1_000)])
}
