import { performance } from 'node:perf_hooks'
import { ControlDatabaseUnavailable, type SqlClient } from '@flakebench/store'
import { doneBefore, sleep, whenAborted } from '../waiting.ts'
import { decideRetry } from './decideRetry.ts'
import type { Tell } from './tellTroubles.ts'

export interface Patience {
  /** By `performance.now()`: what fails after it is not tried again. */
  readonly untilMs: () => number
  /** Nobody waits for it any more. */
  readonly over: AbortSignal
  readonly trouble: Tell
}

/**
 * The control database for what comes before the start: a login or a statement that finds it away is tried again, because one dropped connection is no
 * reason to give a run up. What it refuses fails at once. Only for statements that may be executed twice, as one of them may have been.
 */
export const patientControl = (db: SqlClient, patience: Patience): SqlClient => ({
  engine: db.engine,
  query: (sql, binds) => whileAway(() => db.query(sql, binds), patience),
  execute: (sql, binds) => whileAway(() => db.execute(sql, binds), patience),
  transaction: work => whileAway(() => db.transaction(work), patience),
  close: () => db.close(),
})

const whileAway = async <T>(ask: () => Promise<T>, { untilMs, over, trouble }: Patience): Promise<T> => {
  for (let failures = 1; ; failures++) {
    try {
      const answer = await ask()
      trouble.over()
      return answer
    } catch (error) {
      const retryMs = error instanceof ControlDatabaseUnavailable && !over.aborted ? decideRetry(failures, 0) : null
      if (retryMs === null || performance.now() + retryMs >= untilMs()) throw error
      trouble.met(error)
      if (await doneBefore(whenAborted(over), sleep(retryMs))) throw error
    }
  }
}
