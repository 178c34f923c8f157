import { CONTROL_PACE, LOAD_MODES } from '@flakebench/contract'
import type { SqlClient } from '@flakebench/store'
import { expect, it, onTestFinished } from 'vitest'
import { paceOfMode } from '../../worker/src/control/decidePace.ts'
import { startFollowing } from '../../worker/src/control/followRun.ts'
import { samplePlan } from '../kit/samplePlan.ts'

const SELDOM = { followWaitingMs: 600_000, followMs: 600_000, clockMs: 600_000, beatMs: 600_000, snapshotBatchMs: 0, logMs: 600_000 }

/** Counts the looks of a worker that would look every ten minutes. */
const looksWith = (controlLossSeconds: number): (() => number) => {
  let looks = 0
  const row = {
    status: 'RUNNING',
    phase: 'WARMUP',
    start_time: null,
    worker_targets: null,
    arrival_shares: null,
    fleet_notes: null,
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
    first: { workerId: 'worker-0', plan, state: 'WAITING', targetConnections: 1, shares: null },
    pace: () => SELDOM,
    give: () => undefined,
    permit: () => undefined,
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

it('a worker looks more often at a run that a controller steers', () => {
  const paces = LOAD_MODES.map(mode => paceOfMode(CONTROL_PACE.postgres, mode).followMs)
  expect(Object.fromEntries(LOAD_MODES.map((mode, i) => [mode, paces[i]]))).toEqual({
    CONCURRENCY: 200,
    QPS: 100,
    FIND_MAX_CONCURRENCY: 100,
  })
})
