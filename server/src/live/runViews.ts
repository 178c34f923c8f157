import { CONTROL_PACE, type HeartbeatRecord, isTerminal, type Rollup, type RunRecord } from '@flakebench/contract'
import { listHeartbeats, listHistory, type NewestWarehousePoll, readNewestWarehousePoll, readRun, type SqlClient } from '@flakebench/store'
import { isSettled } from '../decide/settled.ts'
import type { RunMemory } from '../orchestrator/recallRun.ts'
import { newestOf, type RunLiveView, readLiveView, readWorkerFigures, type WorkerFigures } from './runView.ts'

/** Runs as they are now: out of this server's memory where it drives them, which costs the control database nothing; else out of the tables. */
export interface RunViews {
  /** Null for an unknown id. */
  live(runId: string): Promise<RunLiveView | null>
  workers(run: RunRecord): Promise<{ readonly heartbeats: readonly HeartbeatRecord[]; readonly figures: WorkerFigures }>
  /** All intervals that can be shown, in order, without the figures by kind. */
  history(run: RunRecord): Promise<Rollup[]>
  /** Whether this server drives it: then a look at it costs nothing, but for a moment after a change of state. */
  isDriven(runId: string): boolean
}

/** What this server knows of the runs that it drives. */
export interface DrivenRuns {
  /** Null: it does not drive the run, or what it knows is not the newest. */
  recall(runId: string): RunMemory | null
  isDriven(runId: string): boolean
}

export const runViews = (db: SqlClient, { recall, isDriven }: DrivenRuns): RunViews => {
  const pace = CONTROL_PACE[db.engine]
  const newestPoll = pollReader(db)
  return {
    live: async runId => {
      const recalled = recall(runId)?.run ?? null
      const run = recalled ?? (await readRun(db, runId))
      if (run === null) return null
      const warehouse = run.plan.target.warehouse === null ? null : await newestPoll(runId)
      // Only now, as it may have changed while we waited.
      const memory = recall(runId)
      if (memory === null || isTerminal(run.status)) {
        const read = run === recalled ? await readRun(db, runId) : run
        return read === null ? null : await readLiveView(db, read)
      }
      const now = memory.run ?? run
      const settled = memory.rollups.filter(rollup => isSettled(now, rollup, pace))
      return {
        run: now,
        heartbeats: memory.heartbeats,
        newest: memory.shown.pick(settled, newestOf(now), performance.now()),
        result: memory.result,
        workers: { newest: memory.newestByWorker, results: new Map() },
        warehouse,
      }
    },
    workers: async run => {
      const memory = isTerminal(run.status) ? null : recall(run.id)
      if (memory !== null) return { heartbeats: memory.heartbeats, figures: { newest: memory.newestByWorker, results: new Map() } }
      const heartbeats = await listHeartbeats(db, run.id)
      return { heartbeats, figures: await readWorkerFigures(db, run, heartbeats) }
    },
    history: async run => {
      const kept = await listHistory(db, run.id)
      const memory = isTerminal(run.status) ? null : recall(run.id)
      const byIndex = new Map(kept.map(rollup => [rollup.intervalIndex, rollup]))
      for (const rollup of memory?.rollups ?? []) byIndex.set(rollup.intervalIndex, { ...rollup, byKind: [] })
      return [...byIndex.values()].sort((a, b) => a.intervalIndex - b.intervalIndex).filter(rollup => isSettled(run, rollup, pace))
    },
    isDriven,
  }
}

/** The newest looks at a run's warehouse, read no more often than the control database likes. */
const pollReader = (db: SqlClient): ((runId: string) => Promise<NewestWarehousePoll | null>) => {
  const { readSnapshotsMs } = CONTROL_PACE[db.engine]
  const read = new Map<string, { readonly atMs: number; readonly poll: NewestWarehousePoll | null }>()
  return async runId => {
    const nowMs = performance.now()
    for (const [id, { atMs }] of read) if (nowMs - atMs >= readSnapshotsMs) read.delete(id)
    const known = read.get(runId)
    if (known !== undefined) return known.poll
    const poll = await readNewestWarehousePoll(db, runId)
    read.set(runId, { atMs: performance.now(), poll })
    return poll
  }
}
