import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ARRIVALS, type Arrival, LATE_MS } from '@flakebench/contract'
import { withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { findPgbench, withPgbench } from './pgbench.ts'
import { median, percentile, printTable, tell } from './report.ts'

interface Percentiles {
  readonly p50Us: number
  readonly p99Us: number
}

/** What became of the arrivals of an open loop, and when. */
export interface ArrivalFigures {
  readonly clock: string
  /** By the schedule; of pgbench, which does not tell, what its rate comes to. */
  readonly planned: number
  readonly started: number
  readonly late: number
  readonly missed: number
  /** 100 = one core. */
  readonly cpuPercent: number
  /** From the intended to the actual start: of arrivals that found a connection free; of pgbench, of all. */
  readonly clockError: Percentiles
  readonly response: Percentiles
  readonly service: Percentiles
}

const LOOP = fileURLToPath(new URL('arrivalsLoop.ts', import.meta.url))
const RATES = [1_000, 5_000]
const CONNECTIONS = 32
const DEFAULT_SECONDS = 60
const US_PER_MS = 1_000
const STATEMENT =
  'SELECT "order_id", "customer_id", "status", "amount", "currency", "created_at", "updated_at", "note" FROM "public"."orders" WHERE "order_id" = :id'

const measureWorker = (url: string, rate: number, arrival: Arrival, seconds: number, clock: string | null): Promise<ArrivalFigures> =>
  new Promise((resolve, reject) => {
    const args = [url, rate, arrival, CONNECTIONS, seconds, clock ?? ''].map(String)
    const child = spawn(process.execPath, ['--import', 'tsx', LOOP, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('close', code =>
      code === 0 ? resolve(JSON.parse(output) as ArrivalFigures) : reject(new Error(`the open loop ended with ${code}`)),
    )
  })

/** Its log has a line for each transaction: client, number, latency from the intended start, script, two of its end, lag of the start; in µs. */
const readLog = (folder: string): readonly { readonly responseUs: number; readonly lagUs: number }[] =>
  readdirSync(folder)
    .filter(name => name.startsWith('pgbench_log'))
    .flatMap(name => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map(line => line.split(' ').map(Number))
    .map(([, , responseUs = Number.NaN, , , , lagUs = Number.NaN]) => ({ responseUs, lagUs }))

const percentilesOf = (values: readonly number[]): Percentiles => ({ p50Us: percentile(values, 50), p99Us: percentile(values, 99) })

const measurePgbench = (pgbench: string, url: string, rate: number, seconds: number, rows: number): Promise<ArrivalFigures> => {
  const load = { url, connections: CONNECTIONS, seconds, rows, statement: STATEMENT }
  return withPgbench(pgbench, load, ['-R', String(rate), '-l'], ({ operations, cpuSeconds, folder }) => {
    const log = readLog(folder)
    return {
      clock: 'pgbench',
      planned: rate * seconds,
      started: operations,
      late: log.filter(({ lagUs }) => lagUs > LATE_MS * US_PER_MS).length,
      missed: 0,
      cpuPercent: (cpuSeconds / seconds) * 100,
      clockError: percentilesOf(log.map(({ lagUs }) => lagUs)),
      response: percentilesOf(log.map(({ responseUs }) => responseUs)),
      service: percentilesOf(log.map(({ responseUs, lagUs }) => responseUs - lagUs)),
    }
  })
}

/** The same rates by the worker's open loop and by pgbench, in alternation; medians. */
export const benchArrivals = async ({ repeats, seconds, rows, clock }: BenchOptions): Promise<void> => {
  const pgbench = findPgbench()
  const measuredSeconds = seconds ?? DEFAULT_SECONDS
  tell(`${repeats} times ${measuredSeconds} s each, ${CONNECTIONS} connections, on ${rows} rows; medians`)
  if (pgbench === null) tell('pgbench is not installed; it is left out')
  await withBenchServer(rows, async ({ demoUrl }) => {
    const table: string[][] = []
    for (const rate of RATES) {
      const all = new Map<string, ArrivalFigures[]>()
      const add = (name: string, figures: ArrivalFigures): void => {
        all.set(name, [...(all.get(name) ?? []), figures])
        tell(`${rate}/s, ${name}: ${figures.started} of ${figures.planned} started, ${figures.late} late, ${figures.missed} missed`)
      }
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (const arrival of ARRIVALS) add(`worker, ${arrival}`, await measureWorker(demoUrl, rate, arrival, measuredSeconds, clock))
        if (pgbench !== null) add('pgbench, POISSON', await measurePgbench(pgbench, demoUrl, rate, measuredSeconds, rows))
      }
      for (const [name, figures] of all) table.push(rowOf(`${rate}/s ${name}`, figures))
    }
    printTable(HEADS, table)
    tell(
      'Started: of what was planned. Late: by more than 10 ms. Times in µs: the clock’s error, response from the intended start, service from the actual one.',
    )
    tell('pgbench draws its arrivals anew each time, so its plan is the mean: with Poisson arrivals the count itself varies.')
  })
}

const HEADS = [
  'rate',
  'clock',
  'started %',
  'late',
  'missed',
  'error p50',
  'error p99',
  'response p50',
  'response p99',
  'service p50',
  'service p99',
  'CPU %',
]

const rowOf = (name: string, all: readonly ArrivalFigures[]): string[] => {
  const middle = (figure: (of: ArrivalFigures) => number, decimals = 0): string => median(all.map(figure)).toFixed(decimals)
  return [
    name,
    all[0]?.clock ?? '',
    middle(({ started, planned }) => (started / planned) * 100, 3),
    middle(({ late }) => late),
    middle(({ missed }) => missed),
    middle(({ clockError }) => clockError.p50Us),
    middle(({ clockError }) => clockError.p99Us),
    middle(({ response }) => response.p50Us),
    middle(({ response }) => response.p99Us),
    middle(({ service }) => service.p50Us),
    middle(({ service }) => service.p99Us),
    middle(({ cpuPercent }) => cpuPercent, 1),
  ]
}
