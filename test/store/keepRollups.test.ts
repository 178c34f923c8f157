import { startHistograms, type WorkerSnapshot } from '@flakebench/contract'
import { claimRun, listRollups } from '@flakebench/store'
import { beforeAll, describe, expect, it } from 'vitest'
import { keepRollups } from '../../server/src/orchestrator/keepRollups.ts'
import { OwnedRun } from '../../server/src/orchestrator/ownedRun.ts'
import { readSnapshots, takeInPushed } from '../../server/src/orchestrator/takeInSnapshots.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { ofSome } from '../kit/sampleLedger.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

beforeAll(() => startHistograms())

const SELDOM = { rollupMs: 5_000, settleMs: 1_500 }
const PATIENT = { rollupMs: 1_000, settleMs: 8_000 }
const ALWAYS = { rollupMs: 0, settleMs: 1_500 }
const WORKERS = 2
const WRECKED = { count: 1, sumNs: 1, minNs: 1, maxNs: 1, hdr: 'no histogram' }

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
    takeInPushed(owned, run, 0)
  }
  const keep = (pace: typeof ALWAYS, atMs: number) => keepRollups(db, owned, { ...run, nowMs: atMs }, pace, atMs)
  const kept = async () => (await listRollups(db, id)).map(one => [one.intervalIndex, one.operations])
  return { db, id, run, owned, push, keep, kept }
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

  it('wait for a worker as long as it may take to come by way of the tables', async () => {
    const { owned, push, keep, kept } = await begin()
    push(second(0, 0))
    await keep(PATIENT, 9_000)
    expect(await kept()).toEqual([])
    await keep(PATIENT, 9_001)
    expect(await kept()).toEqual([[0, 1]])
    owned.free()
  })

  it('of which an earlier owner kept more than is here are left as they are, until as much is here', async () => {
    const { owned, push, keep, kept } = await begin()
    owned.ledger.wroteBefore({ intervalIndex: 0, workersReported: 2, workersExpected: 2, operations: 3 })
    owned.ledger.wroteBefore({ intervalIndex: 1, workersReported: 2, workersExpected: 2, operations: 5 })
    push(second(0, 0), second(0, 1, 2))
    await keep(ALWAYS, 9_000)
    expect(await kept()).toEqual([])
    expect(owned.ledger.result([])).toMatchObject({ accounting: { missingSnapshots: 2 } })
    push(second(1, 0, 2))
    await keep(ALWAYS, 10_000)
    expect(await kept()).toEqual([[0, 3]])
    expect(owned.ledger.result([])).toMatchObject({ accounting: { missingSnapshots: 1 } })
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

  it('are taken in whole or not at all: what cannot be read is left to the tables, with what came with it', async () => {
    const { owned, push, keep, kept } = await begin()
    const good = second(0, 0)
    const bad = { ...second(1, 0), byKind: second(1, 0).byKind.map(kind => ({ ...kind, latency: { ...WRECKED } })) }
    expect(() => push(good, bad)).toThrow()
    await keep(ALWAYS, 1_000)
    expect(await kept()).toEqual([])
    const beats = [0, 1].map(workerGroupId => sampleHeartbeat({ workerGroupId, snapshotsTaken: 1 }))
    expect(owned.ledger.missing(beats)).toBe(2)
    expect(owned.ledger.cursors(beats).map(cursor => cursor.sequence)).toEqual([-1, -1])
    expect(owned.gapSinceMs).toBe(0)
    push(good, second(1, 0, 2))
    await keep(ALWAYS, 2_000)
    expect(await kept()).toEqual([[0, 3]])
    owned.free()
  })

  it('that were pushed too late stay a gap until the tables have been read', async () => {
    const { db, id, run, owned, push } = await begin()
    owned.ledger.absorb([second(0, 400)], WORKERS)
    push({ ...second(1, 7), sequence: 0 })
    expect(owned.gapSinceMs).toBe(0)
    takeInPushed(owned, run, 40)
    expect(owned.gapSinceMs).toBe(0)
    await readSnapshots(db, owned, await readRunNow(db, id), [])
    takeInPushed(owned, run, 80)
    expect(owned.gapSinceMs).toBeNull()
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
