import { listStartedRuns, transitionRun } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { readRunNow, storeRun, storeTemplate } from '../kit/storedRun.ts'

describe('runs that were told to start', () => {
  it('are listed in the order in which they were told, with what they load', async () => {
    const { db } = await freshControlDatabase()
    const plan = await storeTemplate(db, { sut: ['postgres://db:5432', "it's “one”"] })
    const alone = await storeTemplate(db, { advanced: { shareSut: true } })
    const [later, earlier, prepared, over] = [
      await storeRun(db, plan),
      await storeRun(db, alone),
      await storeRun(db, plan),
      await storeRun(db, plan),
    ]
    const start = (id: string) =>
      transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING', startRequestedAt: 'now' } })
    await start(over.id)
    await transitionRun(db, { runId: over.id, fromVersion: 1, epoch: null, set: { status: 'FAILED' } })
    await start(earlier.id)
    await start(later.id)
    await transitionRun(db, { runId: later.id, fromVersion: 1, epoch: null, set: { status: 'RUNNING' } })
    await db.execute('UPDATE run_status SET workers_registered = 2, phase_start_time = start_requested_at WHERE run_id = ?', [later.id])
    const started = await listStartedRuns(db)
    expect(started).toEqual([
      {
        id: earlier.id,
        startRequestedAtMs: (await readRunNow(db, earlier.id)).startRequestedAtMs,
        sut: [],
        shareSut: true,
        status: 'STARTING',
        phaseStartedAtMs: null,
        workersRegistered: 0,
      },
      {
        id: later.id,
        startRequestedAtMs: (await readRunNow(db, later.id)).startRequestedAtMs,
        sut: ['postgres://db:5432', "it's “one”"],
        shareSut: false,
        status: 'RUNNING',
        phaseStartedAtMs: (await readRunNow(db, later.id)).startRequestedAtMs,
        workersRegistered: 2,
      },
    ])
    expect(started.map(({ id }) => id)).not.toContain(prepared.id)
  })

  it('load nothing that is known when an earlier version prepared them', async () => {
    const { db } = await freshControlDatabase()
    const { id } = await storeRun(db)
    const { sut: _, limits: __, ...kept } = (await readRunNow(db, id)).plan
    await db.execute('UPDATE run_status SET scenario_config = PARSE_JSON(?) WHERE run_id = ?', [JSON.stringify(kept), id])
    await transitionRun(db, { runId: id, fromVersion: 0, epoch: null, set: { status: 'STARTING', startRequestedAt: 'now' } })
    expect(await listStartedRuns(db)).toMatchObject([{ id, sut: [], shareSut: false }])
    expect((await readRunNow(db, id)).plan).toMatchObject({ sut: [], limits: { areSet: true } })
  })
})
