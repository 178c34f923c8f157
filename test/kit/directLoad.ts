import { performance } from 'node:perf_hooks'
import { type Plan, scheduleOf, type WorkerSnapshot, workerIdOf } from '@flakebench/contract'
import { postgresEngine } from '../../worker/src/engines/postgres.ts'
import { Load } from '../../worker/src/load/load.ts'
import { openConnections, openingSessions, rehearse } from '../../worker/src/load/openConnections.ts'
import type { PreparedLoad } from '../../worker/src/load/prepareLoad.ts'
import { buildOperations, takeInTurn } from '../../worker/src/operations/buildOperations.ts'
import type { Operation } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import type { ArrivalClockKind } from '../../worker/src/pace/decideArrivalClock.ts'
import { NO_POOLS } from '../../worker/src/pools/workerPools.ts'
import type { Spool } from '../../worker/src/spool/spool.ts'

/** Where a PostgreSQL is that is to be loaded. */
export interface DirectAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface DirectOptions {
  readonly address: DirectAddress
  readonly plan: Plan
  readonly workerGroupId?: number
  readonly workerGroupCount?: number
  readonly clock?: ArrivalClockKind
  /** The agreed start, by this process's monotonic clock; left out: in a moment. */
  readonly originMs?: number
  /** Opened once the operations are known; whoever asks for it closes it. Left out: no executions are kept. */
  readonly openSpool?: (operations: readonly Operation[]) => Promise<Spool>
}

/** The load of a worker without a control database: the worker's own classes on a real engine, in this process. */
export interface DirectLoad {
  readonly load: Load
  readonly originMs: number
  /** Taken so far. */
  readonly snapshots: readonly WorkerSnapshot[]
  /** Waits for the end of the plan's load, and for its last snapshot. */
  end(): Promise<readonly WorkerSnapshot[]>
}

const RUN_ID = 'direct'
const LEAD_MS = 100
const DRAIN_MS = 10_000

const prepare = async (options: DirectOptions, workerId: string): Promise<PreparedLoad> => {
  const { address, plan, workerGroupId = 0, workerGroupCount = 1 } = options
  const engine = postgresEngine({
    ...address,
    tls: 'OFF',
    ca: null,
    connectTimeoutMs: plan.advanced.connectTimeoutSeconds * 1_000,
    statementTimeoutMs: plan.advanced.statementTimeoutSeconds * 1_000,
    applicationName: `flakebench ${workerId}`,
    plan,
  })
  const profile = await engine.profile(plan.target, plan.seed)
  const operations = buildOperations(plan, {
    profile,
    table: await engine.tableName(plan.target),
    dialect: engine.dialect,
    rangeSize: plan.advanced.rangeSize,
    owner: { runId: RUN_ID, workerGroupId, stride: workerGroupCount, attempt: 1, currentMaxKey: null },
    pools: NO_POOLS,
    quoteName: engine.quoteName,
    random: purpose => seededRandom(plan.seed, workerGroupId, purpose),
  })
  const floorMs = await rehearse(engine, operations)
  const open = openingSessions(engine, operations)
  const connections = await openConnections(engine, open, plan.targetConnections)
  return { engine, operations, nextOperation: takeInTurn(plan, operations, workerGroupId), open, connections, floorMs }
}

/** Prepares and begins; await `startHistograms` before. The plan's target connections are all this worker's. */
export const startDirectLoad = async (options: DirectOptions, begun: (load: Load) => void = () => undefined): Promise<DirectLoad> => {
  const { plan, workerGroupId = 0, workerGroupCount = 1, clock } = options
  const workerId = workerIdOf(workerGroupId)
  const prepared = await prepare(options, workerId)
  const spool = (await options.openSpool?.(prepared.operations)) ?? null
  const originMs = options.originMs ?? performance.now() + LEAD_MS
  const snapshots: WorkerSnapshot[] = []
  const load = new Load(
    {
      plan,
      identity: { runId: RUN_ID, workerId, workerGroupId, workerGroupCount, attempt: 1 },
      prepared,
      spool,
      taken: snapshot => snapshots.push(snapshot),
      ...(clock === undefined ? {} : { clock }),
    },
    scheduleOf(plan, 0),
    originMs,
  )
  begun(load)
  await load.begin(() => plan.targetConnections)
  return {
    load,
    originMs,
    snapshots,
    end: async () => {
      await load.closed
      await load.drain(DRAIN_MS, new AbortController().signal)
      await load.finish()
      return snapshots
    },
  }
}
