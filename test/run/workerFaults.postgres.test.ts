import type { DeadWorkerPolicy, HeartbeatRecord, RunOverrides, TemplateInput } from '@flakebench/contract'
import { DEAD_WORKER_POLICIES } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

type Moment = 'STARTING' | 'READY' | 'WARMUP' | 'MEASUREMENT' | 'DRAINING'
interface Fault {
  readonly signal: 'SIGKILL' | 'SIGSTOP'
  readonly moment: Moment
  readonly policy: DeadWorkerPolicy
}

const LONG_MS = 100_000
const SLOW = 'SELECT order_id, pg_sleep(2) FROM {table} WHERE order_id = ?'
const TEMPLATES: Readonly<Record<Moment, TemplateInput>> = {
  STARTING: { load: { targetConnections: 40, warmupSeconds: 1, durationSeconds: 600 } },
  READY: { load: { targetConnections: 2, warmupSeconds: 1, durationSeconds: 600 } },
  WARMUP: { load: { targetConnections: 2, warmupSeconds: 600, durationSeconds: 600 } },
  MEASUREMENT: { load: { targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 } },
  DRAINING: {
    operations: { pointLookup: { weight: 100, sql: SLOW } },
    load: { targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 },
  },
}

const WORDS = {
  SIGKILL: /worker-1 was killed by SIGKILL/,
  SIGSTOP: /worker-1 has been silent for \d+ seconds/,
} as const

const hear = async (id: string, what: string, groupId: number, holds: (beat: HeartbeatRecord) => boolean): Promise<HeartbeatRecord> => {
  const read = async () => (await kit.heartbeats(id)).find(beat => beat.workerGroupId === groupId)
  return (await until(`worker-${groupId} of ${id} ${what}`, read, beat => beat !== undefined && holds(beat), LONG_MS)) as HeartbeatRecord
}
const processOf = async (id: string, groupId: number): Promise<number> => {
  const [found] = await until(
    `worker-${groupId} runs`,
    () => listProcessesWith(id).filter(({ command }) => command.includes(`worker-${groupId}`)),
    processes => processes.length > 0,
  )
  return found?.pid ?? 0
}

/** Brings worker-1 of a run to the moment, and lets the fault happen to it. */
const strike = async (id: string, { signal, moment }: Fault): Promise<void> => {
  const first = await processOf(id, 0)
  // The run begins as soon as all workers are ready: one is held up, so that it has not when the other is struck.
  const mustNotBegin = moment === 'STARTING' || moment === 'READY'
  if (mustNotBegin) process.kill(first, 'SIGSTOP')
  const victim = await processOf(id, 1)
  if (moment === 'STARTING') await hear(id, 'is registered', 1, () => true)
  else if (moment === 'READY') await hear(id, 'is ready', 1, ({ status }) => status === 'READY')
  else if (moment === 'DRAINING') {
    await hear(id, 'has statements under way', 1, ({ activeConnections }) => activeConnections > 0)
    await kit.stop(id)
    await hear(id, 'drains', 1, ({ status }) => status === 'DRAINING')
  } else await hear(id, 'sends', 1, ({ phase, operations }) => phase === moment && operations > 0)
  process.kill(victim, signal)
  if (mustNotBegin) process.kill(first, 'SIGCONT')
}

/** The run knows of the loss, the others send on, and whoever replaces the lost one sends as well. */
const expectGoesOn = async (id: string, policy: DeadWorkerPolicy): Promise<void> => {
  await until(
    'the loss is noted',
    async () => (await kit.record(id)).fleetNotes['worker-1']?.standing,
    standing => standing === 'LOST',
    LONG_MS,
  )
  const { operations } = await hear(id, 'is heard', 0, () => true)
  await hear(id, 'goes on', 0, beat => beat.operations > operations)
  if (policy === 'REPLACE') await hear(id, 'sends in its place', 2, beat => beat.status === 'RUNNING' && beat.operations > 0)
  expect((await kit.record(id)).status).toBe('RUNNING')
}

const expectEndsClean = async (id: string): Promise<void> => {
  // A frozen worker that nobody has ended hears of it when it goes on.
  for (const { pid } of listProcessesWith(id)) process.kill(pid, 'SIGCONT')
  await until(
    `no worker of ${id} is left`,
    () => listProcessesWith(id),
    left => left.length === 0,
  )
  for (const beat of await kit.heartbeats(id)) {
    if (beat.status === 'COMPLETED' || beat.status === 'FAILED') expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
  }
}

const MOMENTS: readonly Moment[] = ['STARTING', 'READY', 'WARMUP', 'MEASUREMENT', 'DRAINING']
/** Silence takes long to be taken for death: each moment and each policy once. */
const FROZEN: readonly Fault[] = [
  { signal: 'SIGSTOP', moment: 'READY', policy: 'FAIL' },
  { signal: 'SIGSTOP', moment: 'WARMUP', policy: 'REPLACE' },
  { signal: 'SIGSTOP', moment: 'MEASUREMENT', policy: 'CONTINUE' },
  { signal: 'SIGSTOP', moment: 'STARTING', policy: 'CONTINUE' },
  { signal: 'SIGSTOP', moment: 'DRAINING', policy: 'FAIL' },
]
const KILLED = MOMENTS.flatMap(moment => DEAD_WORKER_POLICIES.map((policy): Fault => ({ signal: 'SIGKILL', moment, policy })))
describe.concurrent('a worker that is lost', () => {
  it.each([...FROZEN, ...KILLED])(
    'by $signal in $moment, policy $policy: the load stops or goes on as it should, and all is counted',
    async fault => {
      const { moment, policy } = fault
      const overrides: RunOverrides = { workers: 2, deadWorkerPolicy: policy, shareSut: true }
      const id = await kit.prepare(overrides, { name: `${fault.signal} ${moment} ${policy}`, ...TEMPLATES[moment] })
      await kit.start(id)
      await strike(id, fault)
      const hasBegun = moment === 'WARMUP' || moment === 'MEASUREMENT'
      if (hasBegun && policy !== 'FAIL') {
        await expectGoesOn(id, policy)
        await kit.stop(id)
      }
      await until(
        `${id} is over`,
        async () => (await kit.record(id)).endedAtMs,
        atMs => atMs !== null,
        LONG_MS,
      )
      const run = await kit.read(id)
      if (!hasBegun && moment !== 'DRAINING') expect(run.status).toBe('FAILED')
      else if (hasBegun && policy === 'FAIL') expect(run).toMatchObject({ status: 'FAILED', completionReason: 'WORKER_FAILURE' })
      else if (hasBegun) expect(run).toMatchObject({ status: 'CANCELLED', completionReason: 'USER_REQUESTED' })
      if (run.status === 'FAILED') expect(run.cancellationReason).toMatch(WORDS[fault.signal])
      if (moment === 'MEASUREMENT') expect(run.result?.totalOperations).toBeGreaterThan(0)
      await expectEndsClean(id)
    },
    240_000,
  )
})
