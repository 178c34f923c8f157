import type { FleetNotes, RunChanges } from '@flakebench/contract'
import { listEventsAfter } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnRun, openWorkerKit, type WorkerKit, type WorkerProcess } from '../kit/workerKit.ts'

let kit: WorkerKit
beforeAll(async () => {
  kit = await openWorkerKit()
})
afterAll(() => kit.close())

const notes = (workerId: string, standing: 'LEAVING' | 'LOST'): FleetNotes => ({ [workerId]: { standing, atMs: 0, reason: null } })
const STOPPING: RunChanges = { status: 'STOPPING', phase: 'PROCESSING' }
const STOP = { type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 10 } } as const

/** Two workers with two connections each, both sending. */
const underWay = async (): Promise<{ readonly run: OwnRun; readonly first: WorkerProcess; readonly second: WorkerProcess }> => {
  const run = await kit.own({}, { workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 600 })
  const [first, second] = [run.spawn(0, 2), run.spawn(1, 2)]
  for (const groupId of [0, 1]) await run.hear('it is ready', groupId, ({ status }) => status === 'READY')
  await run.start()
  for (const groupId of [0, 1]) await run.hear('it sends', groupId, ({ operations }) => operations > 0)
  return { run, first, second }
}

describe('a worker that is told to retire', () => {
  it.each([
    ['by an event and the run', true],
    ['by the run alone', false],
  ])('%s drains, reports and exits, and the others go on', async (_, isTold) => {
    const { run, first, second } = await underWay()
    const retire = { type: 'RETIRE', data: { workerIds: ['worker-1'], drainTimeoutSeconds: 10 } } as const
    await run.change({ fleetNotes: notes('worker-1', 'LEAVING') }, isTold ? [retire] : [])
    expect(await second.exited).toMatchObject({ code: 0, output: '' })
    const left = await run.hear('it has left', 1, ({ status }) => status === 'COMPLETED')
    expect(left).toMatchObject({ lastError: null, activeConnections: 0 })
    expect(left.operationsStarted).toBe(left.operations + left.cutOff)
    const snapshots = (await run.snapshots()).filter(({ workerId }) => workerId === 'worker-1')
    expect(snapshots).toHaveLength(left.snapshotsTaken)
    expect(snapshots.reduce((sum, { operations }) => sum + operations, 0)).toBe(left.operations)

    const { operations } = await run.hear('the other is heard', 0, () => true)
    await run.hear('the other goes on', 0, beat => beat.status === 'RUNNING' && beat.operations > operations)
    await run.change(STOPPING, [STOP])
    expect((await first.exited).code).toBe(0)
    expect(await listEventsAfter(kit.control.db, run.id, 0)).toHaveLength(isTold ? 3 : 2)
  })

  it('before the start leaves without having sent anything', async () => {
    const run = await kit.own({}, { workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 })
    const worker = run.spawn(1, 2)
    await run.hear('it is ready', 1, ({ status }) => status === 'READY')
    await run.change({ fleetNotes: notes('worker-1', 'LEAVING') })
    expect((await worker.exited).code).toBe(0)
    expect(await run.hear('it has left', 1, ({ status }) => status === 'COMPLETED')).toMatchObject({ operationsStarted: 0 })
  })
})

describe('a worker that was given up', () => {
  it('stops by itself, and says why', async () => {
    const { run, first, second } = await underWay()
    await run.change({ fleetNotes: notes('worker-1', 'LOST') })
    expect(await second.exited).toMatchObject({ code: 4, output: expect.stringContaining('The run goes on without this worker') })
    const beat = await run.hear('it has said so', 1, ({ status }) => status === 'FAILED')
    expect(beat.lastError).toContain('The run goes on without this worker')
    expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
    await run.change(STOPPING, [STOP])
    expect((await first.exited).code).toBe(0)
  })
})
