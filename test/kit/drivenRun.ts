import {
  CONTROL_PACE,
  type ControlPace,
  type HeartbeatRecord,
  type Plan,
  type RunChanges,
  type RunRecord,
  type WorkerSnapshot,
  workerIdOf,
} from '@flakebench/contract'
import { claimRun, insertSnapshots, registerWorker, type SqlClient, transitionRun } from '@flakebench/store'
import { OwnedRun } from '../../server/src/orchestrator/ownedRun.ts'
import type { RunLog } from '../../server/src/orchestrator/runLog.ts'
import type { Spawner } from '../../server/src/orchestrator/spawners/spawner.ts'
import { type TickOutcome, tick } from '../../server/src/orchestrator/tick.ts'
import type { TickDeps } from '../../server/src/orchestrator/tickDeps.ts'
import { dropAfterTest } from './dropAfterTest.ts'
import { NOTHING_LEFT } from './nothingLeft.ts'
import { sampleHeartbeat } from './sampleHeartbeat.ts'
import { readRunNow, storeRun, storeTemplate } from './storedRun.ts'

/** A run in real control tables whose beats a test calls one by one, with workers that are only spoken of. */
export interface DrivenRun {
  readonly id: string
  readonly owned: OwnedRun
  /** Group ids of the workers that were started. */
  readonly started: readonly number[]
  /** What the run's log was told. */
  readonly said: readonly string[]
  readonly clock: { nowMs: number }
  beat(): Promise<TickOutcome>
  row(): Promise<RunRecord>
  /** Changes the run's row as somebody else would. */
  set(changes: RunChanges): Promise<void>
  register(workerGroupId: number): Promise<void>
  /** A worker's heartbeat that is pushed. */
  push(beat: Partial<HeartbeatRecord>): void
  keep(snapshots: readonly WorkerSnapshot[]): Promise<void>
  /** Another server's claim of the same run. */
  heir(): Promise<DrivenRun>
}

export interface DrivenOptions {
  /** What the beats reach the control database by. */
  readonly through?: (db: SqlClient, clock: { nowMs: number }) => SqlClient
  readonly pace?: ControlPace
}

const MINUTE_MS = 60_000

export const driveRun = async (
  db: SqlClient,
  change: Parameters<typeof storeTemplate>[1],
  options: DrivenOptions = {},
): Promise<DrivenRun> => {
  const plan: Plan = await storeTemplate(db, change)
  const { id } = await storeRun(db, plan)
  return await drive(db, id, options)
}

const drive = async (db: SqlClient, id: string, options: DrivenOptions): Promise<DrivenRun> => {
  await db.execute("UPDATE run_status SET lease_expires_at = DATEADD('second', -1, CURRENT_TIMESTAMP) WHERE run_id = ?", [id])
  const epoch = await claimRun(db, id, 'server-1')
  if (epoch === null) throw new Error(`run ${id} cannot be claimed`)
  const said: string[] = []
  const log: RunLog = { note: (_level, _source, message) => said.push(message), close: () => Promise.resolve() }
  const owned = new OwnedRun(id, epoch, log)
  dropAfterTest(() => Promise.resolve(owned.free()))
  const started: number[] = []
  const clock = { nowMs: MINUTE_MS }
  const spawner: Spawner = {
    start: (_run, workerGroupId) => started.push(workerGroupId),
    started: () => new Set(started.map(workerIdOf)),
    listExits: () => [],
    listAlive: () => new Set(),
    signal: () => undefined,
    forget: () => undefined,
  }
  const deps: TickDeps = {
    db: options.through?.(db, clock) ?? db,
    spawner,
    pace: options.pace ?? CONTROL_PACE.postgres,
    monotonicMs: () => clock.nowMs,
    publish: () => undefined,
    ...NOTHING_LEFT,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  }
  const row = () => readRunNow(db, id)
  return {
    id,
    owned,
    started,
    said,
    clock,
    beat: () => tick(owned, deps),
    row,
    set: async set => {
      const { version: fromVersion } = await row()
      if (!(await transitionRun(db, { runId: id, fromVersion, epoch: null, set }))) throw new Error('the run has changed meanwhile')
    },
    register: async workerGroupId => {
      await registerWorker(db, { runId: id, workerId: workerIdOf(workerGroupId), workerGroupId, host: 'elsewhere', pid: 1 })
    },
    push: beat => {
      owned.inbox.put({ heartbeat: sampleHeartbeat({ runId: id, ...beat }), snapshots: [] }, clock.nowMs)
    },
    keep: async snapshots => {
      for (let i = 0; i < snapshots.length; i += AT_ONCE) {
        await insertSnapshots(
          db,
          snapshots.slice(i, i + AT_ONCE).map(one => ({ ...one, runId: id })),
        )
      }
    },
    heir: () => drive(db, id, options),
  }
}

const AT_ONCE = 250
