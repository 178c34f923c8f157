import { insertSnapshots, listSnapshotsAfter, newId, readClock, transitionRun } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { writeMomentsIn } from '../kit/inTimeZone.ts'
import { sampleSnapshot } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

/** Within the hour that clocks in California went through twice: 1:30 in the morning of 2 November 2025. */
const AMBIGUOUS_MS = Date.UTC(2025, 10, 2, 9, 30, 15, 123)

describe('moments', () => {
  it.each(['America/Los_Angeles', 'Asia/Kolkata', 'UTC'])('are the same to a process in %s as to this one', async timeZone => {
    const { url, db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { startAtMs: 1_763_735_448_007 } })
    const mine = await readRunNow(db, id)
    const seen = await writeMomentsIn(timeZone, url, id, AMBIGUOUS_MS)
    expect(seen.offsetMinutes).toBe({ 'America/Los_Angeles': 480, 'Asia/Kolkata': -330 }[timeZone] ?? 0)
    expect({ ...seen.before, nowMs: 0 }).toEqual({ ...mine, nowMs: 0 })
    expect(seen.after.startAtMs).toBe(AMBIGUOUS_MS)
    const after = await readRunNow(db, id)
    expect({ ...after, nowMs: 0, elapsedSeconds: 0 }).toEqual({ ...seen.after, nowMs: 0, elapsedSeconds: 0 })
    expect(after.startAtMs).toBe(AMBIGUOUS_MS)
    // Both read one clock, so a moment apart at most a minute even on a slow machine; an hour would be a time zone.
    expect(Math.abs((await readClock(db)) - seen.clockMs)).toBeLessThan(60_000)
  })

  it('are kept to the millisecond', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const moments = [0, 1, 999, 86_399_999, 951_782_400_001, AMBIGUOUS_MS, 1_763_735_448_099, 4_102_444_799_999]
    for (const [version, startAtMs] of moments.entries()) {
      await transitionRun(db, { runId: id, fromVersion: version, epoch: null, set: { startAtMs } })
      expect((await readRunNow(db, id)).startAtMs).toBe(startAtMs)
    }
  })

  it('are read with the fraction that the database has', async () => {
    const { db } = await freshControlDatabase()
    const [row] = await db.query("SELECT CAST('2025-11-21 14:30:48.000125' AS TIMESTAMP_NTZ) AS at, CAST(NULL AS TIMESTAMP_NTZ) AS never")
    expect(row).toEqual({ at: Date.UTC(2025, 10, 21, 14, 30, 48) + 0.125, never: null })
  })

  it('come from the database whose clock is asked, in UTC, whatever it is set to', async () => {
    const { adminUrl, db } = await freshControlDatabase()
    const name = new URL(adminUrl).pathname.slice(1)
    await asAdmin(adminUrl, admin => admin.query(`ALTER DATABASE ${name} SET timezone = 'Pacific/Auckland'`))
    const { id } = await storeRun(db)
    const run = await readRunNow(db, id)
    const [row] = await asAdmin(adminUrl, admin => admin.query('SELECT EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS ms')).then(
      it => it.rows,
    )
    expect(Math.abs(Number(row.ms) - run.nowMs)).toBeLessThan(60_000)
    expect(run.nowMs - run.createdAtMs).toBeGreaterThanOrEqual(0)
    expect(run.nowMs - run.createdAtMs).toBeLessThan(60_000)
  })
})

describe('elapsed seconds', () => {
  it('are counted by the database from the start command, and stand still at the end', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    await db.execute("UPDATE run_status SET start_requested_at = DATEADD('second', -90, CURRENT_TIMESTAMP)")
    const { elapsedSeconds } = await readRunNow(db, id)
    expect(elapsedSeconds).toBeGreaterThanOrEqual(90)
    expect(elapsedSeconds).toBeLessThan(150)
    await db.execute("UPDATE run_status SET end_time = DATEADD('millisecond', 12500, start_requested_at)")
    expect((await readRunNow(db, id)).elapsedSeconds).toBe(12.5)
  })
})

describe('values', () => {
  it('are read as the JavaScript that they are', async () => {
    const { db } = await freshControlDatabase()
    const [row] = await db.query(
      `SELECT CAST(9007199254740991 AS BIGINT) AS large, 3 AS small, CAST(0.1 AS DOUBLE PRECISION) AS tenth, CAST(12.50 AS NUMERIC(10, 2)) AS money,
         TRUE AS yes, FALSE AS no, NULL AS nothing, 'text' AS words, PARSE_JSON('{"a":[1,null,"x"]}') AS json, PARSE_JSON(?) AS scalar`,
      ['"?"'],
    )
    expect(row).toEqual({
      large: Number.MAX_SAFE_INTEGER,
      small: 3,
      tenth: 0.1,
      money: 12.5,
      yes: true,
      no: false,
      nothing: null,
      words: 'text',
      json: { a: [1, null, 'x'] },
      scalar: '?',
    })
  })

  it.each([
    `it's "quoted" and 'quoted'`,
    'is this ? a placeholder ?? or $1',
    'Grüße, 日本語, 🦆, e\u0301',
    '-- no comment /* at all */ ; DROP TABLE run_status',
    'back\\slash \\n',
    'line\nbreak\ttab',
    '',
    '   ',
  ])('keep %j as text and in JSON', async words => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db, undefined, words)
    const reason = { cancellationReason: words, workerTargets: { [words]: 1 } }
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: reason })
    expect(await readRunNow(db, id)).toMatchObject({ name: words, ...reason })
  })

  it('may stand beside a question mark that is only text', async () => {
    const { db } = await freshControlDatabase()
    const rows = await db.query(
      `SELECT '?' AS mark, 'it''s ?' AS quoted, "n?" AS named, ? AS bound -- really?\n FROM (SELECT 1 AS "n?") x /* ? */`,
      ['yes'],
    )
    expect(rows).toEqual([{ mark: '?', quoted: `it's ?`, named: 1, bound: 'yes' }])
  })

  it('are measured figures to the last bit', async () => {
    const { db } = await freshControlDatabase()
    const runId = newId()
    const snapshots: ReturnType<typeof sampleSnapshot>[] = []
    forAll(random => {
      const client = {
        cpuPercent: random.fraction() * 800,
        memoryBytes: random.whole(0, 2 ** 40),
        eventLoopUtilizationPercent: random.fraction() * 100,
        eventLoopDelayP99Ms: random.fraction() * 2 ** random.whole(-30, 10),
        eventLoopDelayMaxMs: random.fraction() * 1e6,
        cpuUsedPercent: random.fraction() * 100,
        memoryUsedPercent: random.fraction() * 100,
        limited: random.fraction() < 0.5,
      }
      const operations = random.whole(0, 2 ** 52)
      snapshots.push(
        sampleSnapshot({ runId, sequence: snapshots.length, operations, startMs: random.fraction() * 1e7, endMs: 1 / 3, client }),
      )
    }, 50)
    for (const snapshot of snapshots) await insertSnapshots(db, [snapshot])
    expect(await listSnapshotsAfter(db, runId, [{ workerId: 'worker-0', attempt: 1, sequence: -1 }])).toEqual(snapshots)
  })
})
