import { type ControlCommand, scheduleOf } from '@flakebench/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LIGHT } from '../kit/lightLoad.ts'
import { openWorkerKit, type WorkerKit } from '../kit/workerKit.ts'

let kit: WorkerKit
beforeAll(async () => {
  kit = await openWorkerKit()
})
afterAll(() => kit.close())

const setTarget = (connections: number): ControlCommand => ({ type: 'SET_WORKER_TARGET', data: { targets: { 'worker-0': connections } } })

it('a worker that is told things twice and in another order does as the run says, begins once and ends once', async () => {
  const run = await kit.own(LIGHT, { workers: 1, warmupSeconds: 0, durationSeconds: 600 })
  const worker = run.spawn(0, 1)
  await run.hear('it is ready', 0, ({ status }) => status === 'READY')
  await run.start({ workerTargets: { 'worker-0': 1 } })
  const begun = await run.hear('it sends', 0, ({ operations }) => operations > 0)
  const { startAtMs } = await run.record()
  const start: ControlCommand = { type: 'START', data: scheduleOf(run.plan, startAtMs ?? 0) }
  const workerTargets = { 'worker-0': 3 }
  await run.change({ workerTargets }, [setTarget(3)])
  await run.hear('it has heard', 0, ({ targetConnections }) => targetConnections === 3)

  // All of it once more: what is older comes last.
  await run.change({ workerTargets }, [setTarget(3), start, setTarget(2), start, setTarget(1)])
  const { nextSequenceId } = await run.record()
  const again = await run.hear('it has heard all', 0, ({ appliedSequenceId }) => appliedSequenceId === nextSequenceId - 1)
  expect(again).toMatchObject({ status: 'RUNNING', startOffsetMs: begun.startOffsetMs, targetConnections: 3 })
  await run.hear('three are in use', 0, ({ activeConnections, operations }) => activeConnections === 3 && operations > again.operations)

  const stop: ControlCommand = { type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 10 } }
  await run.change({ status: 'STOPPING', phase: 'PROCESSING' }, [stop, start, stop, setTarget(2)])
  expect(await worker.exited).toMatchObject({ code: 0, output: '' })
  const ended = await run.hear('it has ended', 0, ({ status }) => status === 'COMPLETED')
  expect(ended).toMatchObject({ activeConnections: 0, lastError: null, startOffsetMs: begun.startOffsetMs })
  expect(ended.operationsStarted).toBe(ended.operations + ended.cutOff)
  const snapshots = await run.snapshots()
  expect(snapshots.map(({ sequence }) => sequence)).toEqual(snapshots.map((_, i) => i))
  expect(snapshots.reduce((sum, { operations }) => sum + operations, 0)).toBe(ended.operations)
})
