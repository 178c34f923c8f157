import type { SqlClient } from '@flakebench/store'
import { expect, it, onTestFinished } from 'vitest'
import { startFollowing } from '../../worker/src/control/followRun.ts'
import { samplePlan } from '../kit/samplePlan.ts'

const SELDOM = { followWaitingMs: 600_000, followMs: 600_000, clockMs: 600_000, beatMs: 600_000, snapshotBatchMs: 0 }

/** Counts the looks of a worker that would look every ten minutes. */
const looksWith = (controlLossSeconds: number): (() => number) => {
  let looks = 0
  const row = {
    status: 'RUNNING',
    phase: 'WARMUP',
    start_time: null,
    worker_targets: null,
    next_sequence_id: 1,
    orchestrator_id: null,
    orchestrator_url: null,
    lapsed_ms: -5_000,
  }
  const db: SqlClient = {
    engine: 'snowflake',
    query: async () => {
      looks += 1
      return [row]
    },
    execute: async () => 0,
    transaction: work => work(db),
    close: async () => {},
  }
  const plan = samplePlan({ advanced: { controlLossSeconds } })
  const following = startFollowing({
    db,
    runId: 'R1',
    first: { workerId: 'worker-0', plan, state: 'WAITING', appliedSequenceId: 0, targetConnections: 1 },
    pace: () => SELDOM,
    give: () => undefined,
    lost: () => undefined,
    trouble: { met: () => undefined, over: () => undefined },
  })
  onTestFinished(() => following.stop())
  return () => looks
}

it('a worker looks at its run several times before it takes the control plane for lost, whatever its pace', async () => {
  const [soon, late] = [looksWith(0.1), looksWith(30)]
  await expect.poll(soon).toBeGreaterThan(5)
  expect(late()).toBe(1)
})
