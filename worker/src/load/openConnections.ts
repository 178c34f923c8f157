import type { Engine, EngineConnection } from '../engines/engine.ts'
import { SignInHeld } from '../engines/signInGuard.ts'
import { EXIT, WorkerFailure } from '../failure.ts'
import { titleOf } from '../operations/buildOperations.ts'
import type { Operation } from '../operations/operation.ts'
import { limitConcurrency } from './limitConcurrency.ts'

/** Opens a session and prepares every statement on it. @throws the driver's own error, or `Unprepared` */
export type Open = () => Promise<EngineConnection>

/** A statement could not be prepared: what the driver said is the cause. */
class Unprepared extends Error {
  readonly operation: Operation
  constructor(operation: Operation, cause: unknown) {
    super((cause as Error).message, { cause })
    this.operation = operation
  }
}

const prepareAll = async (connection: EngineConnection, operations: readonly Operation[], isRehearsal: boolean): Promise<void> => {
  for (const operation of operations) {
    try {
      await connection.prepare(operation.statement)
      if (isRehearsal) await connection.rehearse(operation.statement, operation.firstValues())
    } catch (error) {
      throw new Unprepared(operation, error)
    }
  }
}

/**
 * Has the server plan every statement once, on a session of its own (planning fills a session's plan cache), and measures the fastest round trip.
 * @returns milliseconds
 * @throws WorkerFailure
 */
export const rehearse = async (engine: Engine, operations: readonly Operation[]): Promise<number> => {
  try {
    const connection = await engine.connect()
    try {
      await prepareAll(connection, operations, true)
      return await connection.measureFloor()
    } finally {
      connection.destroy()
    }
  } catch (error) {
    throw new WorkerFailure(EXIT.NOT_PREPARED, explainOpening(engine, error), { cause: error })
  }
}

/** Opens sessions, a few at a time however many ask at once. */
export const openingSessions = (engine: Engine, operations: readonly Operation[]): Open => {
  const inTurn = limitConcurrency(engine.openedAtOnce)
  return () =>
    inTurn(async () => {
      const connection = await engine.connect()
      try {
        await prepareAll(connection, operations, false)
      } catch (error) {
        connection.destroy()
        throw error
      }
      return connection
    })
}

/** All or none: the first sessions of the worker. @throws WorkerFailure that says why one could not be opened, or a statement not prepared */
export const openConnections = async (engine: Engine, open: Open, count: number): Promise<EngineConnection[]> => {
  const results = await Promise.allSettled(Array.from({ length: count }, open))
  const opened = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const refusals = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (refusals.length === 0) return opened
  for (const connection of opened) connection.destroy()
  // One that was not tried says nothing of why.
  const error = refusals.find(reason => !(reason instanceof SignInHeld)) ?? refusals[0]
  const counted = opened.length > 0 ? ` (${opened.length} of ${count} connections were opened)` : ''
  throw new WorkerFailure(EXIT.NOT_PREPARED, explainOpening(engine, error) + counted, { cause: error })
}

/** Why a session could not be opened, or a statement not prepared on it, for the person who set the run up. */
export const explainOpening = (engine: Engine, error: unknown): string =>
  error instanceof Unprepared ? engine.explainStatement(error.cause, titleOf(error.operation)) : engine.explainRefusal(error)

/** What an `open` was refused with, as the engine knows it. */
export const causeOfRefusal = (error: unknown): unknown => (error instanceof Unprepared ? error.cause : error)
