import { isTrue } from '../sessions/parameters.ts'
import type { Session } from '../sessions/session.ts'
import { SnowflakeError } from '../sql/translation.ts'
import type { Service } from './service.ts'
import type { Statement } from './statement.ts'

const NEXT_SAVEPOINT = 'RELEASE SAVEPOINT statement; SAVEPOINT statement'

/** Nothing happens when a transaction is open already, as in Snowflake. */
export const beginTransaction = async (session: Session): Promise<void> => {
  if (session.transaction !== 'NONE') return
  await session.backend.run('BEGIN; SAVEPOINT statement')
  session.transaction = 'OPEN'
  session.hybridDatabase = null
}

/** Nothing happens when no transaction is open. One that an error has aborted is rolled back, whatever is asked for. */
export const endTransaction = async (service: Service, session: Session, action: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
  const was = session.transaction
  if (was === 'NONE') return
  session.transaction = 'NONE'
  try {
    if (was === 'OPEN') await session.backend.run(action)
  } finally {
    if (action === 'ROLLBACK') session.backend.forgetSettings()
    service.locks.release(session)
  }
}

/**
 * Runs a statement's work in the session's transaction, or in one of its own. Where PostgreSQL aborts a transaction with the first error, Snowflake
 * goes on, unless TRANSACTION_ABORT_ON_ERROR says otherwise: hence a savepoint before each statement.
 *
 * @param isAtomic the work is more than one statement: without a transaction of the session it needs one of its own
 */
export const inTransaction = async <T>(service: Service, statement: Statement, isAtomic: boolean, work: () => Promise<T>): Promise<T> => {
  const { session } = statement
  if (session.transaction === 'OPEN') return await inOpenTransaction(service, statement, work)
  if (!isAtomic) return await work()
  await session.backend.run('BEGIN')
  try {
    const result = await work()
    await session.backend.run('COMMIT')
    return result
  } catch (error) {
    await session.backend.run('ROLLBACK')
    session.backend.forgetSettings()
    throw error
  }
}

const inOpenTransaction = async <T>(service: Service, statement: Statement, work: () => Promise<T>): Promise<T> => {
  const { session } = statement
  const abortsOnError = isTrue(statement.parameters.get('TRANSACTION_ABORT_ON_ERROR'))
  try {
    if (!abortsOnError) await session.backend.run(NEXT_SAVEPOINT)
    return await work()
  } catch (error) {
    await session.backend.run(abortsOnError ? 'ROLLBACK' : 'ROLLBACK TO SAVEPOINT statement')
    session.backend.forgetSettings()
    if (abortsOnError) {
      session.transaction = 'ABORTED'
      service.locks.release(session)
    }
    throw error
  }
}

/** @throws SnowflakeError everything but COMMIT and ROLLBACK is refused in a transaction that an error has aborted. The code is a guess. */
export const refuseAborted = (session: Session): void => {
  if (session.transaction === 'ABORTED') {
    throw new SnowflakeError('000629', '25000', 'The transaction was aborted by an error of one of its statements; roll it back.')
  }
}
