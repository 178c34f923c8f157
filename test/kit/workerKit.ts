import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type {
  ControlCommand,
  HeartbeatRecord,
  Plan,
  RunChanges,
  RunOverrides,
  RunRecord,
  TemplateInput,
  WorkerSnapshot,
} from '@flakebench/contract'
import { scheduleOf, workerIdOf } from '@flakebench/contract'
import {
  claimRun,
  insertRun,
  insertTemplate,
  listHeartbeats,
  newCredentialKey,
  newId,
  putConnection,
  readClock,
  renewLease,
  sealSecret,
  transitionRun,
} from '@flakebench/store'
import { listAllSnapshots } from './allSnapshots.ts'
import { type FreshControlDatabase, freshControlDatabase } from './controlDatabase.ts'
import { killHard } from './embeddedHome.ts'
import { until } from './processes.ts'
import { SECRETS } from './secretSearch.ts'
import { readRunNow } from './storedRun.ts'
import { type FreshSutDatabase, freshSutDatabase } from './sutDatabase.ts'
import { SMALLEST, soundPlan, soundTemplate } from './templateInput.ts'

const MAIN = fileURLToPath(new URL('../../worker/dist/main.js', import.meta.url))
const START_MARGIN_MS = 1_000
const STARTING: RunChanges = { status: 'STARTING', startRequestedAt: 'now' }

export interface WorkerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

export interface WorkerProcess {
  readonly workerId: string
  readonly pid: number
  readonly exited: Promise<WorkerExit>
}

/** A run whose owner is the test. */
export interface OwnRun {
  readonly id: string
  readonly plan: Plan
  /** Starts the process of a worker. */
  spawn(workerGroupId: number, workerGroupCount: number): WorkerProcess
  /** Changes the run as its owner. */
  change(set: RunChanges, commands?: readonly ControlCommand[]): Promise<void>
  /** Agrees on a start a moment from now. */
  start(set?: RunChanges): Promise<void>
  /** Since the agreed start, by the control database's clock. */
  sinceStartMs(): Promise<number>
  /** Waits until the last heartbeat of a worker is so. */
  hear(what: string, workerGroupId: number, holds: (beat: HeartbeatRecord) => boolean): Promise<HeartbeatRecord>
  snapshots(): Promise<readonly WorkerSnapshot[]>
  record(): Promise<RunRecord>
  /** Prolongs the test's lease. */
  renew(): Promise<void>
}

/** Real workers, a control database and a system under test; no server: the test says what they hear. */
export interface WorkerKit {
  readonly control: FreshControlDatabase
  /** A run in STARTING, owned by the test. */
  own(change?: TemplateInput, overrides?: RunOverrides): Promise<OwnRun>
  /** Ends what is left of the workers, removes everything. */
  close(): Promise<void>
}

/** @param environment of the workers, besides what each needs */
export const openWorkerKit = async (environment: Readonly<Record<string, string>> = {}): Promise<WorkerKit> => {
  const control = await freshControlDatabase()
  const sut = await freshSutDatabase({ rows: 1_000 })
  const key = newCredentialKey()
  SECRETS.note('the key that seals secrets', key)
  const connectionId = await saveConnection(control, sut, key)
  const living = new Set<number>()

  const start = (runId: string, workerGroupId: number, workerGroupCount: number): WorkerProcess => {
    const workerId = workerIdOf(workerGroupId)
    const args = ['--run-id', runId, '--worker-id', workerId, '--worker-group-id', String(workerGroupId)]
    const child = spawn(process.execPath, [MAIN, ...args, '--worker-group-count', String(workerGroupCount)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', CONTROL_DATABASE_URL: control.url, FLAKEBENCH_CREDENTIAL_KEY: key, ...environment },
    })
    const pid = child.pid as number
    living.add(pid)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    const exited = new Promise<WorkerExit>(resolve =>
      child.on('close', (code, signal) => {
        living.delete(pid)
        SECRETS.lookIn('what a worker wrote', output)
        resolve({ code, signal, output })
      }),
    )
    return { workerId, pid, exited }
  }

  const own: WorkerKit['own'] = async (change = {}, overrides = {}) => {
    const { db } = control
    const templateId = newId()
    await insertTemplate(db, templateId, soundTemplate(SMALLEST))
    const target = { table: 'orders', connectionId, ...change.target }
    const plan = { ...soundPlan({ ...SMALLEST, ...change, target }, overrides), templateId, templateVersion: 1 }
    const id = newId()
    await insertRun(db, id, 'orders', plan)
    await transitionRun(db, { runId: id, fromVersion: (await readRunNow(db, id)).version, epoch: null, set: STARTING })
    const epoch = await claimRun(db, id, 'test')
    if (epoch === null) throw new Error('the run has an owner')
    const write: OwnRun['change'] = async (set, commands = []) => {
      const { version } = await readRunNow(db, id)
      if (!(await transitionRun(db, { runId: id, fromVersion: version, epoch, set, commands }))) throw new Error('the run is not ours')
    }
    return {
      id,
      plan,
      spawn: (workerGroupId, workerGroupCount) => start(id, workerGroupId, workerGroupCount),
      change: write,
      start: async set => {
        const startAtMs = (await readClock(db)) + START_MARGIN_MS
        await write({ status: 'RUNNING', phase: 'WARMUP', startAtMs, ...set }, [{ type: 'START', data: scheduleOf(plan, startAtMs) }])
      },
      sinceStartMs: async () => (await readClock(db)) - ((await readRunNow(db, id)).startAtMs ?? Number.NaN),
      hear: async (what, workerGroupId, holds) => {
        const read = async () => (await listHeartbeats(db, id)).find(beat => beat.workerGroupId === workerGroupId)
        const beat = await until(what, read, found => found !== undefined && holds(found))
        return beat as HeartbeatRecord
      },
      snapshots: () => listAllSnapshots(db, id),
      record: () => readRunNow(db, id),
      renew: async () => {
        await renewLease(db, id, epoch)
      },
    }
  }

  return {
    control,
    own,
    close: async () => {
      for (const pid of living) await killHard(pid)
      await control.drop()
      await sut.drop()
    },
  }
}

const saveConnection = async ({ db }: FreshControlDatabase, sut: FreshSutDatabase, key: string): Promise<string> => {
  const id = newId()
  await putConnection(db, {
    id,
    name: 'System under test',
    type: 'POSTGRES',
    settings: { host: sut.host, port: sut.port, user: sut.user, database: sut.database, tls: 'OFF', ca: null },
    sealedCredentials: sealSecret(sut.password, id, key),
  })
  return id
}
