import { performance } from 'node:perf_hooks'
import { type RequestWatch, watchRequest } from '@flakebench/store'
import type { DriverConnection, DriverStatement } from './driverConnection.ts'
import type { BindValue, Done, EngineConnection, OperationFailure, Statement, Trial } from './engine.ts'
import { categoryOfStatus, snowflakeFailure } from './snowflakeErrors.ts'
import { explaining } from './snowflakeExplain.ts'
import { tryOnSnowflake } from './snowflakeTrial.ts'

const FLOOR: Statement = { name: 'flakebench_floor', text: 'SELECT /*flakebench floor*/ 1', valueCount: 0 }
const FLOOR_WARMUPS = 3
const FLOOR_TRIES = 10
const GOODBYE_MS = 2_000
/** The server has forgotten the session, or the driver has given it up: nothing more can be sent on it. */
const SESSION_IS_OVER = new Set(['407001', '407002', '401003', '390104', '390111', '390114', '390195'])

/** In the driver's own words for it. */
const GIVEN_UP = Object.assign(new Error('the connection was given up'), { name: 'ClientError', code: '407002', isFatal: true })
const PAUSED = Object.assign(new Error('the driver was about to try again'), { name: 'ClientError' })

type DriverError = Parameters<NonNullable<Parameters<DriverConnection['execute']>[0]['complete']>>[0]
type Bind = string | number | boolean | null

/** What all connections of an engine share. */
export interface SnowflakeShared {
  /** Sent with each statement; replaced, not changed, when the phase changes. */
  parameters: Record<string, string | number | boolean>
}

/**
 * One session of the driver, with one statement in flight. The driver tries a request that fails up to seven times again, over a minute and more: what
 * counts here is the operation's own deadline, and a statement that is given up is never sent again.
 */
export class SnowflakeEngineConnection implements EngineConnection {
  lastQueryId: string | null = null
  readonly #driver: DriverConnection
  readonly #shared: SnowflakeShared
  #open = true
  #done: Done | null = null
  #statement: DriverStatement | null = null
  /** The last one that went well. */
  #answered: DriverStatement | null = null
  #watch: RequestWatch | null = null
  /** Of statements that were given up: the driver has not done with them, and may want to try them again. */
  readonly #givenUp = new Map<DriverStatement, RequestWatch>()
  #cancelledAs: 'CANCELLED' | 'TIMEOUT' | null = null

  /** @param driver signed in */
  constructor(driver: DriverConnection, shared: SnowflakeShared) {
    this.#driver = driver
    this.#shared = shared
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** The driver counts what was changed only when it is asked: after the operation's time has been taken. */
  get lastRows(): number | null {
    try {
      const changed = this.#answered?.getNumUpdatedRows() as number | undefined
      return (changed !== undefined && changed >= 0 ? changed : this.#answered?.getNumRows()) ?? null
    } catch {
      // It insists on an answer in one part.
      return null
    }
  }

  /** Text and values travel together with each execution: Snowflake has nothing to prepare. */
  async prepare(): Promise<void> {}

  async rehearse(statement: Statement, values: readonly BindValue[]): Promise<void> {
    const explained = explaining(statement, values)
    if (explained === null) return
    await new Promise<void>((resolve, reject) => {
      this.#driver.execute({
        sqlText: explained.sqlText,
        binds: explained.binds as Bind[],
        streamResult: true,
        parameters: this.#shared.parameters,
        complete: error => (error ? reject(error) : resolve()),
      })
    })
  }

  execute({ text }: Statement, values: BindValue[], done: Done): void {
    this.#done = done
    this.lastQueryId = null
    this.#answered = null
    try {
      const statement = this.#driver.execute({
        sqlText: text,
        binds: values as Bind[],
        // Rows stay as they came; and without it the driver, when all its tries have failed, begins a second round of them.
        streamResult: true,
        parameters: this.#shared.parameters,
        complete: this.#completed,
      })
      this.#statement = statement
      // The request leaves in a later turn.
      this.#watch = watchRequest(statement.getRequestId(), Number.POSITIVE_INFINITY, () => statement.getQueryId() as string | undefined)
    } catch (error) {
      // Not in this turn: whoever is told sends the next one.
      setImmediate(() => this.#settle(snowflakeFailure(error)))
    }
  }

  cancel(as: 'CANCELLED' | 'TIMEOUT'): void {
    const statement = this.#statement
    if (this.#done === null || statement === null || !this.#open) return
    this.#cancelledAs = as
    // Whatever is still to come of it was sent before. While the driver pauses, nothing of it is on its way: the session is free.
    this.#watch?.giveUp(() => {
      if (statement === this.#statement) this.#giveUp(PAUSED)
    })
    statement.cancel(() => undefined)
  }

  tryOnce(statement: Statement, values: readonly BindValue[], signal: AbortSignal): Promise<Trial> {
    return tryOnSnowflake({ driver: this.#driver, parameters: this.#shared.parameters, signal }, statement, values)
  }

  async measureFloor(): Promise<number> {
    let floorMs = Number.POSITIVE_INFINITY
    for (let i = 0; i < FLOOR_WARMUPS + FLOOR_TRIES; i++) {
      const startMs = performance.now()
      await new Promise<void>((resolve, reject) => {
        this.execute(FLOOR, [], failure => (failure === null ? resolve() : reject(new Error(failure.sample))))
      })
      if (i >= FLOOR_WARMUPS) floorMs = Math.min(floorMs, performance.now() - startMs)
    }
    return floorMs
  }

  async close(): Promise<void> {
    this.#open = false
    await sayGoodbye(this.#driver)
  }

  destroy(): void {
    const wasOpen = this.#open
    this.#open = false
    if (this.#done !== null) this.#giveUp(GIVEN_UP)
    if (wasOpen) void sayGoodbye(this.#driver)
  }

  #completed = (error: DriverError, statement: DriverStatement): void => {
    // Of one that was given up: whoever waited has been told.
    if (statement !== this.#statement) {
      this.#givenUp.get(statement)?.end()
      this.#givenUp.delete(statement)
      return
    }
    const queryId = statement.getQueryId() as string | undefined
    this.lastQueryId = queryId ?? null
    if (error) {
      if (SESSION_IS_OVER.has(String(error.code)) || error.isFatal === true) this.#open = false
      this.#settle(this.#failureOf(error))
    } else if (this.#watch?.goesOnInFiles === true) this.#readOn(statement)
    else this.#settle(null)
  }

  /** Fetches what the answer did not hold. */
  #readOn(statement: DriverStatement): void {
    const ended = (failure: OperationFailure | null): void => {
      if (statement === this.#statement) this.#settle(failure)
    }
    const rows = statement.streamRows()
    rows.on('end', () => ended(null)).on('error', error => ended(this.#failureOf(error)))
    rows.resume()
  }

  /** Tells whoever waits. The driver may go on with the statement for a while, but does not send it again. */
  #giveUp(why: Error): void {
    const [statement, watch] = [this.#statement, this.#watch]
    const failure = this.#failureOf(why)
    this.#watch = null
    if (statement !== null && watch !== null) {
      watch.giveUp()
      this.#givenUp.set(statement, watch)
    }
    this.#settle(failure, (watch?.retries ?? 0) > 0)
  }

  #settle(failure: OperationFailure | null, wasRetried = (this.#watch?.retries ?? 0) > 0): void {
    const done = this.#done
    this.#watch?.end()
    this.#answered = failure === null ? this.#statement : null
    this.#done = null
    this.#statement = null
    this.#watch = null
    this.#cancelledAs = null
    done?.(failure, wasRetried)
  }

  /** A statement that ran out of time while the server turned every try away was held up by that. */
  #failureOf(error: unknown): OperationFailure {
    const failure = snowflakeFailure(error)
    const as = this.#cancelledAs
    const watch = this.#watch
    if (as === 'TIMEOUT' && watch !== null && (watch.retries > 0 || watch.isPausing) && failure.category !== 'CANCELLED') {
      const tries = watch.retries + 1
      const met = watch.failedStatus === null ? 'no answer' : `HTTP status ${watch.failedStatus}`
      return {
        category: categoryOfStatus(watch.failedStatus),
        sample: `the driver tried ${tries} ${tries === 1 ? 'time' : 'times'} until the operation's deadline, and met ${met}`,
      }
    }
    return as === null ? failure : { category: as, sample: failure.sample }
  }
}

/** Ends the session at the server. Never fails; its connections are left to the driver, which closes idle ones. */
const sayGoodbye = (driver: DriverConnection): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, GOODBYE_MS)
    const ended = (): void => {
      clearTimeout(timer)
      resolve()
    }
    try {
      driver.destroy(ended)
    } catch {
      ended()
    }
  })
