import type { ControlPace, RunRecord, RunStatus } from '@flakebench/contract'
import type { RunDecision } from '../decide/decideRun.ts'
import type { FleetMember } from '../decide/fleet.ts'
import { newsOf, wordOf } from '../decide/fleetNews.ts'
import { finalStatus } from '../decide/runMachine.ts'
import type { OwnedRun } from './ownedRun.ts'
import type { RunLog } from './runLog.ts'

const SOURCE = 'orchestrator'

/** Tells the run's log what has become of its workers since it was last told. */
export const noteFleet = (
  owned: OwnedRun,
  fleet: readonly FleetMember[],
  thresholds: Pick<ControlPace, 'staleSeconds' | 'deadSeconds'>,
): void => {
  for (const member of fleet) {
    const word = wordOf(member, thresholds)
    const news = newsOf(member, owned.told.get(member.workerId), word)
    owned.told.set(member.workerId, word)
    if (news !== null) owned.log.note(news.level, SOURCE, news.message)
  }
}

/** Tells the run's log of a change of its state that was written. @param run before it */
export const noteDecision = (log: RunLog, run: RunRecord, { set }: Pick<RunDecision, 'set'>): void => {
  if (set === null) return
  if (set.waitsFor != null) log.note('INFO', SOURCE, `The run waits for the end of run ${set.waitsFor}, which loads the same`)
  if (set.waitsFor === null && set.status === undefined) log.note('INFO', SOURCE, 'The run waits no longer: it is its turn')
  if (set.status !== undefined && set.status !== run.status) {
    const isBad = set.completionReason !== undefined && finalStatus(set.completionReason) === 'FAILED'
    const why = set.cancellationReason ?? set.completionReason
    log.note(isBad ? 'ERROR' : 'INFO', SOURCE, `${run.status} → ${set.status}${why === undefined ? '' : `: ${why}`}`)
  } else if (set.phase !== undefined && set.phase !== run.phase) log.note('INFO', SOURCE, `Phase ${set.phase} begins`)
}

/** Tells the run's log of a change of its state that somebody else has made: a person's command. @param before as it was last read */
export const noteCommand = (log: RunLog, before: RunRecord, { status, cancellationReason }: RunRecord): void => {
  if (status === before.status) return
  log.note('INFO', SOURCE, `${before.status} → ${status}${cancellationReason === null ? '' : `: ${cancellationReason}`}`)
}

/** Tells the run's log how the run has ended. */
export const noteEnd = (log: RunLog, before: RunRecord, status: RunStatus): void => {
  log.note('INFO', SOURCE, `${before.status} → ${status}`)
}
