import { scheduleOf } from '@flakebench/contract'
import type { Bind, Row, SqlClient } from '@flakebench/store'
import { expect, it, onTestFinished } from 'vitest'
import type { Order } from '../../worker/src/control/decideFollow.ts'
import { startFollowing } from '../../worker/src/control/followRun.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS } from '../kit/sampleRun.ts'

const plan = samplePlan()
const BEGIN: Order = { type: 'BEGIN', schedule: scheduleOf(plan, SAMPLE_START_MS) }
const STARTING: Row = {
  status: 'STARTING',
  phase: 'PREPARING',
  start_time: null,
  worker_targets: null,
  arrival_shares: null,
  fleet_notes: null,
  next_sequence_id: 1,
  orchestrator_id: null,
  orchestrator_url: null,
  lapsed_ms: -5_000,
}
const RUNNING: Row = { ...STARTING, status: 'RUNNING', phase: 'MEASUREMENT', start_time: SAMPLE_START_MS }
const start = { sequence_id: 1, event_type: 'START', event_data: scheduleOf(plan, SAMPLE_START_MS) }
const target = (sequenceId: number, connections: number): Row => ({
  sequence_id: sequenceId,
  event_type: 'SET_WORKER_TARGET',
  event_data: { targets: { 'worker-0': connections } },
})

/** Follows a run whose tables are these, which a test may change. */
const follow = (tables: { row: Row; events: readonly Row[] }) => {
  const orders: Order[] = []
  let read = 0
  let looks = 0
  const db: SqlClient = {
    engine: 'postgres',
    query: async (sql: string, [, after]: readonly Bind[] = []) => {
      if (!sql.includes('run_control_events')) {
        looks += 1
        return [tables.row]
      }
      const found = tables.events.filter(event => Number(event['sequence_id']) > Number(after))
      read += found.length
      return found
    },
    execute: async () => 0,
    transaction: work => work(db),
    close: async () => {},
  }
  const following = startFollowing({
    db,
    runId: 'R1',
    first: { workerId: 'worker-0', plan, state: 'WAITING', targetConnections: 0, shares: null },
    pace: () => ({ followWaitingMs: 5, followMs: 5, clockMs: 600_000, beatMs: 600_000, snapshotBatchMs: 0, logMs: 600_000 }),
    give: order => void orders.push(order),
    permit: () => undefined,
    lost: () => undefined,
    trouble: { met: () => undefined, over: () => undefined },
  })
  onTestFinished(() => following.stop())
  return { orders, following, eventsRead: () => read, looks: () => looks }
}

it('a worker that joins a run that goes on holds what the row says, and is not told of what was ordered before', async () => {
  const tables = {
    row: { ...RUNNING, worker_targets: { 'worker-0': 7 }, next_sequence_id: 40 },
    events: [start, ...Array.from({ length: 38 }, (_, i) => target(i + 2, i + 1))] as Row[],
  }
  const { orders, following, eventsRead } = follow(tables)
  await expect.poll(() => orders).toEqual([{ type: 'TARGET', connections: 7 }, BEGIN])
  expect([following.current.appliedSequenceId, eventsRead()]).toEqual([39, 0])
  tables.events.push(target(40, 9))
  tables.row = { ...tables.row, worker_targets: { 'worker-0': 9 }, next_sequence_id: 41 }
  await expect.poll(() => orders.at(-1)).toEqual({ type: 'TARGET', connections: 9 })
  expect([following.current.appliedSequenceId, eventsRead()]).toEqual([40, 1])
})

it('a worker that looks first while its run is starting hears START, once', async () => {
  const tables: { row: Row; events: Row[] } = { row: STARTING, events: [] }
  const { orders, following, looks } = follow(tables)
  await expect.poll(looks).toBeGreaterThan(1)
  tables.events = [start, target(2, 5)]
  tables.row = { ...RUNNING, worker_targets: { 'worker-0': 5 }, next_sequence_id: 3 }
  await expect.poll(() => orders).toEqual([BEGIN, { type: 'TARGET', connections: 5 }])
  expect(following.current.appliedSequenceId).toBe(2)
})
