import { performance } from 'node:perf_hooks'
import type { LogLevel } from '@flakebench/contract'
import { ControlDatabaseUnavailable, insertLogLines, newId, type SqlClient } from '@flakebench/store'
import { messageOf } from '../failure.ts'
import { doneBefore, sleep } from '../waiting.ts'

/**
 * Says something to the person who looks at the run: in its log, and on the terminal what ends this worker, and what it has to say of the control
 * database (source `control`), in which the log is kept.
 */
export type Log = (level: LogLevel, source: string, message: string, exception?: unknown) => void

export interface Logging {
  readonly log: Log
  /** From now on lines are written: the run is known. */
  begin(): void
  /** Writes what waits, as far as that can be done in so long. */
  flush(withinMs: number): Promise<void>
  stop(): void
}

export interface LogDeps {
  readonly db: SqlClient
  readonly runId: string
  readonly workerId: string
  /** Lines wait so long to be written together. */
  readonly everyMs: () => number
  readonly print: (line: string) => void
}

interface WaitingLine {
  readonly id: string
  readonly sequence: number
  readonly atMs: number
  readonly level: LogLevel
  readonly source: string
  readonly message: string
  readonly exception: string | null
}

/** What is left at a worker's end is written in this time, or lost. */
export const LAST_LINES_MS = 2_000
/** Older ones are dropped. */
const MOST_WAITING = 500
const MOST_AT_ONCE = 100
/** Lines that the control database refuses so often are dropped: a log never harms a run. */
const MOST_REFUSALS = 3
const RETRY_MS = 500

/** Keeps lines until they are written; a bounded number of them, so that a control database that is away costs no more than that. */
export const startLogging = ({ db, runId, workerId, everyMs, print }: LogDeps): Logging => {
  const waiting: WaitingLine[] = []
  /** Being written: as long as it is not known whether they are, nothing else is. */
  let batch: readonly WaitingLine[] = []
  let dropped = 0
  let refusals = 0
  let isRefusalTold = false
  let sequence = 0
  let hasBegun = false
  let isStopped = false
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null

  const newLine = (level: LogLevel, source: string, message: string, exception: unknown): WaitingLine => {
    sequence += 1
    return { id: newId(), sequence, atMs: performance.now(), level, source, message, exception: wordsOf(exception) }
  }
  const log: Log = (level, source, message, exception) => {
    if (level === 'ERROR' || source === 'control') print(message)
    if (isStopped) return
    waiting.push(newLine(level, source, message, exception))
    if (waiting.length > MOST_WAITING) {
      waiting.shift()
      dropped += 1
    }
    writeLater(everyMs())
  }

  const takeBatch = (): readonly WaitingLine[] => {
    const taken = waiting.splice(0, MOST_AT_ONCE)
    if (dropped === 0) return taken
    const words = `${dropped} older lines of this log were dropped: the control database did not take them in time`
    dropped = 0
    return [newLine('WARN', 'control', words, undefined), ...taken]
  }
  const writeBatch = async (): Promise<boolean> => {
    const nowMs = performance.now()
    const lines = batch.map(({ atMs, ...line }) => ({ ...line, runId, workerId, agoMs: nowMs - atMs }))
    try {
      await insertLogLines(db, lines)
      refusals = 0
      batch = []
      return true
    } catch (error) {
      refusals = error instanceof ControlDatabaseUnavailable ? 0 : refusals + 1
      if (refusals === MOST_REFUSALS) {
        if (!isRefusalTold) print(`The log of this worker cannot be written: ${messageOf(error)}`)
        isRefusalTold = true
        batch = []
        refusals = 0
      }
      return false
    }
  }
  /** Until nothing waits, or it does not work now. */
  const writeAll = async (): Promise<void> => {
    while (!isStopped) {
      if (batch.length === 0) batch = takeBatch()
      if (batch.length === 0) return
      if (!(await writeBatch())) return writeLater(Math.max(everyMs(), RETRY_MS))
    }
  }
  const write = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing ??= writeAll().finally(() => {
      writing = null
    })
    return writing
  }
  const writeLater = (ms: number): void => {
    if (hasBegun && !isStopped) timer ??= setTimeout(() => void write(), ms)
  }
  const flushAll = async (): Promise<void> => {
    for (;;) {
      await write()
      if (isStopped || batch.length + waiting.length === 0) return
      await sleep(RETRY_MS)
    }
  }

  return {
    log,
    begin: () => {
      hasBegun = true
      if (waiting.length > 0) writeLater(everyMs())
    },
    flush: async withinMs => {
      if (hasBegun) await doneBefore(flushAll(), sleep(withinMs))
    },
    stop: () => {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

const wordsOf = (exception: unknown): string | null => {
  if (exception === undefined || exception === null) return null
  return exception instanceof Error ? (exception.stack ?? exception.message) : String(exception)
}
