import type { LogLevel } from '@flakebench/contract'
import type { LogFilter, LogLineRead, NewLogLine, SqlClient } from '@flakebench/store'
import { insertLogLines, listFreshLogLines, listLogLines, logPositionAt, newId, readClock } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'

const ALL: LogFilter = { levels: null, sources: null }

const line = (runId: string, sequence: number, change: Partial<NewLogLine> = {}): NewLogLine => ({
  id: newId(),
  runId,
  workerId: 'worker-0',
  sequence,
  agoMs: 0,
  level: 'INFO',
  source: 'load',
  message: `line ${sequence}`,
  exception: null,
  ...change,
})

const lines = (runId: string, count: number): NewLogLine[] => Array.from({ length: count }, (_, i) => line(runId, i + 1))
const messages = (found: readonly LogLineRead[]): string[] => found.map(({ message }) => message)
const all = (db: SqlClient, runId: string) => listLogLines(db, runId, { ...ALL, after: null, first: 1_000 })

/** As if its transaction had begun so long ago. */
const backdate = (db: SqlClient, id: string, ms: number): Promise<number> =>
  db.execute("UPDATE test_logs SET inserted_at = DATEADD('millisecond', ?, inserted_at) WHERE log_id = ?", [-ms, id])

describe('the lines of a run', () => {
  it('are read as they were written, with the moment at which they happened', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const first = line(runId, 1, {
      agoMs: 2_500.4,
      level: 'WARN',
      source: 'find max',
      message: "it's “so” \\ \0?",
      exception: 'Error: x\n  at y',
    })
    const second = line(runId, 2, { workerId: null })
    const beforeMs = await readClock(db)
    await insertLogLines(db, [first, second])
    const afterMs = await readClock(db)
    const [one, two] = await all(db, runId)
    expect(one).toMatchObject({ id: first.id, runId, workerId: 'worker-0', sequence: 1, level: 'WARN', source: 'find max' })
    expect(one).toMatchObject({ message: "it's “so” \\ ?", exception: 'Error: x\n  at y' })
    expect(two).toMatchObject({ id: second.id, workerId: null, exception: null })
    expect(one?.atMs).toBeGreaterThanOrEqual(beforeMs - 2_502)
    expect(one?.atMs).toBeLessThanOrEqual(afterMs - 2_498)
  })

  it('are there once, however often they are written', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const written = lines(runId, 3)
    await insertLogLines(db, written.slice(0, 2))
    const before = await all(db, runId)
    await insertLogLines(db, [...written.slice(1), { ...line(runId, 4), workerId: null }])
    await insertLogLines(db, [])
    const after = await all(db, runId)
    expect(messages(after)).toEqual(['line 1', 'line 2', 'line 3', 'line 4'])
    expect(after.slice(0, 2)).toEqual(before)
  })

  it('are cut where the columns end', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    await insertLogLines(db, [line(runId, 1, { source: 's'.repeat(99), message: 'ü'.repeat(5_000), exception: 'x'.repeat(9_000) })])
    const [only] = await all(db, runId)
    expect([only?.source.length, only?.message, only?.exception?.length]).toEqual([64, 'ü'.repeat(4_000), 8_000])
  })

  it('are read page by page, of one run, without a gap', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    await insertLogLines(db, [...lines(runId, 5), line(newId(), 9)])
    await insertLogLines(db, [line(runId, 6), line(runId, 7)])
    const found: LogLineRead[] = []
    for (let after: string | null = null; ; after = found.at(-1)?.cursor ?? null) {
      const page = await listLogLines(db, runId, { ...ALL, after, first: 3 })
      found.push(...page)
      if (page.length < 3) break
    }
    expect(messages(found)).toEqual([1, 2, 3, 4, 5, 6, 7].map(n => `line ${n}`))
  })

  it('are chosen by level and source; no choice is all', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const levels: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR']
    await insertLogLines(
      db,
      levels.flatMap((level, i) => [line(runId, i, { level, source: 'load' }), line(runId, i + 4, { level, source: 'control' })]),
    )
    const chosen = async (filter: LogFilter): Promise<string[]> =>
      (await listLogLines(db, runId, { ...filter, after: null, first: 100 })).map(({ level, source }) => `${level} ${source}`)
    expect(await chosen({ levels: ['WARN', 'ERROR'], sources: ['load'] })).toEqual(['WARN load', 'ERROR load'])
    expect(await chosen({ levels: ['DEBUG'], sources: null })).toEqual(['DEBUG load', 'DEBUG control'])
    expect(await chosen({ levels: null, sources: ['find max'] })).toEqual([])
    expect(await chosen({ levels: [], sources: [] })).toHaveLength(8)
  })

  it('are not read on from what is no cursor', async () => {
    const { db } = await freshControlDatabase()
    for (const after of ['', 'x', '1.2', `zz.${newId()}x`, "1.' OR 1=1 --"]) {
      expect(() => listLogLines(db, newId(), { ...ALL, after, first: 1 })).toThrow(/is no cursor of a log line/)
    }
  })
})

describe('a follower of a run', () => {
  it('is told each line once, also one that appears behind those it has seen', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    let position = logPositionAt(null)
    const look = async (filter = ALL): Promise<string[]> => {
      const fresh = await listFreshLogLines(db, runId, position, filter)
      position = fresh.position
      return messages(fresh.lines)
    }
    expect(await look()).toEqual([])
    await insertLogLines(db, lines(runId, 3))
    expect(await look()).toEqual(['line 1', 'line 2', 'line 3'])
    expect(await look()).toEqual([])
    const late = line(runId, 4)
    await insertLogLines(db, [late, line(runId, 5)])
    await backdate(db, late.id, 8_000)
    expect(await look()).toEqual(['line 4', 'line 5'])
    expect(await look()).toEqual([])
    expect(position.known.size).toBe(5)
  })

  it('is told more than a page, and remembers only what it could be told again', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const old = lines(runId, 3)
    await insertLogLines(db, old)
    for (const { id } of old) await backdate(db, id, 60_000)
    const recent = lines(runId, 1_200)
    await insertLogLines(db, recent.slice(0, 700))
    await insertLogLines(db, recent.slice(700))
    const told: string[][] = []
    let position = logPositionAt(null)
    do {
      const page = await listFreshLogLines(db, runId, position, ALL)
      told.push(page.lines.map(({ id }) => id))
      position = page.position
    } while (position.within !== null)
    expect(told.flat()).toEqual([...old, ...recent].map(({ id }) => id))
    expect(told.map(page => page.length)).toEqual([500, 500, 203])
    expect(position.known.size).toBe(1_200)
    for (let page = 1; page <= 3; page++) {
      const again = await listFreshLogLines(db, runId, position, ALL)
      expect(again.lines).toEqual([])
      position = again.position
    }
    expect(position.within).toBeNull()
  })

  it('may go on from a line that it has', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const written = lines(runId, 2)
    await insertLogLines(db, written)
    await backdate(db, (written[0] as NewLogLine).id, 60_000)
    const [, last] = await all(db, runId)
    await insertLogLines(db, [line(runId, 3)])
    const { lines: told } = await listFreshLogLines(db, runId, logPositionAt(last?.cursor ?? null), ALL)
    // Those of the last seconds before it come once more: something may have appeared among them.
    expect(messages(told)).toEqual(['line 2', 'line 3'])
  })
})
