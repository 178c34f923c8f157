import { isDeepStrictEqual } from 'node:util'
import type { RunChanges, RunRecord } from '@flakebench/contract'
import { readRun, StaleEpoch, transitionRun } from '@flakebench/store'
import { isStartShort } from '../decide/startMargin.ts'
import type { Change, Due } from './change.ts'
import { noteCommand, noteDecision } from './noteRun.ts'
import type { OwnedRun, SeenRun } from './ownedRun.ts'
import type { TickDeps } from './tickDeps.ts'

const MOST_UNSURE = 10
/** So many times in a row a change that comes too late is decided again; the next one is written, however late: a late start is better than none. */
const MOST_LATE = 3

const LATE: Readonly<Record<Due['of'], string>> = {
  START: 'START took long to write: workers may begin late, which the start skew shows',
  SHARES: 'New arrival shares took long to write: some arrivals may be sent twice, or by nobody',
}

/** Reads the run's row. @param isOurs whether we have just changed it @throws StaleEpoch when it is no longer ours */
export const seeRun = async (owned: OwnedRun, { db, monotonicMs }: TickDeps, isOurs = false): Promise<SeenRun> => {
  const { wakes } = owned
  const askedAtMs = monotonicMs()
  const run = await readRun(db, owned.runId)
  if (run === null || run.epoch !== owned.epoch) throw new StaleEpoch(owned.runId, owned.epoch)
  const seen: SeenRun = { run, askedAtMs, readAtMs: monotonicMs(), wakes }
  const found = takeUnsure(owned, run)
  if (owned.seen === null) owned.ledger.follow(run.plan)
  else if (!isOurs && found?.set?.status === undefined) noteCommand(owned.log, owned.seen.run, run)
  owned.seen = seen
  return seen
}

/**
 * Writes what was decided, and reads the run as it is then: for those who watch, and for workers that ask for the newest command. What would be written
 * so late that not all may hear of it in time is not written.
 * @returns whether it was written; false: the run has changed meanwhile, or it is too late; look again
 */
export const writeChange = async (owned: OwnedRun, { run }: SeenRun, change: Change, deps: TickDeps): Promise<boolean> => {
  const { set, commands, steps, due } = change
  if (set === null) return false
  const isTooLate = (): boolean => due !== null && isStartShort(due.atMs - deps.monotonicMs(), due.marginMs)
  const mayWait = owned.timesTooLate < MOST_LATE
  const transition = { runId: run.id, fromVersion: run.version, epoch: owned.epoch, set, commands, steps }
  let isWritten = false
  if (!mayWait || !isTooLate()) {
    try {
      isWritten = await transitionRun(deps.db, mayWait ? { ...transition, isTooLate } : transition)
    } catch (error) {
      owned.unsure = [...owned.unsure, { run, change }].slice(-MOST_UNSURE)
      throw error
    }
  }
  // First of all: whatever fails from here on, it is written.
  if (isWritten) keepChange(owned, run, change)
  if (isTooLate()) {
    owned.timesTooLate = isWritten ? 0 : owned.timesTooLate + 1
    if (due !== null && isWritten) {
      deps.log.warn(LATE[due.of], { run: run.id, leftMs: Math.round(due.atMs - deps.monotonicMs()) })
      owned.log.note('WARN', 'orchestrator', LATE[due.of])
    }
  } else owned.timesTooLate = 0
  await seeRun(owned, deps, isWritten)
  return isWritten
}

/** What was written holds for its owner too: a decision that is forgotten would be made once more. */
const keepChange = (owned: OwnedRun, before: RunRecord, change: Change): void => {
  noteDecision(owned.log, before, change)
  keepMemory(owned, change)
}

export const keepMemory = (owned: OwnedRun, { memory, remarks }: Pick<Change, 'memory' | 'remarks'>): void => {
  if (memory !== null) owned.loadMemory = memory
  for (const { level, source, message } of remarks) owned.log.note(level, source, message)
}

/** The change of which it was not known whether it was written, if the run's row shows that it was. */
const takeUnsure = (owned: OwnedRun, run: RunRecord): Change | null => {
  const { unsure } = owned
  if (unsure.length === 0) return null
  // While the row is as it was, the database may still be about to write it.
  owned.unsure = unsure.filter(one => one.run.version >= run.version)
  const found = unsure.find(one => one.run.version < run.version && isWrittenIn(run, one.change.set))
  if (found === undefined) return null
  keepChange(owned, found.run, found.change)
  return found.change
}

/** Whether the row holds what was to be set, as far as they name the same; words may have been cut. */
const isWrittenIn = (run: RunRecord, set: RunChanges | null): boolean => {
  const { cancellationReason: _, ...told } = set ?? {}
  const row: Readonly<Record<string, unknown>> = { ...run }
  return Object.entries(told).every(([name, value]) => !(name in row) || isDeepStrictEqual(JSON.parse(JSON.stringify(value)), row[name]))
}
