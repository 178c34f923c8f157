import { DIGEST_VERSION, type Evidence, type Rollup, type RunDigest } from '@flakebench/contract'
import { runSpreadOf } from '../compare/runSpread.ts'
import { clientUsageOf, heldConnectionsOf } from '../compare/runUsage.ts'

/** What of an interval a digest needs besides its evidence. */
export type DigestedInterval = Pick<Rollup, 'client' | 'targetConnections' | 'workersReported' | 'workersExpected'>

/** @param measured the intervals of the measurement, in order */
export const runDigestOf = (runId: string, evidence: Evidence, measured: readonly DigestedInterval[]): RunDigest => ({
  version: DIGEST_VERSION,
  spread: runSpreadOf(runId, evidence),
  client: clientUsageOf(measured),
  held: heldConnectionsOf(measured),
})
