import { performance } from 'node:perf_hooks'
import type { ConnectionOptions } from 'node:tls'
import type pg from 'pg'
import type { BindValue, Done, EngineConnection, OperationFailure, Statement, Trial } from './engine.ts'
import { sendCancelRequest } from './postgresCancel.ts'
import { postgresFailure } from './postgresErrors.ts'
import { PostgresExecution, rowsOfTag } from './postgresExecution.ts'
import { explaining } from './postgresExplain.ts'
import { tryOnPostgres } from './postgresTrial.ts'

const FLOOR: Statement = { name: 'flakebench_floor', text: 'SELECT /*flakebench floor*/ 1', valueCount: 0 }
const FLOOR_WARMUPS = 5
const FLOOR_TRIES = 20

/** Parses a statement under its name, and nothing more: named executions that follow find it parsed. */
const parseOnly = ({ name, text }: Statement, ended: (error: unknown) => void) => ({
  name,
  text,
  callback: ended,
  submit(connection: pg.Connection) {
    connection.parse({ name, text, types: [] }, true)
    connection.sync()
  },
  handleError: ended,
  handleReadyForQuery: () => ended(null),
})

/** One session on `pg`. */
export class PostgresConnection implements EngineConnection {
  readonly client: pg.Client
  /** PostgreSQL counts statements by their text: an execution has no name. */
  readonly lastQueryId = null
  readonly #tls: ConnectionOptions | null
  #open = true
  #done: Done | null = null
  #failure: OperationFailure | null = null
  #cancelledAs: 'CANCELLED' | 'TIMEOUT' | null = null

  #answered = (error: unknown): void => {
    if (this.#done === null) return
    if (error === null || error === undefined) {
      this.#settle()
      return
    }
    this.#failure ??= this.#failureOf(error)
    // An error is told before the session is ready again: only then may the next operation be sent, and timed.
    if (this.#open) this.client.once('drain', this.#settle)
    else this.#settle()
  }

  readonly #execution = new PostgresExecution(this.#answered)

  /**
   * @param client connected
   * @param tls how it speaks TLS, for its requests to cancel; null: without
   */
  constructor(client: pg.Client, tls: ConnectionOptions | null) {
    this.client = client
    this.#tls = tls
    client.on('error', error => this.#lose(error))
    client.on('end', () => this.#lose(new Error('Connection terminated')))
  }

  get isOpen(): boolean {
    return this.#open
  }

  get lastRows(): number | null {
    return rowsOfTag(this.#execution.commandTag)
  }

  prepare(statement: Statement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.query(parseOnly(statement, error => (error === null ? resolve() : reject(error))))
    })
  }

  async rehearse(statement: Statement, values: readonly BindValue[]): Promise<void> {
    await this.client.query(explaining(statement, values))
  }

  execute({ name }: Statement, values: BindValue[], done: Done): void {
    this.#done = done
    this.#execution.statement = name
    this.#execution.values = values
    this.client.query(this.#execution)
  }

  cancel(as: 'CANCELLED' | 'TIMEOUT'): void {
    if (this.#done === null || !this.#open) return
    this.#cancelledAs = as
    this.#askToCancel()
  }

  async tryOnce(statement: Statement, values: readonly BindValue[], signal: AbortSignal): Promise<Trial> {
    const giveUp = (): void => this.#askToCancel()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      signal.throwIfAborted()
      return await tryOnPostgres(this.client, () => this.prepare(statement), statement, values)
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  #askToCancel(): void {
    const { processID, secretKey } = this.client as unknown as { processID: number; secretKey: number }
    sendCancelRequest({ host: this.client.host, port: this.client.port, tls: this.#tls }, processID, secretKey)
  }

  async measureFloor(): Promise<number> {
    await this.prepare(FLOOR)
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
    await this.client.end()
  }

  destroy(): void {
    this.client.connection.stream.destroy()
    this.#lose(new Error('Connection terminated by the worker'))
  }

  #settle = (): void => {
    const done = this.#done
    if (done === null) return
    const failure = this.#failure
    this.#done = null
    this.#failure = null
    this.#cancelledAs = null
    done(failure, false)
  }

  #failureOf(error: unknown): OperationFailure {
    const failure = postgresFailure(error)
    return this.#cancelledAs === null ? failure : { category: this.#cancelledAs, sample: failure.sample }
  }

  #lose(error: unknown): void {
    if (this.#open) this.#open = false
    if (this.#done === null) return
    this.#failure ??= this.#failureOf(error)
    this.#settle()
  }
}
