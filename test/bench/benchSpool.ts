import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { openSpool } from '../../worker/src/spool/spool.ts'
import { type BenchServer, withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { median, printTable, tell } from './report.ts'

/** One run, with its executions kept or not. */
interface SpoolRun {
  readonly perSecond: number
  /** CPU time of the worker for one operation. */
  readonly cpuUs: number
  /** The smallest in any second of the measurement, as a share of the target. */
  readonly leastActive: number
  /** Where they are kept: in the table at the end, of all that were counted. */
  readonly loaded: number
  readonly expected: number
}

/** A stretch of the load alone. */
export interface SpoolStretch {
  readonly isKept: boolean
  readonly perSecond: number
  readonly cpuUs: number
  readonly leastActive: number
  readonly dropped: number
}

const LOOP = fileURLToPath(new URL('spoolLoop.ts', import.meta.url))
const CONNECTIONS = 32
const STRETCH_SECONDS = 3
const PAIRS_PER_REPEAT = 2
const DEFAULT_SECONDS = 10
const US_PER_PERCENT = 10_000
const ADDS = 2_000_000
const ADDS_AT_ONCE = 5_000
const UUID = '01b2c3d4-0506-0708-090a-0b0c0d0e0f10'

/** The worker as it ships, in a whole run. */
const measureRun = async (bench: BenchServer, keepExecutions: boolean, seconds: number): Promise<SpoolRun> => {
  const id = await bench.prepare({ workers: 1, targetConnections: CONNECTIONS, warmupSeconds: 2, durationSeconds: seconds, keepExecutions })
  await bench.start(id)
  const { result } = await bench.end(id)
  const [row] = await bench.db.query(
    `SELECT avg((client_health->>'cpuPercent')::double precision) AS cpu_percent, min(active_connections::double precision / target_connections) AS least
     FROM worker_metrics_snapshots WHERE run_id = ? AND phase = 'MEASUREMENT'`,
    [id],
  )
  const [kept] = await bench.db.query('SELECT executions FROM test_results WHERE run_id = ? AND test_id = run_id', [id])
  const { loaded = 0, expected = 0 } = (kept?.['executions'] ?? {}) as { loaded?: number; expected?: number }
  const perSecond = (result?.totalOperations ?? 0) / seconds
  return {
    perSecond,
    cpuUs: (Number(row?.['cpu_percent']) * US_PER_PERCENT) / perSecond,
    leastActive: Number(row?.['least']),
    loaded,
    expected,
  }
}

/** What keeping one execution costs the event loop, and the whole process with its writing thread; µs. */
const measureAdd = async (queryId: string | null): Promise<{ readonly loopUs: number; readonly cpuUs: number }> => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-bench-spool-'))
  const spool = await openSpool({
    folder,
    identity: { runId: 'bench', workerId: 'worker-0', attempt: 1 },
    statements: [{ operationIndex: 0, kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operationType: 'READ', sql: '' }],
    limitBytes: Number.MAX_SAFE_INTEGER,
    log: (_, __, words) => tell(words),
  })
  let loopMs = 0
  const before = process.cpuUsage()
  for (let done = 0; done < ADDS; done += ADDS_AT_ONCE) {
    const beganMs = performance.now()
    for (let i = 0; i < ADDS_AT_ONCE; i++) {
      const atMs = done + i + 0.5
      spool.add(0, i & 31, 'MEASUREMENT', true, true, false, atMs, atMs, atMs + 1.25, 1, null, null, queryId)
    }
    loopMs += performance.now() - beganMs
    await new Promise(resolve => setImmediate(resolve))
    // A disk that cannot keep up with this is waited for: it is asked for what no worker does.
    while (done - spool.report().spooled > ADDS_AT_ONCE * 8 && spool.report().state === 'WRITING')
      await new Promise(resolve => setImmediate(resolve))
  }
  await spool.close()
  const cpu = process.cpuUsage(before)
  const { spooled, dropped } = spool.report()
  if (dropped > 0) tell(`${dropped} of ${spooled + dropped} were dropped`)
  rmSync(folder, { recursive: true, force: true })
  return { loopUs: (loopMs * 1_000) / ADDS, cpuUs: (cpu.user + cpu.system) / ADDS }
}

/** Short stretches of the worker's load alone, in one process. */
const measureStretches = (url: string, pairs: number): Promise<SpoolStretch[]> =>
  new Promise((resolve, reject) => {
    const args = [url, CONNECTIONS, STRETCH_SECONDS, pairs].map(String)
    const child = spawn(process.execPath, ['--import', 'tsx', LOOP, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('close', code => {
      if (code !== 0) reject(new Error(`the stretches ended with ${code}`))
      else
        resolve(
          output
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line) as SpoolStretch),
        )
    })
  })

const tellStretches = (stretches: readonly SpoolStretch[]): void => {
  const kept = stretches.filter(one => one.isKept)
  const unkept = stretches.filter(one => !one.isKept)
  const row = (name: string, of: readonly SpoolStretch[]): string[] => [
    name,
    median(of.map(one => one.perSecond)).toFixed(0),
    median(of.map(one => one.cpuUs)).toFixed(2),
    (Math.min(...of.map(one => one.leastActive)) * 100).toFixed(1),
    String(of.reduce((sum, one) => sum + one.dropped, 0)),
  ]
  printTable(['the load alone', 'operations/s', 'worker µs', 'least active %', 'dropped'], [row('kept', kept), row('not kept', unkept)])
  const ratios = kept.map((one, i) => one.perSecond / (unkept[i]?.perSecond ?? Number.NaN))
  tell(`kept ÷ not kept: ${median(ratios).toFixed(3)} (median of neighbours: ${ratios.map(ratio => ratio.toFixed(3)).join(' ')})`)
}

/** Runs with executions kept and without, in turn; and what keeping one costs. */
export const benchSpool = async ({ repeats, seconds, rows }: BenchOptions): Promise<void> => {
  for (const [name, queryId] of [
    ['without a query id', null],
    ['with one', UUID],
  ] as const) {
    const costs: Awaited<ReturnType<typeof measureAdd>>[] = []
    for (let i = 0; i < 3; i++) costs.push(await measureAdd(queryId))
    const [loopUs, cpuUs] = [median(costs.map(one => one.loopUs)), median(costs.map(one => one.cpuUs))]
    tell(`keeping one execution (${name}): ${loopUs.toFixed(3)} µs of the event loop, ${cpuUs.toFixed(3)} µs of CPU with its writing`)
  }
  const measuredSeconds = seconds ?? DEFAULT_SECONDS
  tell(`${repeats} times ${measuredSeconds} s each at ${CONNECTIONS} connections, on ${rows} rows; medians`)
  const [kept, unkept] = [[] as SpoolRun[], [] as SpoolRun[]]
  await withBenchServer(rows, async bench => {
    tellStretches(await measureStretches(bench.demoUrl, repeats * PAIRS_PER_REPEAT))
    // What is cold is nobody's.
    await measureRun(bench, true, 2)
    for (let repeat = 0; repeat < repeats; repeat++) {
      const keptFirst = repeat % 2 === 0
      for (const keep of [keptFirst, !keptFirst]) {
        const measured = await measureRun(bench, keep, measuredSeconds)
        const into = keep ? kept : unkept
        into.push(measured)
        tell(
          `${keep ? 'kept    ' : 'not kept'} ${Math.round(measured.perSecond)}/s, least active ${(measured.leastActive * 100).toFixed(1)} %` +
            (keep ? `, ${measured.loaded} of ${measured.expected} loaded` : ''),
        )
      }
    }
  })
  const line = (name: string, runs: readonly SpoolRun[]): string[] => [
    name,
    median(runs.map(one => one.perSecond)).toFixed(0),
    median(runs.map(one => one.cpuUs)).toFixed(2),
    (Math.min(...runs.map(one => one.leastActive)) * 100).toFixed(1),
  ]
  printTable(['executions', 'operations/s', 'worker µs', 'least active %'], [line('kept', kept), line('not kept', unkept)])
  const ratios = kept.map((one, i) => one.perSecond / (unkept[i]?.perSecond ?? Number.NaN))
  tell(`kept ÷ not kept: ${median(ratios).toFixed(3)} (median of neighbours: ${ratios.map(ratio => ratio.toFixed(3)).join(' ')})`)
  tell('µs: CPU time of the worker for one operation. Least active: operations in flight at the end of any second, of the target.')
}
