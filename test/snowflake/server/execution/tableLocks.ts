import { SnowflakeError } from '../sql/translation.ts'
import { type Cancellation, waitForTurn } from './cancellation.ts'

/** Who may stand in line for the lock of one standard table. Source: Snowflake's error text. */
export const MAX_WAITERS = 20

interface Waiter {
  readonly owner: object
  readonly admit: () => void
}

interface Lock {
  holder: object
  readonly waiters: Set<Waiter>
}

/**
 * Standard tables are locked as a whole by UPDATE, DELETE and MERGE, to the end of the transaction; reading and INSERT do without. An owner is a
 * session: it holds what it has until `release`.
 */
export interface TableLocks {
  /**
   * @param timeoutSeconds how long to wait (LOCK_TIMEOUT)
   * @throws SnowflakeError 000625 when the wait is too long, or too many wait already; 200005 when the wait would never end
   */
  lock(owner: object, table: string, timeoutSeconds: number, cancellation: Cancellation): Promise<void>
  release(owner: object): void
}

const LONGEST_TIMER_MS = 2_147_483_647

export const createTableLocks = (): TableLocks => {
  const locks = new Map<string, Lock>()
  const held = new Map<object, Set<string>>()
  const waitsFor = new Map<object, Lock>()
  const hold = (owner: object, table: string): void => {
    const tables = held.get(owner)
    if (tables === undefined) held.set(owner, new Set([table]))
    else tables.add(table)
  }
  /** Following who waits for whom from the holder leads back to the owner. */
  const wouldWaitForItself = (owner: object, lock: Lock): boolean => {
    let next: Lock | undefined = lock
    for (let steps = 0; next !== undefined && steps <= waitsFor.size; steps++) {
      if (next.holder === owner) return true
      next = waitsFor.get(next.holder)
    }
    return false
  }
  const unlock = (table: string): void => {
    const lock = locks.get(table)
    if (lock === undefined) return
    const [next] = lock.waiters
    if (next === undefined) {
      locks.delete(table)
      return
    }
    lock.waiters.delete(next)
    lock.holder = next.owner
    hold(next.owner, table)
    next.admit()
  }
  return {
    async lock(owner, table, timeoutSeconds, cancellation) {
      const lock = locks.get(table)
      if (lock === undefined) {
        locks.set(table, { holder: owner, waiters: new Set() })
        hold(owner, table)
        return
      }
      if (lock.holder === owner) return
      if (lock.waiters.size >= MAX_WAITERS) throw tooManyWaiters(table)
      if (wouldWaitForItself(owner, lock)) throw new SnowflakeError('200005', '40001', 'Your statement was aborted because of a deadlock.')
      waitsFor.set(owner, lock)
      const timer = setTimeout(() => cancellation.cancel(lockTimedOut(table)), Math.min(timeoutSeconds * 1000, LONGEST_TIMER_MS))
      try {
        await waitForTurn(cancellation, admit => {
          const waiter: Waiter = { owner, admit }
          lock.waiters.add(waiter)
          return () => lock.waiters.delete(waiter)
        })
      } finally {
        clearTimeout(timer)
        waitsFor.delete(owner)
      }
    },
    release(owner) {
      const tables = held.get(owner)
      if (tables === undefined) return
      held.delete(owner)
      for (const table of tables) unlock(table)
    },
  }
}

const lockTimedOut = (table: string): SnowflakeError =>
  new SnowflakeError(
    '000625',
    '57014',
    `Another statement has locked table '${table}' and this lock has not yet been released. The lock timeout was reached.`,
  )

const tooManyWaiters = (table: string): SnowflakeError =>
  new SnowflakeError(
    '000625',
    '57014',
    `Another statement has locked table '${table}' and this lock has not yet been released. Your statement was aborted because the number of waiters for this lock exceeds the ${MAX_WAITERS} statements limit.`,
  )
