import { setTimeout as delay } from 'node:timers/promises'
import type { ControlPace, LogLevel } from '@flakebench/contract'
import { ControlDatabaseUnavailable, insertLogLines, type NewLogLine, newId, type SqlClient } from '@flakebench/store'
import type { Log } from '../log.ts'

/** What this server has to say about a run that it drives: lines of TEST_LOGS. Never throws, and never keeps the run waiting. */
export interface RunLog {
  note(level: LogLevel, source: string, message: string, exception?: string): void
  /** Writes what is left, within a bound of time. */
  close(): Promise<void>
}

/** Of a run that nobody reads about. */
export const SILENT_LOG: RunLog = { note: () => undefined, close: () => Promise.resolve() }

export interface RunLogDeps {
  readonly db: SqlClient
  readonly pace: Pick<ControlPace, 'logMs'>
  readonly monotonicMs: () => number
  readonly log: Log
}

/** Of what could not be written yet the newest lines are kept. */
const MOST_WAITING = 500
const MOST_AT_ONCE = 100
/** Lines that the control database refuses so often are dropped, so that those after them are written. */
const MOST_REFUSALS = 3
const RETRY_MS = 200
/** The run is over, and its owner leaves: a database that does not answer keeps nobody for longer. */
const CLOSE_MS = 2_000

interface Waiting {
  readonly line: Omit<NewLogLine, 'agoMs'>
  readonly atMs: number
}

/** One claim of a run has one log: its lines are numbered. */
export const openRunLog = (runId: string, { db, pace, monotonicMs, log }: RunLogDeps): RunLog => {
  let waiting: Waiting[] = []
  /** Being written: as long as it is not known whether they are, nothing else is. */
  let batch: readonly Waiting[] = []
  let sequence = 0
  let dropped = 0
  let refusals = 0
  let isTroubleTold = false
  let isClosed = false
  let isOver = false
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> | null = null

  const newLine = (level: LogLevel, source: string, message: string, exception: string | null): Waiting => ({
    line: { id: newId(), runId, workerId: null, sequence: sequence++, level, source, message, exception },
    atMs: monotonicMs(),
  })
  const takeBatch = (): readonly Waiting[] => {
    const taken = waiting.splice(0, MOST_AT_ONCE)
    if (dropped === 0) return taken
    const words = `Older lines were dropped (${dropped}): the control database did not take them`
    dropped = 0
    return [newLine('WARN', 'orchestrator', words, null), ...taken]
  }
  const fail = (error: unknown): void => {
    if (!isTroubleTold) log.warn('lines of a run’s log could not be written; trying again', { run: runId, error })
    isTroubleTold = true
    refusals = error instanceof ControlDatabaseUnavailable ? 0 : refusals + 1
    if (refusals < MOST_REFUSALS) return
    dropped += batch.length
    batch = []
    refusals = 0
  }
  /** @returns whether nothing waits any more; false: it does not work now */
  const writeAll = async (): Promise<boolean> => {
    while (!isOver) {
      if (batch.length === 0) batch = takeBatch()
      if (batch.length === 0) return true
      try {
        const nowMs = monotonicMs()
        await insertLogLines(
          db,
          batch.map(({ line, atMs }) => ({ ...line, agoMs: nowMs - atMs })),
        )
        batch = []
        refusals = 0
        isTroubleTold = false
      } catch (error) {
        fail(error)
        return false
      }
    }
    return true
  }

  const writeSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      writing ??= writeAll().then(isDone => {
        writing = null
        if (!isDone && !isClosed) writeSoon()
      })
    }, pace.logMs)
  }

  const writeRest = async (): Promise<void> => {
    await writing
    while (!(await writeAll())) await delay(RETRY_MS)
  }

  return {
    note: (level, source, message, exception) => {
      if (isClosed) return
      waiting.push(newLine(level, source, message, exception ?? null))
      if (waiting.length > MOST_WAITING) {
        dropped += waiting.length - MOST_WAITING
        waiting = waiting.slice(-MOST_WAITING)
      }
      writeSoon()
    },
    close: async () => {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      const bound = new AbortController()
      await Promise.race([writeRest(), delay(CLOSE_MS, undefined, { signal: bound.signal }).catch(() => undefined)])
      isOver = true
      bound.abort()
    },
  }
}
