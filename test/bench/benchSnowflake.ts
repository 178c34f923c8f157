import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { newHome } from '../kit/startServer.ts'
import type { ClientFigures } from './measuredSpan.ts'
import type { BenchOptions } from './options.ts'
import { median, printTable, tell } from './report.ts'
import { ROWS } from './snowflakeLookup.ts'

const IN_FLIGHT = [1, 16, 64, 256]
const DEFAULT_SECONDS = 5
const RAMP_CONNECTIONS = 100
const RAMP_LATENCY_MS = 40
const GRACE_SECONDS = 5

interface BenchedWire {
  readonly url: string
  setLoginLatency(ms: number): void
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A PostgreSQL and a wire server in processes of their own, as long as the work takes. */
const withWire = async (work: (wire: BenchedWire) => Promise<void>): Promise<void> => {
  const home = newHome()
  const settings = { max_connections: '700', shared_buffers: '128MB', fsync: 'off' }
  const cluster = await ensureCluster({ home, name: 'sut', settings, graceSeconds: GRACE_SECONDS })
  const server = spawn(process.execPath, ['--import', 'tsx', script('snowflakeServer.ts'), cluster.url('postgres'), String(ROWS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [url] = (await Promise.race([once(createInterface(server.stdout), 'line'), once(server, 'exit')])) as [string | number]
    if (typeof url !== 'string') throw new Error(`the wire server ended with ${url}`)
    await work({ url, setLoginLatency: ms => server.stdin.write(`${ms}\n`) })
  } finally {
    server.stdin.end()
    if (server.exitCode === null) await once(server, 'exit')
    await cluster.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const ask = <T>(name: string, args: readonly (string | number)[]): Promise<T> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', script(name), ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('close', code => (code === 0 ? resolve(JSON.parse(output) as T) : reject(new Error(`${name} ended with ${code}`))))
  })

const CLIENTS = ['worker', 'bare', 'bare, rows read'] as const
type Client = (typeof CLIENTS)[number]

const measure = (client: Client, url: string, connections: number, seconds: number): Promise<ClientFigures> =>
  client === 'worker'
    ? ask('snowflakeWorkerLoop.ts', [url, connections, seconds])
    : ask('snowflakeBareLoop.ts', [url, connections, seconds, client === 'bare' ? 'unread' : 'rows'])

const HEADS = ['in flight', 'client', 'QPS', 'CPU ms/query', 'p50 ms', 'loop busy %', 'QPS/bare', 'CPU/bare']

/** The same point lookups through the driver alone and through the worker's engine, loops and recorder, in alternation; and how fast connections open. */
export const benchSnowflake = async ({ repeats, seconds }: BenchOptions): Promise<void> => {
  const span = seconds ?? DEFAULT_SECONDS
  tell(`${repeats} times ${span} s each, point lookups in ${ROWS} rows through the wire server; medians`)
  await withWire(async wire => {
    const table: string[][] = []
    for (const connections of IN_FLIGHT) {
      const all: Record<Client, ClientFigures[]> = { worker: [], bare: [], 'bare, rows read': [] }
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (const client of CLIENTS) all[client].push(await measure(client, wire.url, connections, span))
      }
      tell(`${connections} in flight: ${CLIENTS.map(client => all[client].map(({ cpuMs }) => cpuMs.toFixed(3)).join(' ')).join(' | ')} ms`)
      for (const client of CLIENTS) table.push(row(connections, client, all[client], all.bare))
    }
    printTable(HEADS, table)
    tell(
      'CPU of the whole client process, its threads included. The last two: medians of the ratios of neighbours to the bare loop that leaves rows unread.',
    )
    await benchRamp(wire, repeats)
  })
}

const row = (connections: number, client: Client, some: readonly ClientFigures[], bare: readonly ClientFigures[]): string[] => {
  const of = (figure: keyof ClientFigures, decimals: number): string => median(some.map(one => one[figure])).toFixed(decimals)
  const ratio = (figure: 'perSecond' | 'cpuMs'): string =>
    median(some.map((one, i) => one[figure] / (bare[i]?.[figure] ?? Number.NaN))).toFixed(2)
  return [
    String(connections),
    client,
    of('perSecond', 0),
    of('cpuMs', 3),
    of('p50Ms', 2),
    of('loopPercent', 0),
    ratio('perSecond'),
    ratio('cpuMs'),
  ]
}

const benchRamp = async (wire: BenchedWire, repeats: number): Promise<void> => {
  wire.setLoginLatency(RAMP_LATENCY_MS)
  const ready: { readonly rampSeconds: number; readonly readySeconds: number }[] = []
  for (let repeat = 0; repeat < repeats; repeat++) ready.push(await ask('snowflakeWorkerLoop.ts', [wire.url, RAMP_CONNECTIONS]))
  const of = (figure: 'rampSeconds' | 'readySeconds'): string => median(ready.map(one => one[figure])).toFixed(2)
  tell(
    `${RAMP_CONNECTIONS} connections at ${RAMP_LATENCY_MS} ms a login: opened in ${of('rampSeconds')} s, ${of('readySeconds')} s with the look at the table`,
  )
}
