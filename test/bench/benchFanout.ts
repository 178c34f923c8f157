import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type DocumentNode, print } from 'graphql'
import { runUpdatedSubscription } from '../../client/src/api/documents/runDocuments.ts'
import { readCpuMs, until } from '../kit/processes.ts'
import { type BenchServer, withBenchServer } from './benchServer.ts'
import type { Closed, Delivered } from './fanout/subscriberProcess.ts'
import { type Subscribers, startSubscribers } from './fanout/subscribers.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile, printTable, tell } from './report.ts'

const DEFAULT_SECONDS = 15
const DEFAULT_WORKERS = 4
const SUBSCRIBERS = 1_000
const PROCESSES = 4
const MOST_ROWS = 10_000
/** From here on an update of a run under way comes each second. */
const SETTLING_MS = 2_000
/** Seldomer than a subscriber has to answer, and often enough to hear why it is given up before its socket is cut (half a minute later). */
const SLOW_READS_MS = 20_000
const MOST_SLOW_MS = 120_000
const LONGEST_SECONDS = 3_600

interface Way {
  readonly name: string
  readonly port: number
  readonly pid: number
}

interface Measured {
  readonly latenciesMs: readonly number[]
  readonly cores: number
  readonly lost: number
  readonly updates: number
  readonly bytes: number
}

const PLAIN_SERVER = fileURLToPath(new URL('fanout/plainServer.ts', import.meta.url))
const QUERY = print(runUpdatedSubscription as unknown as DocumentNode)

/**
 * One live run and 1,000 that follow it, as the console does: by the server as it ships, and by graphql-ws as it comes, in turn. One more reads far too slowly
 * meanwhile.
 * CPU is that of the server beyond what one subscriber costs.
 */
export const benchFanout = async ({ seconds, workers, repeats, rows }: BenchOptions): Promise<void> => {
  const measuredSeconds = seconds ?? DEFAULT_SECONDS
  await withBenchServer(Math.min(rows, MOST_ROWS), async bench => {
    const runId = await startQuietRun(bench, workers ?? DEFAULT_WORKERS)
    const plain = fork(PLAIN_SERVER, [bench.controlUrl], { execArgv: ['--import', 'tsx'] })
    const plainPort = portOf(plain)
    const crowd = await Promise.all(Array.from({ length: PROCESSES }, startSubscribers))
    const slow = await startSubscribers()
    try {
      const ways: readonly Way[] = [
        { name: 'shared, as it ships', port: bench.server.port, pid: bench.server.pid },
        { name: 'graphql-ws as it comes', port: await plainPort, pid: plain.pid as number },
      ]
      const found = new Map<Way, Measured[]>(ways.map(way => [way, []]))
      const [shipped] = ways
      if (shipped !== undefined) await slow.open({ url: urlOf(shipped.port), query: QUERY, runId, sockets: 1 })
      slow.readSeldom(SLOW_READS_MS)
      for (let i = 0; i < repeats; i++) {
        for (const way of ways) found.get(way)?.push(await measureWay(way, crowd, runId, measuredSeconds))
        tell(`${i + 1} of ${repeats}`)
      }
      report(found)
      const { closed } = await until(
        'the slow subscriber is given up',
        () => slow.tell(),
        ({ closed }) => closed.length > 0,
        MOST_SLOW_MS,
      )
      for (const one of closed) tell(`the subscriber that read once in ${SLOW_READS_MS / 1_000} s ${endOf(one)}`)
    } finally {
      for (const one of [...crowd, slow]) one.end()
      plain.kill('SIGKILL')
      await bench.stop(runId)
      await bench.end(runId)
    }
  })
}

/** Its load is not what is measured. */
const startQuietRun = async (bench: BenchServer, workers: number): Promise<string> => {
  const runId = await bench.prepare({ workers, targetQps: 20 * workers, warmupSeconds: 0, durationSeconds: LONGEST_SECONDS }, 'Steady rate')
  await bench.start(runId)
  await until(
    'the run is measured',
    () => bench.record(runId),
    ({ phase }) => phase === 'MEASUREMENT',
  )
  return runId
}

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('message', port => resolve(Number(port)))
    child.once('exit', code => reject(new Error(`the plain server ended with ${code}`)))
  })

/** 1006 is no word of the server: the socket was cut before the subscriber had read why. */
const endOf = ({ code, reason, afterMs }: Closed): string =>
  code === 1006
    ? `was cut off after ${(afterMs / 1_000).toFixed(0)} s, and had not read why (1006)`
    : `was told after ${(afterMs / 1_000).toFixed(0)} s: ${code} ${reason}`

const urlOf = (port: number): string => `ws://127.0.0.1:${port}/graphql`

const measureWay = async ({ port, pid }: Way, crowd: readonly Subscribers[], runId: string, seconds: number): Promise<Measured> => {
  const [first] = crowd
  if (first === undefined) throw new Error('nobody subscribes')
  const where = { url: urlOf(port), query: QUERY, runId }
  await first.open({ ...where, sockets: 1 })
  const alone = await measureSpan([first], pid, seconds)
  await Promise.all(crowd.map(one => one.open({ ...where, sockets: SUBSCRIBERS / PROCESSES })))
  const all = await measureSpan(crowd, pid, seconds)
  await Promise.all(crowd.map(one => one.close()))
  const moments = all.told.flatMap(told => told.moments)
  return {
    latenciesMs: all.told.flatMap(told => told.latenciesMs),
    cores: all.cores - alone.cores,
    ...countLost(moments),
    bytes: all.told[0]?.bytes ?? 0,
  }
}

const measureSpan = async (
  crowd: readonly Subscribers[],
  pid: number,
  seconds: number,
): Promise<{ readonly cores: number; readonly told: readonly Delivered[] }> => {
  await pause(SETTLING_MS)
  const [cpuMs, atMs] = [readCpuMs(pid), performance.now()]
  for (const one of crowd) one.measure()
  await pause(seconds * 1_000)
  const cores = (readCpuMs(pid) - cpuMs) / (performance.now() - atMs)
  return { cores, told: await Promise.all(crowd.map(one => one.tell())) }
}

/** An update that came to some and not to all is lost to those. The first and the last are cut by the edges of the measurement. */
const countLost = (moments: readonly (readonly string[])[]): { readonly updates: number; readonly lost: number } => {
  const counts = new Map<string, number>()
  for (const moment of moments.flat()) counts.set(moment, (counts.get(moment) ?? 0) + 1)
  const inside = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).slice(1, -1)
  return { updates: inside.length, lost: inside.reduce((sum, [, count]) => sum + Math.max(moments.length - count, 0), 0) }
}

const report = (found: ReadonlyMap<Way, readonly Measured[]>): void => {
  const of = (measured: readonly Measured[], read: (one: Measured) => number): number => median(measured.map(read))
  printTable(
    ['1,000 subscribers, medians', 'p50 ms', 'p99 ms', 'most ms', 'CPU cores', 'least', 'most', 'updates', 'lost', 'KB'],
    [...found].map(([{ name }, measured]) => [
      name,
      of(measured, one => percentile(one.latenciesMs, 50)).toFixed(0),
      of(measured, one => percentile(one.latenciesMs, 99)).toFixed(0),
      of(measured, one => percentile(one.latenciesMs, 100)).toFixed(0),
      of(measured, one => one.cores).toFixed(3),
      Math.min(...measured.map(one => one.cores)).toFixed(3),
      Math.max(...measured.map(one => one.cores)).toFixed(3),
      String(measured.reduce((sum, one) => sum + one.updates, 0)),
      String(measured.reduce((sum, one) => sum + one.lost, 0)),
      (of(measured, one => one.bytes) / 1_024).toFixed(1),
    ]),
  )
}
