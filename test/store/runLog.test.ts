import { ControlDatabaseUnavailable, listLogLines, newId, openControlDatabase } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import type { Log } from '../../server/src/log.ts'
import { openRunLog } from '../../server/src/orchestrator/runLog.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { until } from '../kit/processes.ts'

const QUIET: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ALL = { after: null, first: 1_000, levels: null, sources: null }
const clock = () => performance.now()

describe('the log of a run that a server drives', () => {
  it('has its lines in their order, each once, when it is closed', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const log = openRunLog(runId, { db, pace: { logMs: 10 }, monotonicMs: clock, log: QUIET })
    for (let i = 0; i < 250; i++) log.note(i === 7 ? 'WARN' : 'INFO', 'orchestrator', `line ${i}`)
    await until(
      'they are written',
      () => listLogLines(db, runId, ALL),
      ({ length }) => length === 250,
    )
    log.note('INFO', 'orchestrator', 'the last one')
    await log.close()
    log.note('INFO', 'orchestrator', 'too late')
    const lines = await listLogLines(db, runId, ALL)
    expect(lines.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(Array.from({ length: 251 }, (_, i) => i))
    expect(lines.find(({ sequence }) => sequence === 7)).toMatchObject({
      level: 'WARN',
      source: 'orchestrator',
      message: 'line 7',
      workerId: null,
    })
  })

  it('keeps the newest lines while nothing can be written, and keeps nobody waiting', async () => {
    const { db, url } = await freshControlDatabase()
    const gone = openControlDatabase({ url, maxConnections: 1 })
    await gone.close()
    let isGone = true
    const failing = { ...db, execute: (...args: Parameters<typeof db.execute>) => (isGone ? gone : db).execute(...args) }
    const warned: string[] = []
    const log = openRunLog(newId(), {
      db: failing,
      pace: { logMs: 1 },
      monotonicMs: clock,
      log: { ...QUIET, warn: words => void warned.push(words) },
    })
    for (let i = 0; i < 700; i++) log.note('INFO', 'orchestrator', `line ${i}`)
    await expect.poll(() => warned.length).toBe(1)
    isGone = false
    await log.close()
    expect(warned).toHaveLength(1)
  })

  it('drops what the control database refuses, says so, and goes on with what comes after it', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    let refused = 0
    const refusing = {
      ...db,
      execute: (...[sql, binds]: Parameters<typeof db.execute>) => {
        if (binds?.some(bind => String(bind).includes('line of no use')) !== true) return db.execute(sql, binds)
        refused += 1
        return Promise.reject(new Error('invalid byte sequence'))
      },
    }
    const warned: string[] = []
    const log = openRunLog(runId, {
      db: refusing,
      pace: { logMs: 1 },
      monotonicMs: clock,
      log: { ...QUIET, warn: words => void warned.push(words) },
    })
    log.note('INFO', 'orchestrator', 'line of no use')
    await expect.poll(() => refused).toBeGreaterThan(0)
    log.note('INFO', 'orchestrator', 'line of use')
    const messages = async () => (await listLogLines(db, runId, ALL)).map(({ message }) => message).sort()
    await expect.poll(messages).toEqual(['Older lines were dropped (1): the control database did not take them', 'line of use'])
    await log.close()
    expect([refused, warned.length]).toEqual([3, 1])
  })

  it('writes what waits, and how much of it was dropped, when the control database is back', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    let asked = 0
    let isAway = true
    const away = {
      ...db,
      execute: (...args: Parameters<typeof db.execute>) => {
        asked += 1
        return isAway ? Promise.reject(new ControlDatabaseUnavailable('away', {})) : db.execute(...args)
      },
    }
    const log = openRunLog(runId, { db: away, pace: { logMs: 1 }, monotonicMs: clock, log: QUIET })
    log.note('INFO', 'orchestrator', 'line 0')
    await expect.poll(() => asked).toBeGreaterThan(5)
    for (let i = 1; i <= 700; i++) log.note('INFO', 'orchestrator', `line ${i}`)
    isAway = false
    const lines = await until(
      'they are written',
      () => listLogLines(db, runId, ALL),
      ({ length }) => length === 502,
    )
    await log.close()
    expect(lines.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['line 0', 'line 201', 'line 700', 'Older lines were dropped (200): the control database did not take them']),
    )
  })
})
