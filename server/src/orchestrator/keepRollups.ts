import type { ControlPace, RunRecord } from '@flakebench/contract'
import { insertRollups, putRollup, type SqlClient } from '@flakebench/store'
import { isSettled } from '../decide/settled.ts'
import type { OwnedRun } from './ownedRun.ts'

/** In one statement. */
const MOST_AT_ONCE = 50

/**
 * Writes the intervals that the tables do not hold as they are: new ones together, changed ones one by one. Where the database is slow, only now and
 * then, and each as a rule once: when all workers have reported it.
 * @param run with its clock as it is now
 * @throws StaleEpoch when the run is no longer ours
 */
export const keepRollups = async (
  db: SqlClient,
  owned: OwnedRun,
  run: RunRecord,
  pace: Pick<ControlPace, 'rollupMs' | 'settleMs'>,
  nowMs: number,
): Promise<void> => {
  if (!owned.hasCaughtUp || nowMs - owned.rollupsAtMs < pace.rollupMs) return
  const { ledger } = owned
  const due = ledger.unwritten().filter(rollup => pace.rollupMs === 0 || isSettled(run, rollup, pace))
  if (due.length === 0) return
  owned.rollupsAtMs = nowMs
  const fresh = due.filter(rollup => !ledger.isKept(rollup.intervalIndex))
  for (let i = 0; i < fresh.length; i += MOST_AT_ONCE) {
    const together = fresh.slice(i, i + MOST_AT_ONCE)
    await insertRollups(db, owned.epoch, together)
    for (const rollup of together) ledger.wrote(rollup)
  }
  for (const rollup of due) {
    if (fresh.includes(rollup)) continue
    await putRollup(db, owned.epoch, rollup)
    ledger.wrote(rollup)
  }
}
