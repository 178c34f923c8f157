import { ControlDatabaseUnavailable, type SqlClient } from '@flakebench/store'

/** A control database that fails at the next change of a run's state. */
export interface FailingDatabase {
  readonly db: SqlClient
  /** What fails: the change itself, its answer after it was committed, or the statement that comes after it. */
  next: 'CHANGE' | 'ANSWER' | 'READING' | null
}

const IS_CHANGE = /version = version \+ 1/

const away = (): ControlDatabaseUnavailable =>
  new ControlDatabaseUnavailable('the control database does not answer', { cause: new Error('timeout') })

export const failingDatabase = (db: SqlClient): FailingDatabase => {
  let isReadingDue = false
  const self: FailingDatabase = {
    next: null,
    db: {
      engine: db.engine,
      query: (sql, binds) => {
        const isAway = isReadingDue
        isReadingDue = false
        return isAway ? Promise.reject(away()) : db.query(sql, binds)
      },
      execute: (sql, binds) => db.execute(sql, binds),
      transaction: async work => {
        let isChange = false
        const done = await db
          .transaction(tx =>
            work({
              ...tx,
              query: (sql, binds) => tx.query(sql, binds),
              execute: (sql, binds) => {
                isChange ||= IS_CHANGE.test(sql)
                return isChange && self.next === 'CHANGE' ? Promise.reject(away()) : tx.execute(sql, binds)
              },
            }),
          )
          .finally(() => {
            if (self.next === 'CHANGE') self.next = null
          })
        if (!isChange || self.next === null) return done
        const { next } = self
        self.next = null
        if (next === 'ANSWER') throw away()
        isReadingDue = true
        return done
      },
      close: () => db.close(),
    },
  }
  return self
}
