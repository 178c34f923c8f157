import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './benchWorker.ts'

const DEBIAN = '/usr/lib/postgresql'

/** Where pgbench is; null where it is not installed. */
export const findPgbench = (): string | null => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : []
  const places = [...versions.map(version => join(DEBIAN, version, 'bin')), '/usr/local/bin', '/usr/bin']
  return places.map(place => join(place, 'pgbench')).find(existsSync) ?? null
}

export interface PgbenchLoad {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly rows: number
  /** With `:id` for the key. */
  readonly statement: string
}

const CONNECT_AND_LEAVE = /tps = ([\d.]+) \(without/
const OPERATIONS = /actually processed: (\d+)/
/** What the shell's `times` says of its children: the second line, user and system. */
const TIMES = /^\d+m[\d.]+s \d+m[\d.]+s\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/m

/** What a run of pgbench has said. */
export interface PgbenchOutput {
  readonly perSecond: number
  readonly operations: number
  readonly cpuSeconds: number
  /** Where it was run; gone afterwards. */
  readonly folder: string
}

/** One thread, prepared statements, the same statement and keys as the others. */
export const runPgbench = (pgbench: string, load: PgbenchLoad): Promise<Measured> =>
  withPgbench(pgbench, load, [], ({ perSecond, cpuSeconds, operations }) => ({ perSecond, cpuUs: (cpuSeconds * 1_000_000) / operations }))

/** @param more arguments of pgbench */
export const withPgbench = async <T>(
  pgbench: string,
  { url, connections, seconds, rows, statement }: PgbenchLoad,
  more: readonly string[],
  read: (output: PgbenchOutput) => T,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-pgbench-'))
  try {
    const script = join(folder, 'lookup.sql')
    writeFileSync(script, `\\set id random(1, ${rows})\n${statement};\n`)
    const { hostname, port, username, password, pathname } = new URL(url)
    const args = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds), '-f', script]
    const address = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)]
    const env = { PGPASSWORD: decodeURIComponent(password), LC_ALL: 'C', PATH: '/usr/bin:/bin' }
    const output = await runTimed([pgbench, ...args, ...more, ...address], folder, env)
    const [, userMinutes, userSeconds, systemMinutes, systemSeconds] = (TIMES.exec(output) ?? []).map(Number)
    const cpuSeconds = ((userMinutes ?? Number.NaN) + (systemMinutes ?? 0)) * 60 + (userSeconds ?? Number.NaN) + (systemSeconds ?? 0)
    const operations = Number(OPERATIONS.exec(output)?.[1])
    return read({ perSecond: Number(CONNECT_AND_LEAVE.exec(output)?.[1]), operations, cpuSeconds, folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a command under a shell that says how much CPU it took. */
const runTimed = (command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', '"$@"; times', 'sh', ...command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve(output) : reject(new Error(output))))
  })
