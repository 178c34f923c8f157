import type { Rollup, WorkerSnapshot } from '@flakebench/contract'
import type { RunLedger } from '../../server/src/decide/runLedger.ts'
import { sampleKind, sampleSnapshot } from './sampleSnapshot.ts'

/** The rollups as the tables would have them: written when they change, read back where the ledger has forgotten them. */
export const takeIn = (ledger: RunLedger, portions: readonly (readonly WorkerSnapshot[])[], workers: number): Map<number, Rollup> => {
  const table = new Map<number, Rollup>()
  for (const portion of portions) {
    ledger.restore(ledger.forgotten(portion).flatMap(index => table.get(index) ?? []))
    ledger.absorb(portion, workers)
    for (const rollup of ledger.unwritten()) {
      table.set(rollup.intervalIndex, rollup)
      ledger.wrote(rollup)
    }
  }
  return table
}

/** A worker's interval in which so many operations ended. */
export const ofSome = (workerGroupId: number, intervalIndex: number, operations: number): WorkerSnapshot =>
  sampleSnapshot({ workerGroupId, intervalIndex, byKind: [sampleKind(Array.from({ length: operations }, () => 1))] })
