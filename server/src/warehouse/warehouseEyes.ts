import {
  insertWarehousePoll,
  putWarehouseConfig,
  type Row,
  readNextWarehouseSequence,
  readRun,
  readWarehouseRow,
  type SnowflakeConnection,
  type SnowflakeSession,
} from '@flakebench/store'
import { type ConnectionKeeper, openConnectionSession, readSnowflakeConnection } from './connectionSession.ts'
import { explainSnowflake, isSignInRefused } from './explainSnowflake.ts'
import { unseenWarehouse } from './readWarehouseDetails.ts'

/** The warehouse of a run, and the saved connection through which it is seen. */
interface Watched {
  readonly warehouse: string
  readonly connectionId: string
}

/** Why nothing was seen, and whether that is because the sign-in was refused. */
interface Trouble {
  readonly trouble: string
  readonly isRefused: boolean
}

/** `trouble` null: it was seen. */
type LookOutcome = Trouble | { readonly trouble: null; readonly isRefused: false }

/** Looks at the warehouse of one run, and keeps what it sees: a session to Snowflake, opened when needed. */
export class WarehouseEyes {
  #watched: Watched | null = null
  /** As it was when the session was opened. */
  #connection: SnowflakeConnection | null = null
  #session: SnowflakeSession | null = null
  #sequence: number | null = null
  #hasConfig = false

  /** @param run claimed under `epoch` */
  constructor(
    private readonly run: { readonly runId: string; readonly epoch: number },
    private readonly keeper: ConnectionKeeper,
    private readonly stopped: AbortSignal,
  ) {}

  /**
   * @returns why it was not seen, null when it was; or that the run has no warehouse
   * @throws StaleEpoch, or when the look could not be kept
   */
  async look(): Promise<LookOutcome | 'NOTHING_TO_SEE'> {
    this.#watched ??= await this.#readWatched()
    const watched = this.#watched
    if (watched === null) return 'NOTHING_TO_SEE'
    const look = await this.#see(watched)
    const { db } = this.keeper
    const run = { id: this.run.runId, epoch: this.run.epoch, warehouse: watched.warehouse }
    const sequence = this.#sequence ?? (await readNextWarehouseSequence(db, run.id))
    // Where the writing fails, the number may be taken all the same: by this very look, or by the owner before.
    this.#sequence = null
    await insertWarehousePoll(db, run, sequence, look)
    this.#sequence = sequence + 1
    if ('trouble' in look) return look
    if (!this.#hasConfig) await putWarehouseConfig(db, run, look.row)
    this.#hasConfig = true
    return { trouble: null, isRefused: false }
  }

  async #readWatched(): Promise<Watched | null> {
    const target = (await readRun(this.keeper.db, this.run.runId))?.plan.target
    if (target === undefined || target.warehouse === null || target.connectionId === null) return null
    return { warehouse: target.warehouse, connectionId: target.connectionId }
  }

  async #see({ connectionId, warehouse }: Watched): Promise<{ readonly row: Row } | Trouble> {
    if (this.#session?.isUsable !== true) {
      await this.close()
      const connection = await readSnowflakeConnection(this.keeper, connectionId)
      if (typeof connection === 'string') return { trouble: connection, isRefused: false }
      this.#connection = connection
    }
    const { keeper } = this
    const connection = this.#connection as SnowflakeConnection
    try {
      this.#session ??= await this.#orStopped(openConnectionSession(connection, keeper), late => late.close())
      const row = await this.#orStopped(readWarehouseRow(this.#session, warehouse))
      return row === null ? { trouble: unseenWarehouse(warehouse, connection.settings.role), isRefused: false } : { row }
    } catch (error) {
      this.stopped.throwIfAborted()
      return { trouble: explainSnowflake(error), isRefused: isSignInRefused(error) }
    }
  }

  /** What takes long is not waited for once we are stopped; `tidy` gets what comes all the same. */
  #orStopped<T>(work: Promise<T>, tidy: (late: T) => unknown = () => undefined): Promise<T> {
    const { stopped } = this
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(stopped.reason as Error)
      if (stopped.aborted) stop()
      stopped.addEventListener('abort', stop, { once: true })
      work.then(
        done => {
          stopped.removeEventListener('abort', stop)
          if (stopped.aborted) tidy(done)
          else resolve(done)
        },
        error => {
          stopped.removeEventListener('abort', stop)
          reject(error as Error)
        },
      )
    })
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = null
    await session?.close()
  }
}
