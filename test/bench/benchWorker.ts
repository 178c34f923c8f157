import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readCpuMs } from '../kit/processes.ts'
import { type BenchServer, withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { findPgbench, runPgbench } from './pgbench.ts'
import { median, printTable, tell } from './report.ts'

/** One measurement of a client. */
export interface Measured {
  readonly perSecond: number
  /** CPU time of the client process for one operation. */
  readonly cpuUs: number
}

const BARE_LOOP = fileURLToPath(new URL('bareLoop.ts', import.meta.url))
const DEFAULT_SECONDS = 5
const US_PER_PERCENT = 10_000

/** The worker's own statement, without its mark. */
const lookup = (key: string): string =>
  `SELECT "order_id", "customer_id", "status", "amount", "currency", "created_at", "updated_at", "note" FROM "public"."orders" WHERE "order_id" = ${key}`

/** The worker as it ships, in a whole run: server, heartbeats, histograms and all. */
const measureWorker = async (
  bench: BenchServer,
  targetConnections: number,
  seconds: number,
): Promise<Measured & { serverCpuPercent: number }> => {
  const id = await bench.prepare({ workers: 1, targetConnections, warmupSeconds: 1, durationSeconds: seconds })
  const cpuBeforeMs = readCpuMs(bench.server.pid)
  const beganMs = performance.now()
  await bench.start(id)
  const { result } = await bench.end(id)
  const serverCpuPercent = (100 * (readCpuMs(bench.server.pid) - cpuBeforeMs)) / (performance.now() - beganMs)
  const [row] = await bench.db.query(
    `SELECT avg((client_health->>'cpuPercent')::double precision) AS cpu_percent FROM worker_metrics_snapshots WHERE run_id = ? AND phase = 'MEASUREMENT'`,
    [id],
  )
  const perSecond = (result?.totalOperations ?? 0) / seconds
  return { perSecond, cpuUs: (Number(row?.['cpu_percent']) * US_PER_PERCENT) / perSecond, serverCpuPercent }
}

const measureBareLoop = (url: string, connections: number, seconds: number, rows: number): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const args = [url, String(connections), String(seconds), String(rows), lookup('$1')]
    const child = spawn(process.execPath, ['--import', 'tsx', BARE_LOOP, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('close', code =>
      code === 0 ? resolve(JSON.parse(output) as Measured) : reject(new Error(`the bare loop ended with ${code}`)),
    )
  })

/** The same point lookups by three clients, in alternation; medians, and the ratios of neighbours. */
export const benchWorker = async ({ repeats, seconds, connections, rows }: BenchOptions): Promise<void> => {
  const pgbench = findPgbench()
  const measuredSeconds = seconds ?? DEFAULT_SECONDS
  tell(`${repeats} times ${measuredSeconds} s each, on ${rows} rows; medians`)
  if (pgbench === null) tell('pgbench is not installed; it is left out')
  await withBenchServer(rows, async bench => {
    const table: string[][] = []
    for (const count of connections) {
      const [worker, bare, yardstick] = [[] as Measured[], [] as Measured[], [] as Measured[]]
      const serverCpu: number[] = []
      for (let repeat = 0; repeat < repeats; repeat++) {
        const shipped = await measureWorker(bench, count, measuredSeconds)
        worker.push(shipped)
        serverCpu.push(shipped.serverCpuPercent)
        bare.push(await measureBareLoop(bench.demoUrl, count, measuredSeconds, rows))
        if (pgbench === null) continue
        yardstick.push(
          await runPgbench(pgbench, { url: bench.demoUrl, connections: count, seconds: measuredSeconds, rows, statement: lookup(':id') }),
        )
      }
      tell(
        `${count} connections: ${worker.map(({ perSecond }, i) => `${Math.round(perSecond)}/${Math.round(bare[i]?.perSecond ?? 0)}/${Math.round(yardstick[i]?.perSecond ?? 0)}`).join(' ')}`,
      )
      table.push([
        String(count),
        ...[worker, bare, yardstick].map(all =>
          figure(
            all.map(one => one.perSecond),
            0,
          ),
        ),
        figure(ratios(worker, bare), 2),
        figure(ratios(worker, yardstick), 2),
        ...[worker, bare, yardstick].map(all =>
          figure(
            all.map(one => one.cpuUs),
            1,
          ),
        ),
        figure(serverCpu, 1),
      ])
    }
    printTable(
      [
        'connections',
        'worker/s',
        'bare/s',
        'pgbench/s',
        'worker/bare',
        'worker/pgbench',
        'worker µs',
        'bare µs',
        'pgbench µs',
        'server CPU %',
      ],
      table,
    )
    tell('µs: CPU time of the client process for one operation. Ratios are medians of the ratios of neighbours.')
  })
}

const figure = (values: readonly number[], decimals: number): string => (values.length === 0 ? '-' : median(values).toFixed(decimals))

const ratios = (some: readonly Measured[], others: readonly Measured[]): number[] =>
  others.map((other, i) => (some[i]?.perSecond ?? Number.NaN) / other.perSecond)
