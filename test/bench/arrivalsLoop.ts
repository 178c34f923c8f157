import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import {
  type Arrival,
  addEncoded,
  type EncodedHistogram,
  LatencyHistogram,
  type Plan,
  startHistograms,
  type WorkerSnapshot,
} from '@flakebench/contract'
import { type ArrivalClockKind, decideArrivalClock } from '../../worker/src/pace/decideArrivalClock.ts'
import { startDirectLoad } from '../kit/directLoad.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import type { ArrivalFigures } from './benchArrivals.ts'

/**
 * The worker's own load in an open loop, without a control database: engine, arrival clock, recorder, snapshots each second. Usage: node --import tsx
 * arrivalsLoop.ts <url> <rate> <arrival> <connections> <seconds> [clock]; answers with one line of JSON.
 */
const [url = '', rate = '', arrival = '', connections = '', seconds = '', clockWished = ''] = process.argv.slice(2)
const WARMUP_SECONDS = 1

const planOf = (database: string): Plan => {
  const plan = samplePlan({
    load: {
      mode: 'QPS',
      targetQps: Number(rate),
      arrival: arrival as Arrival,
      warmupSeconds: WARMUP_SECONDS,
      durationSeconds: Number(seconds),
    },
    targetConnections: Number(connections),
  })
  return { ...plan, target: { ...plan.target, database } }
}

/** In microseconds. */
const percentilesOf = (all: readonly (EncodedHistogram | null | undefined)[]): { p50Us: number; p99Us: number } => {
  const sum = addEncoded(all.map(encoded => encoded ?? null))
  if (sum === null) return { p50Us: Number.NaN, p99Us: Number.NaN }
  const histogram = LatencyHistogram.decode(sum)
  return { p50Us: (histogram.percentileMs(50) ?? 0) * 1_000, p99Us: (histogram.percentileMs(99) ?? 0) * 1_000 }
}

const sumOf = (snapshots: readonly WorkerSnapshot[], figure: (of: WorkerSnapshot) => number | undefined): number =>
  snapshots.reduce((sum, snapshot) => sum + (figure(snapshot) ?? 0), 0)

await startHistograms()
const { hostname, port, username, password, pathname } = new URL(url)
const database = pathname.slice(1)
const address = { host: hostname, port: Number(port), user: username, password: decodeURIComponent(password), database }
const clock = clockWished === '' ? decideArrivalClock(availableParallelism(), 1) : (clockWished as ArrivalClockKind)
const direct = await startDirectLoad({ address, plan: planOf(database), clock }, load =>
  load.setShares([{ fromMs: 0, parts: { 'worker-0': 1 } }]),
)
const [cpuBefore, atMs] = [process.cpuUsage(), performance.now()]
await direct.load.closed
const [cpu, tookMs] = [process.cpuUsage(cpuBefore), performance.now() - atMs]
const measured = (await direct.end()).filter(({ phase }) => phase === 'MEASUREMENT')
const kinds = measured.flatMap(({ byKind }) => byKind)
const planned = sumOf(measured, ({ arrivals }) => arrivals?.planned)
const missed = sumOf(measured, ({ arrivals }) => arrivals?.missed)
const figures: ArrivalFigures = {
  clock,
  planned,
  // What the warmup left over is none of it.
  started: planned - missed,
  late: sumOf(measured, ({ arrivals }) => arrivals?.late),
  missed,
  cpuPercent: (cpu.user + cpu.system) / 10 / tookMs,
  clockError: percentilesOf(measured.map(({ arrivals }) => arrivals?.clockError)),
  response: percentilesOf(kinds.map(({ latency }) => latency)),
  service: percentilesOf(kinds.map(({ service }) => service)),
}
if (direct.load.totals.errors > 0) throw new Error(`${direct.load.totals.errors} operations failed`)
process.stdout.write(`${JSON.stringify(figures)}\n`)
process.exit()
