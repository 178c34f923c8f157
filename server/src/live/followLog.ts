import { type ControlPace, isTerminal } from '@flakebench/contract'
import {
  type LogFilter,
  type LogLineRead,
  type LogPosition,
  listFreshLogLines,
  logPositionAt,
  readRun,
  type SqlClient,
} from '@flakebench/store'
import type { Log } from '../log.ts'

/** Writers keep lines back for so many writings at most; after a run's end it is looked so often more. */
const LAST_LOOKS = 3

export interface LogFollowing {
  readonly db: SqlClient
  readonly pace: Pick<ControlPace, 'logMs'>
  readonly log: Log
}

type Portion = readonly LogLineRead[]

/**
 * The lines of a run as they appear, in portions: those after the cursor `after` (null: all), and whatever is written from now on; each once. Ends when the
 * run is over and no further line has come. A portion is read when it is asked for: whoever is slow keeps the lines in the database, not here. Where the
 * database is away it tries again.
 */
export const followLog = (
  { db, pace, log }: LogFollowing,
  runId: string,
  after: string | null,
  filter: LogFilter,
): AsyncIterableIterator<Portion> => {
  const start = logPositionAt(after).newest
  let position: LogPosition = logPositionAt(after)
  let isFirstReading = true
  let isOver = false
  let isFresh = false
  let looksLeft = LAST_LOOKS
  let isDue = true
  let isAway = false
  let isLeft = false
  let endPause = (): void => undefined

  /** One page of a reading; a reading ends with the page after which there is none yet. */
  const look = async (): Promise<Portion> => {
    if (position.within === null) {
      const run = await readRun(db, runId)
      isOver = run === null || isTerminal(run.status)
      isFresh = false
    }
    const page = await listFreshLogLines(db, runId, position, filter)
    position = page.position
    // What stood before the cursor is known to whoever sends it; what appears there later is not.
    const lines = isFirstReading ? page.lines.filter(line => isAfter(line, start)) : page.lines
    isFresh ||= lines.length > 0
    isDue = position.within !== null
    if (!isDue) {
      isFirstReading = false
      if (isOver) looksLeft = isFresh ? LAST_LOOKS : looksLeft - 1
    }
    return lines
  }

  const lookAndTell = (): Promise<Portion> =>
    look().then(
      lines => {
        if (isAway) log.info('the log of a watched run can be read again', { run: runId })
        isAway = false
        return lines
      },
      (error: unknown) => {
        if (!isAway) log.error('could not read the log of a watched run; trying again', { run: runId, error })
        isAway = true
        isDue = false
        return []
      },
    )

  const pause = (): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, pace.logMs)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const next = async (): Promise<IteratorResult<Portion>> => {
    while (!isLeft && looksLeft > 0) {
      if (!isDue) await pause()
      if (isLeft) break
      const lines = await lookAndTell()
      if (lines.length > 0 && !isLeft) return { value: lines, done: false }
    }
    return { value: undefined, done: true }
  }

  /** Never two at once, however it is asked. */
  let last: Promise<unknown> = Promise.resolve()
  const followed: AsyncIterableIterator<Portion> = {
    next: () => {
      const one = last.then(next)
      last = one
      return one
    },
    return: () => {
      isLeft = true
      endPause()
      return Promise.resolve({ value: undefined, done: true })
    },
    [Symbol.asyncIterator]: () => followed,
  }
  return followed
}

const isAfter = (line: LogLineRead, start: LogPosition['newest']): boolean => {
  const { newest } = logPositionAt(line.cursor)
  if (start === null || newest === null) return true
  return newest.insertedAtMs > start.insertedAtMs || (newest.insertedAtMs === start.insertedAtMs && newest.id > start.id)
}
