import { startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import { claimRun, listRollups } from '@flakebench/store'
import { beforeAll, describe, expect, it } from 'vitest'
import { keepRollups } from '../../server/src/orchestrator/keepRollups.ts'
import { OwnedRun } from '../../server/src/orchestrator/ownedRun.ts'
import { takeInPushed } from '../../server/src/orchestrator/takeInSnapshots.ts'
import { freshControlDatabase } from '../kit/freshDatabase.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { ofSome } from '../kit/sampleLedger.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

beforeAll(() => startHistograms())

const SELDOM = { rollupMs: 5_000 }
const ALWAYS = { rollupMs: 0 }
const WORKERS = 2

const begin = async () => {
  const { db } = await freshControlDatabase()
  const { id } = await storeRun(db)
  const owned = new OwnedRun(id, (await claimRun(db, id, 'server-1')) as number)
  owned.hasCaughtUp = true
  const run = { ...(await readRunNow(db, id)), status: 'RUNNING' as const, startAtMs: 0 }
  const push = (...snapshots: readonly WorkerSnapshot[]) => {
    for (const { workerGroupId } of snapshots) {
      const of = snapshots.filter(one => one.workerGroupId === workerGroupId).map(one => ({ ...one, runId: id }))
      owned.inbox.put({ heartbeat: sampleHeartbeat({ runId: id, workerGroupId }), snapshots: of }, 0)
    }
    takeInPushed(owned, WORKERS, 0)
  }
  const keep = (pace: { readonly rollupMs: number }, atMs: number) => keepRollups(db, owned, { ...run, nowMs: atMs }, pace, atMs)
  const kept = async () => (await listRollups(db, id)).map(one => [one.intervalIndex, one.operations])
  return { owned, push, keep, kept }
}

const second = (workerGroupId: number, intervalIndex: number, operations = 1): WorkerSnapshot =>
  ofSome(workerGroupId, intervalIndex, operations)

describe('the intervals of a run', () => {
  it('where writing is cheap, are written as soon as there is anything, and again with each that comes', async () => {
    const { owned, push, keep, kept } = await begin()
    push(second(0, 0))
    await keep(ALWAYS, 1_000)
    expect(await kept()).toEqual([[0, 1]])
    push(second(1, 0, 2))
    await keep(ALWAYS, 1_100)
    expect(await kept()).toEqual([[0, 3]])
    owned.free()
  })

  it('where it is not, are written now and then, when all workers have reported or had their time', async () => {
    const { owned, push, keep, kept } = await begin()
    push(second(0, 0), second(1, 0), second(0, 1))
    await keep(SELDOM, 2_200)
    expect(await kept()).toEqual([[0, 2]])
    push(second(1, 1), second(0, 2), second(1, 2), second(0, 3))
    await keep(SELDOM, 7_100)
    expect(await kept()).toEqual([[0, 2]])
    await keep(SELDOM, 7_200)
    expect(await kept()).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 1],
    ])
    push(second(1, 3, 4))
    await keep(SELDOM, 12_300)
    expect((await kept()).at(-1)).toEqual([3, 5])
    owned.free()
  })

  it('are all written at the end', async () => {
    const { owned, push, keep, kept } = await begin()
    push(second(0, 0), second(1, 0))
    await keep(SELDOM, 10_000)
    push(second(0, 1))
    await keep(ALWAYS, 10_001)
    expect(await kept()).toEqual([
      [0, 2],
      [1, 1],
    ])
    owned.free()
  })

  it('that change while they are written are written again', async () => {
    const { owned, push, keep, kept } = await begin()
    push(second(0, 0))
    const writing = keep(ALWAYS, 1_000)
    push(second(1, 0))
    await writing
    expect(owned.ledger.unwritten()).toHaveLength(1)
    await keep(ALWAYS, 1_001)
    expect(await kept()).toEqual([[0, 2]])
    owned.free()
  })

  it('of a run whose earlier figures were not all taken in yet are not touched', async () => {
    const { owned, push, keep, kept } = await begin()
    owned.hasCaughtUp = false
    push(second(0, 0), second(1, 0))
    expect(owned.ledger.unwritten()).toEqual([])
    await keep(ALWAYS, 1_000)
    expect(await kept()).toEqual([])
    owned.free()
  })
})
