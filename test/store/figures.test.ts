import { FIGURE_NAMES, type Result, type Rollup, type RunRecord, startHistograms } from '@flakebench/contract'
import {
  insertRollups,
  listBareHistory,
  putFigure,
  putResult,
  putWorkerResults,
  readFigures,
  type SqlClient,
  StaleEpoch,
} from '@flakebench/store'
import { beforeAll, describe, expect, it } from 'vitest'
import { withOpen } from '../../server/src/decide/kindHistograms.ts'
import { rollUp } from '../../server/src/decide/rollUp.ts'
import { NO_TESTIMONY, Tally } from '../../server/src/decide/tally.ts'
import { figuresOf, figuresOfRuns } from '../../server/src/figures/figuresOf.ts'
import { makeFigures } from '../../server/src/figures/makeFigures.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { someRun } from '../kit/sampleFleet.ts'
import { seeded } from '../kit/seeded.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

beforeAll(() => startHistograms())

interface Ended {
  readonly run: RunRecord
  readonly intervals: readonly Rollup[]
  readonly result: Result
}

/** A run of so many intervals that is over, with all that figures are made from. */
const storeEndedRun = async (db: SqlClient, intervals: number, seed: number): Promise<Ended> => {
  const { id } = await storeRun(db)
  const snapshots = someRun(seeded(seed), 1, intervals).map(snapshot => ({ ...snapshot, runId: id }))
  const rollups = snapshots.filter(({ phase }) => phase !== 'PROCESSING').map(snapshot => rollUp(null, [snapshot], 1))
  for (let i = 0; i < rollups.length; i += 50) await insertRollups(db, 0, rollups.slice(i, i + 50))
  const tally = new Tally()
  withOpen(snapshots, open => {
    for (const one of open) tally.add(one)
  })
  const result = tally.result(NO_TESTIMONY)
  tally.free()
  const run = await readRunNow(db, id)
  await putResult(db, id, 0, result)
  await putWorkerResults(db, run, 0, [{ workerId: 'worker-0', status: 'COMPLETED', targetConnections: 8, result }])
  await db.execute(
    "UPDATE run_status SET status = 'COMPLETED', phase = 'COMPLETED', start_time = CURRENT_TIMESTAMP, end_time = CURRENT_TIMESTAMP WHERE run_id = ?",
    [id],
  )
  return { run: await readRunNow(db, id), intervals: rollups, result }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('figures', () => {
  it('are made of what the tables hold, and are the same when they are made again', async () => {
    const { db } = await freshControlDatabase()
    const { run, intervals, result } = await storeEndedRun(db, 30, 7)
    expect(await readFigures(db, [run.id], FIGURE_NAMES)).toEqual(new Map())
    await makeFigures(db, run)
    const made = (await readFigures(db, [run.id], FIGURE_NAMES)).get(run.id)
    await makeFigures(db, run)
    expect((await readFigures(db, [run.id], FIGURE_NAMES)).get(run.id)).toEqual(made)
    expect(Object.keys(made ?? {}).sort()).toEqual([...FIGURE_NAMES].sort())

    expect(made?.SUMMARY?.slices[0]).toMatchObject({
      slice: 'ALL',
      operations: result.totalOperations,
      errors: result.failedOperations,
      p95Ms: result.p95Ms,
      maxMs: result.maxMs,
    })
    expect(made?.SUMMARY?.areErrorsWhole).toBe(false)
    const measured = intervals.filter(({ phase }) => phase === 'MEASUREMENT')
    expect(made?.SERIES?.p95Ms).toEqual(intervals.map(one => one.p95Ms))
    expect(sum(made?.HEAT_MAP?.counts.flat() ?? [])).toBe(sum(intervals.map(one => one.operations - one.errors)))
    expect(made?.DIGEST).toMatchObject({
      spread: { operations: result.totalOperations },
      client: { mostMemoryBytes: Math.max(...measured.map(({ client }) => client.memoryBytes)) },
      held: { least: expect.any(Number), most: expect.any(Number) },
    })
    expect(made?.HISTORY_300?.intervals).toEqual(await listBareHistory(db, run.id))
  })

  it('of runs that ended without them are made when they are asked for, once', async () => {
    const { db } = await freshControlDatabase()
    const [one, other] = [await storeEndedRun(db, 5, 1), await storeEndedRun(db, 5, 2)]
    const asked = await Promise.all([figuresOf(db, one.run, ['SUMMARY']), figuresOfRuns(db, [other.run, one.run], ['SUMMARY', 'DIGEST'])])
    expect(asked[0]?.SUMMARY).toEqual(asked[1].get(one.run.id)?.SUMMARY)
    expect(asked[1].get(other.run.id)?.SUMMARY.slices[0]?.operations).toBe(other.result.totalOperations)
    expect(await db.query('SELECT COUNT(*) AS figures FROM run_figures')).toEqual([{ figures: 2 * FIGURE_NAMES.length }])
  })

  it('of an earlier version are made anew', async () => {
    const { db } = await freshControlDatabase()
    const { run } = await storeEndedRun(db, 30, 3)
    await makeFigures(db, run)
    const { DIGEST } = (await figuresOf(db, run, ['DIGEST'])) ?? {}
    if (DIGEST === undefined) throw new Error('it has no digest')
    await putFigure(db, run.id, null, 'DIGEST', { ...DIGEST, version: 0, held: { least: 1, most: 2 } })
    expect((await figuresOf(db, run, ['DIGEST']))?.DIGEST).toEqual(DIGEST)
  })

  it('there are none of a run that is not over, or measured nothing', async () => {
    const { db } = await freshControlDatabase()
    const prepared = await storeRun(db)
    expect(await figuresOf(db, prepared, ['SUMMARY'])).toBeNull()
    expect(await figuresOf(db, { ...prepared, status: 'FAILED' }, ['SUMMARY'])).toBeNull()
  })

  it('are not written under an old epoch', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const history = { intervals: [] }
    await expect(putFigure(db, id, 3, 'HISTORY_300', history)).rejects.toThrow(StaleEpoch)
    await putFigure(db, id, 0, 'HISTORY_300', history)
    await expect(putFigure(db, id, 3, 'HISTORY_300', history)).rejects.toThrow(StaleEpoch)
    expect((await readFigures(db, [id], ['HISTORY_300'])).get(id)).toEqual({ HISTORY_300: history })
  })
})
