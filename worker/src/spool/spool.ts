import { performance } from 'node:perf_hooks'
import type { ErrorCategory, Execution, RunStatement, SpoolReport, SpoolState } from '@flakebench/contract'
import type { Log } from '../control/logging.ts'
import { messageOf } from '../failure.ts'
import { doneBefore, sleep } from '../waiting.ts'
import { NO_TEXT, RECORDS_PER_FILE, type SpoolIdentity } from './format.ts'
import { RecordChunk } from './recordChunk.ts'
import { LOCAL_DISK, type SpoolDisk } from './spoolDisk.ts'
import { SpoolFiles } from './spoolFiles.ts'
import { SpoolTexts } from './spoolTexts.ts'

export interface SpoolOptions {
  /** In which each run has a folder of its own. */
  readonly folder: string
  readonly identity: SpoolIdentity
  /** By operation index. */
  readonly statements: readonly RunStatement[]
  /** What this spool may take on disk. */
  readonly limitBytes: number
  readonly log: Log
  readonly disk?: SpoolDisk
  readonly chunkRecords?: number
  readonly recordsPerFile?: number
  /** The disk has so long for what is left at the end, and for the beginning. */
  readonly patienceMs?: number
}

/** Where the executions of a worker are kept until they are loaded. */
export interface Spool {
  /**
   * Keeps one execution: at once in memory, within a second on disk. Never waits, never fails; what cannot be kept is counted. Moments are milliseconds
   * from the agreed start; what the rest means is said at `Execution`.
   */
  add(
    operationIndex: number,
    connection: number,
    phase: Execution['phase'],
    isCounted: boolean,
    isSuccess: boolean,
    isRetried: boolean,
    intendedStartMs: number,
    startMs: number,
    endMs: number,
    rows: number | null,
    category: ErrorCategory | null,
    error: string | null,
    queryId: string | null,
  ): void
  /** `spooled`: on disk by now. */
  report(): SpoolReport
  /** Has what is left written, and waits for that for a while. Never fails. */
  close(): Promise<void>
}

/** 2 MB: three of them hold about three seconds of the fastest worker, for a disk that pauses. */
const CHUNK_RECORDS = 32_768
const CHUNKS = 3
const FLUSH_MS = 500
const PATIENCE_MS = 10_000
/** The disk is not for spools alone. */
const LEAST_FREE_BYTES = 512 * 1_024 * 1_024
const LOOK_FREE_MS = 2_000
const BYTES_PER_MB = 1_024 * 1_024
const INCOMPLETE = 'the executions after that are counted, and not kept. The load and its figures are not touched by it'

/** Opens a worker's spool. Never fails: one that cannot be opened is FAILED, keeps nothing and counts. */
export const openSpool = async (options: SpoolOptions): Promise<Spool> => {
  const spool = new ChunkedSpool(options)
  await spool.open()
  return spool
}

class ChunkedSpool implements Spool {
  readonly #options: SpoolOptions
  readonly #files: SpoolFiles
  readonly #disk: SpoolDisk
  readonly #texts = new SpoolTexts()
  readonly #free: RecordChunk[]
  /** To be written, the oldest first; that one may be under way. */
  readonly #full: RecordChunk[] = []
  /** Null: nothing is kept now. */
  #current: RecordChunk | null = null
  #state: SpoolState = 'WRITING'
  #accepted = 0
  #written = 0
  #dropped = 0
  #writing: Promise<void> | null = null
  #flushTimer: NodeJS.Timeout | null = null
  #freeLookedAtMs = Number.NEGATIVE_INFINITY
  #isSlownessTold = false
  #closing: Promise<void> | null = null

  constructor(options: SpoolOptions) {
    const { folder, identity, chunkRecords = CHUNK_RECORDS, recordsPerFile = RECORDS_PER_FILE } = options
    this.#options = options
    this.#disk = options.disk ?? LOCAL_DISK
    this.#files = new SpoolFiles(this.#disk, folder, identity, recordsPerFile)
    this.#free = Array.from({ length: CHUNKS }, () => new RecordChunk(chunkRecords))
  }

  async open(): Promise<void> {
    const opening = this.#files.open(this.#options.statements).then(() => this.#lookForRoom())
    try {
      if (!(await doneBefore(opening, sleep(this.#patienceMs))))
        throw new Error(`the disk did not answer within ${this.#patienceMs / 1_000} s`)
    } catch (error) {
      this.#stop('FAILED', `Executions cannot be kept in ${this.#files.folder}: ${messageOf(error)}. They are counted, and not kept`)
    }
    if (this.#state !== 'WRITING') return
    this.#current = this.#free.pop() ?? null
    this.#flushTimer = setInterval(() => this.#flush(), FLUSH_MS)
  }

  add(
    operationIndex: number,
    connection: number,
    phase: Execution['phase'],
    isCounted: boolean,
    isSuccess: boolean,
    isRetried: boolean,
    intendedStartMs: number,
    startMs: number,
    endMs: number,
    rows: number | null,
    category: ErrorCategory | null,
    error: string | null,
    queryId: string | null,
  ): void {
    const chunk = this.#current
    if (chunk === null) {
      this.#drop()
      return
    }
    const text = error === null ? NO_TEXT : this.#texts.numberOf(error)
    chunk.put(operationIndex, connection, phase, isCounted, isSuccess, isRetried, intendedStartMs, startMs, endMs, rows, category, text)
    if (queryId !== null && !chunk.putUuid(queryId)) {
      const number = this.#texts.numberOfQueryId(queryId)
      if (number !== null) chunk.putQueryIdText(number)
    }
    this.#accepted += 1
    if (chunk.isFull) this.#handOver(chunk)
  }

  report(): SpoolReport {
    return { state: this.#state, spooled: this.#written, dropped: this.#dropped, folder: this.#options.folder }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#flushTimer !== null) clearInterval(this.#flushTimer)
    const last = this.#current
    if (this.#state === 'WRITING' && last !== null && last.count > 0) this.#handOver(last)
    this.#current = null
    // Some file systems say only now that they do not have what was written.
    const closing = (this.#writing ?? Promise.resolve())
      .then(() => this.#files.close())
      .catch(error => this.#stop('FAILED', `The disk may not have kept the last executions: ${messageOf(error)}`))
    const isDone = await doneBefore(closing, sleep(this.#patienceMs))
    if (this.#state !== 'WRITING') return
    if (isDone) this.#state = 'CLOSED'
    else
      this.#stop('FAILED', `The disk did not take the last executions within ${this.#patienceMs / 1_000} s: they are counted, and not kept`)
  }

  get #patienceMs(): number {
    return this.#options.patienceMs ?? PATIENCE_MS
  }

  #drop(): void {
    this.#dropped += 1
    if (this.#state !== 'WRITING' || this.#isSlownessTold) return
    this.#isSlownessTold = true
    const words =
      'The disk takes executions more slowly than they end: some are counted, and not kept. The load and its figures are not touched by it'
    this.#options.log('WARN', 'spool', words)
  }

  #flush(): void {
    const chunk = this.#current
    if (chunk !== null && chunk.count > 0 && this.#full.length === 0) this.#handOver(chunk)
  }

  #handOver(chunk: RecordChunk): void {
    this.#full.push(chunk)
    this.#current = this.#free.pop() ?? null
    this.#writing ??= this.#writeAll()
  }

  /** One chunk after another until none waits. */
  async #writeAll(): Promise<void> {
    try {
      for (let chunk = this.#full[0]; chunk !== undefined && this.#state === 'WRITING'; chunk = this.#full[0]) {
        await this.#lookForRoom()
        if (this.#state === 'WRITING') await this.#write(chunk)
        this.#full.shift()
        chunk.count = 0
        // Where all were in use, executions are kept from now on again.
        if (this.#current === null && this.#state === 'WRITING' && this.#closing === null) this.#current = chunk
        else this.#free.push(chunk)
      }
    } catch (error) {
      this.#stop('FAILED', `The disk refused executions: ${messageOf(error)}; ${INCOMPLETE}`)
    } finally {
      // In the same turn as the look for another one: none is left behind.
      this.#writing = null
    }
  }

  async #write(chunk: RecordChunk): Promise<void> {
    await this.#files.appendTexts(this.#texts.takeLines())
    const room = this.#files.recordsUntil(this.#options.limitBytes)
    const taken = Math.min(chunk.count, room)
    for (let from = 0; from < taken; ) {
      const count = Math.min(taken - from, this.#files.roomInFile)
      await this.#files.append(chunk.bytes(from, from + count))
      // The patience with the disk is over: these were counted as dropped.
      if (this.#state !== 'WRITING') return
      this.#written += count
      from += count
    }
    if (taken < chunk.count) {
      const limit = `${Math.round(this.#options.limitBytes / BYTES_PER_MB)} MB`
      this.#stop('FULL', `This worker's executions have taken the ${limit} on disk that it may use: ${INCOMPLETE}`)
    }
  }

  async #lookForRoom(): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#freeLookedAtMs < LOOK_FREE_MS) return
    this.#freeLookedAtMs = nowMs
    const freeBytes = await this.#disk.freeBytes(this.#files.folder)
    if (freeBytes >= LEAST_FREE_BYTES) return
    const left = `${Math.floor(freeBytes / BYTES_PER_MB)} MB are left on the disk of ${this.#files.folder}, and ${LEAST_FREE_BYTES / BYTES_PER_MB} MB are left alone`
    this.#stop('FULL', `${left}: ${INCOMPLETE}`)
  }

  /** Nothing is kept from now on, and what is not on disk is not kept either. */
  #stop(state: 'FULL' | 'FAILED', words: string): void {
    if (this.#state !== 'WRITING') return
    this.#state = state
    this.#current = null
    this.#dropped += this.#accepted - this.#written
    if (this.#flushTimer !== null) clearInterval(this.#flushTimer)
    this.#options.log('WARN', 'spool', words)
  }
}
