import { type HeldConnections, isTerminal, type Result, type RunRecord, type RunSpread } from '@flakebench/contract'
import { listWarehousePolls, type SqlClient } from '@flakebench/store'
import type { RunUsage } from '../../decide/compare/comparedRun.ts'
import { EMPTY_SPREAD } from '../../decide/compare/runSpread.ts'
import { warehouseUsageOf } from '../../decide/compare/runUsage.ts'
import { figuresOfRuns } from '../../figures/figuresOf.ts'

/** What takes reading much to know little of one run; it does not change once the run is over. */
export interface RunDigest {
  readonly spread: RunSpread
  readonly usage: RunUsage
  readonly held: HeldConnections | null
}

/** So many are remembered, those longest unused forgotten first. */
const MOST_KEPT = 200
const kept = new WeakMap<SqlClient, Map<string, RunDigest>>()

interface Digested {
  readonly run: RunRecord
  readonly result: Result | null
}

/** Of these runs, by run id. Figures of several runs are read at once; runs that are over are read once. */
export const readRunDigests = async (db: SqlClient, wanted: readonly Digested[]): Promise<Map<string, RunDigest>> => {
  const memory = kept.get(db) ?? new Map<string, RunDigest>()
  kept.set(db, memory)
  const unknown = wanted.filter(({ run }) => !memory.has(run.id))
  const figures = await figuresOfRuns(
    db,
    unknown.filter(({ result }) => result !== null).map(({ run }) => run),
    ['DIGEST'],
  )
  const made = new Map<string, RunDigest>()
  for (const { run, result } of unknown) {
    const own = figures.get(run.id)?.DIGEST ?? null
    const usage = { warehouse: await readWarehouseUsage(db, run, result), client: own?.client ?? null }
    made.set(run.id, { spread: own?.spread ?? EMPTY_SPREAD, usage, held: own?.held ?? null })
  }
  return new Map(
    wanted.map(({ run, result }) => {
      const digest = memory.get(run.id) ?? (made.get(run.id) as RunDigest)
      if (isTerminal(run.status) && result !== null && digest.spread.blocks > 0) keep(memory, run.id, digest)
      return [run.id, digest] as const
    }),
  )
}

const keep = (memory: Map<string, RunDigest>, runId: string, digest: RunDigest): void => {
  memory.delete(runId)
  memory.set(runId, digest)
  const [oldest] = memory.keys()
  if (memory.size > MOST_KEPT && oldest !== undefined) memory.delete(oldest)
}

const readWarehouseUsage = async (db: SqlClient, run: RunRecord, result: Result | null): Promise<RunUsage['warehouse']> => {
  const { startAtMs, measurementStartsAtMs } = run
  if (run.plan.target.warehouse === null || startAtMs === null || measurementStartsAtMs === null) return null
  const fromSeconds = (measurementStartsAtMs - startAtMs) / 1_000
  const measuredSeconds = result?.measuredSeconds ?? (run.nowMs - measurementStartsAtMs) / 1_000
  return warehouseUsageOf(await listWarehousePolls(db, run.id), fromSeconds, fromSeconds + measuredSeconds)
}
