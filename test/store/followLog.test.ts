import { ControlDatabaseUnavailable, insertLogLines, type NewLogLine, newId, type SqlClient } from '@flakebench/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { followLog } from '../../server/src/live/followLog.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { storeRun } from '../kit/storedRun.ts'

const ALL = { levels: null, sources: null }
const SELDOM_MS = 600_000

const linesOf = (runId: string, count: number): NewLogLine[] =>
  Array.from({ length: count }, (_, i) => ({
    id: newId(),
    runId,
    workerId: null,
    sequence: i,
    agoMs: 0,
    level: 'INFO',
    source: 'load',
    message: `line ${i}`,
    exception: null,
  }))

/** A run, and someone who follows its log on a control database that may be away. */
const follow = async (logMs: number, written = 0) => {
  const { db } = await freshControlDatabase()
  const { id } = await storeRun(db)
  for (let left = written; left > 0; left -= 400) await insertLogLines(db, linesOf(id, Math.min(left, 400)))
  const state = { isAway: false, looks: 0, readings: 0 }
  const watched: SqlClient = {
    ...db,
    query: (sql, binds) => {
      state.looks += 1
      state.readings += sql.includes('FROM test_logs') ? 1 : 0
      return state.isAway ? Promise.reject(new ControlDatabaseUnavailable('away', {})) : db.query(sql, binds)
    },
  }
  const said: string[] = []
  const say = (level: string) => (): void => void said.push(level)
  const log = { info: say('info'), warn: say('warn'), error: say('error') }
  const followed = followLog({ db: watched, pace: { logMs }, log }, id, null, ALL)
  onTestFinished(async () => void (await followed.return?.()))
  const next = async (): Promise<number> => {
    const { value, done } = await followed.next()
    return done === true ? 0 : (value?.length ?? 0)
  }
  return { db, id, state, said, followed, next }
}

describe('whoever follows the log of a run', () => {
  it('is told of a long one page by page, each read when it is asked for', async () => {
    const { state, next } = await follow(SELDOM_MS, 1_200)
    expect(state.readings).toBe(0)
    expect([await next(), state.readings]).toEqual([500, 1])
    expect([await next(), state.readings]).toEqual([500, 2])
    expect([await next(), state.readings]).toEqual([200, 3])
  })

  it('goes on after the control database was away, which is told once', async () => {
    const { db, id, state, said, next } = await follow(5, 1)
    expect(await next()).toBe(1)
    state.isAway = true
    const waited = next()
    await insertLogLines(db, linesOf(id, 2))
    const before = state.looks
    await expect.poll(() => state.looks).toBeGreaterThan(before + 3)
    state.isAway = false
    expect(await waited).toBe(2)
    expect(said).toEqual(['error', 'info'])
  })

  it('leaves at once, also in the middle of a pause', async () => {
    const { followed, next } = await follow(SELDOM_MS, 1)
    expect(await next()).toBe(1)
    const waited = next()
    await followed.return?.()
    expect(await waited).toBe(0)
    expect(await followed.next()).toMatchObject({ done: true })
  })
})
