import { performance } from 'node:perf_hooks'
import { addEncoded, type EncodedHistogram, LatencyHistogram, type Plan, scheduleOf, startHistograms } from '@flakebench/contract'
import { engineOf } from '../../worker/src/engines/engines.ts'
import { Load } from '../../worker/src/load/load.ts'
import { openConnections, openingSessions, rehearse } from '../../worker/src/load/openConnections.ts'
import type { PreparedLoad } from '../../worker/src/load/prepareLoad.ts'
import { buildOperations, takeInTurn } from '../../worker/src/operations/buildOperations.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { NO_POOLS } from '../../worker/src/pools/workerPools.ts'
import { measureSpan } from './measuredSpan.ts'
import { connectionTo, lookupPlan, PASSWORD } from './snowflakeLookup.ts'

/**
 * The worker's own load, without a control database: engine, closed loops, recorder, snapshots each second. Usage: node --import tsx
 * snowflakeWorkerLoop.ts <url> <connections> <seconds>; no seconds: only until all connections are ready. Answers with one line of JSON.
 */
const [accessUrl = '', connections = '', seconds = '0'] = process.argv.slice(2)
const beganMs = performance.now()

const prepare = async (plan: Plan): Promise<PreparedLoad> => {
  const engine = engineOf({
    connection: connectionTo(accessUrl),
    secret: PASSWORD,
    tokenFolder: null,
    plan,
    runId: 'bench',
    workerId: 'worker-0',
  })
  const profile = await engine.profile(plan.target, plan.seed)
  const operations = buildOperations(plan, {
    profile,
    table: await engine.tableName(plan.target),
    dialect: engine.dialect,
    rangeSize: plan.advanced.rangeSize,
    owner: { runId: 'bench', workerGroupId: 0, stride: 1, attempt: 1, currentMaxKey: null },
    pools: NO_POOLS,
    quoteName: engine.quoteName,
    random: purpose => seededRandom(plan.seed, 0, purpose),
  })
  const floorMs = await rehearse(engine, operations)
  const open = openingSessions(engine, operations)
  rampFromMs = performance.now()
  const opened = await openConnections(engine, open, plan.targetConnections)
  return { engine, operations, nextOperation: takeInTurn(plan, operations, 0), open, connections: opened, floorMs }
}

const p50Of = (all: readonly (EncodedHistogram | null)[]): number | null => {
  const sum = addEncoded(all)
  return sum === null ? null : LatencyHistogram.decode(sum).percentileMs(50)
}

let rampFromMs = 0
await startHistograms()
const plan = lookupPlan(Number(connections), Number(seconds))
const prepared = await prepare(plan)
const readyMs = performance.now()
const ready = { rampSeconds: (readyMs - rampFromMs) / 1_000, readySeconds: (readyMs - beganMs) / 1_000, floorMs: prepared.floorMs }
if (Number(seconds) === 0) {
  await Promise.all(prepared.connections.map(connection => connection.close()))
  process.stdout.write(`${JSON.stringify(ready)}\n`)
  process.exit()
}
const latencies: (EncodedHistogram | null)[] = []
let retried = 0
const load = new Load(
  {
    plan,
    identity: { runId: 'bench', workerId: 'worker-0', workerGroupId: 0, workerGroupCount: 1, attempt: 1 },
    prepared,
    spool: null,
    taken: ({ phase, byKind, retriedOperations }) => {
      if (phase !== 'MEASUREMENT') return
      latencies.push(...byKind.map(({ latency }) => latency))
      retried += retriedOperations
    },
  },
  scheduleOf(plan, 0),
  performance.now(),
)
await load.begin(() => plan.targetConnections)
await new Promise(resolve => setTimeout(resolve, plan.load.warmupSeconds * 1_000 + 1_000))
const figures = await measureSpan(Number(seconds), () => load.totals.operations)
load.stopSending()
await load.drain(5_000, new AbortController().signal)
await load.finish()
// The loops have said goodbye, and nobody has waited for it.
await Promise.all(prepared.connections.map(connection => connection.close()))
if (load.totals.errors > 0) throw new Error(`${load.totals.errors} operations failed`)
process.stdout.write(`${JSON.stringify({ ...ready, ...figures, p50Ms: p50Of(latencies), retried })}\n`)
process.exit()
