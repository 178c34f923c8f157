import { startHistograms } from '@flakebench/contract'
import { LEASE_SECONDS } from '@flakebench/store'
import { beforeAll, describe, expect, it } from 'vitest'
import { OwnedRun } from '../../server/src/orchestrator/ownedRun.ts'
import { recallRun } from '../../server/src/orchestrator/recallRun.ts'
import { ofSome } from '../kit/sampleLedger.ts'
import { sampleRun } from '../kit/sampleRun.ts'

beforeAll(() => startHistograms())

const LEASE_MS = LEASE_SECONDS * 1_000

/** Its lease was asked for at 1,000; its row has been read since. */
const begin = (): OwnedRun => {
  const owned = new OwnedRun('R1', 1)
  owned.renewedAtMs = 1_000
  owned.seen = { run: sampleRun({ startAtMs: 0 }), askedAtMs: 6_000, readAtMs: 6_100, wakes: 0 }
  owned.hasCaughtUp = true
  return owned
}

describe('what is known of a run', () => {
  it('is told for as long as its lease lasts, however lately its row was read', () => {
    const owned = begin()
    expect(recallRun(owned, 1_000 + LEASE_MS - 1)).not.toBeNull()
    expect(recallRun(owned, 1_000 + LEASE_MS)).toBeNull()
    owned.free()
  })

  it('is not told while an earlier owner kept more of it', () => {
    const owned = begin()
    owned.ledger.wroteBefore({ intervalIndex: 3, workersReported: 1, workersExpected: 1, operations: 1 })
    expect(recallRun(owned, 7_000)).toBeNull()
    owned.ledger.absorb([ofSome(0, 3, 1)], 1)
    expect(recallRun(owned, 7_000)?.rollups).toMatchObject([{ intervalIndex: 3, operations: 1 }])
    owned.free()
  })
})
