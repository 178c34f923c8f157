import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { isStillAlive, readLivingProcess } from '../../server/src/embedded/livingProcess.ts'
import { waitUntil } from '../../server/src/embedded/waitUntil.ts'

const KIT = import.meta.dirname
const PATIENCE_MS = 60_000

/** What ensureOnce.ts or lockOnce.ts said. */
export interface Answer {
  readonly pid: number
  readonly port: number
  readonly outcome: string
  readonly password: string
  readonly error: string | undefined
}

/** A child that has answered, and lives on if it was told to hold. */
export interface AnsweredChild extends Answer {
  readonly child: ChildProcess
}

export interface OtherUser {
  readonly uid: number
  readonly gid: number
}

/** A FLAKEBENCH_HOME for one test, and everything that runs on it. */
export interface EmbeddedHome {
  readonly path: string
  /** Runs a script of the kit with the home as its first argument and waits for its one line of answer. */
  ask(script: string, args: readonly (string | number)[], user?: OtherUser): Promise<AnsweredChild>
  /** Starts a script without waiting for an answer. */
  run(script: string, args: readonly (string | number)[], user?: OtherUser): ChildProcess
  /** Ends what was started, waits for the servers to end by themselves, removes the home. Throws when a process is left over. */
  close(): Promise<void>
}

/** The living processes whose arguments name the path, as "pid arguments". */
export const listProcessesOn = (path: string): readonly string[] =>
  execFileSync('ps', ['-eww', '-o', 'pid=', '-o', 'stat=', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .map(line => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter(match => match?.[3]?.includes(path) && !match[2]?.startsWith('Z'))
    .map(match => `${match?.[1]} ${match?.[3]}`)

/** Kills exactly this process, and waits until it is gone. */
export const killHard = async (pid: number): Promise<void> => {
  const victim = readLivingProcess(pid)
  if (!victim) return
  process.kill(pid, 'SIGKILL')
  if (!(await waitUntil(() => !isStillAlive(victim), PATIENCE_MS))) throw new Error(`process ${pid} does not die`)
}

/** Waits for a condition; says which one when it does not come. */
export const untilTrue = async (what: string, condition: () => boolean): Promise<void> => {
  if (!(await waitUntil(condition, PATIENCE_MS))) throw new Error(`still not so: ${what}`)
}

/** The copy of PostgreSQL in a home, for others to link to: a copy for each test would take longer than the tests. */
export const findBinaries = (home: EmbeddedHome): string => {
  const name = readdirSync(home.path).find(entry => /^postgres-[\w.-]+$/.test(entry))
  if (!name) throw new Error(`no copy of PostgreSQL in ${home.path}`)
  return join(home.path, name)
}

/** A new home directly under /tmp, open to other users, as PostgreSQL does not run as root. */
export const makeEmbeddedHome = (options: { readonly owner?: OtherUser | undefined; readonly binaries?: string } = {}): EmbeddedHome => {
  const { owner, binaries } = options
  const path = mkdtempSync('/tmp/flakebench-home-')
  chmodSync(path, 0o755)
  if (owner) chownSync(path, owner.uid, owner.gid)
  if (binaries) symlinkSync(binaries, join(path, basename(binaries)))
  const children: ChildProcess[] = []

  const run = (script: string, args: readonly (string | number)[], user?: OtherUser): ChildProcess => {
    const command = ['--import', 'tsx', join(KIT, script), path, ...args.map(String)]
    const child = spawn(process.execPath, command, { ...user, cwd: KIT, stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    return child
  }

  const ask = async (script: string, args: readonly (string | number)[], user?: OtherUser): Promise<AnsweredChild> => {
    const child = run(script, args, user)
    if (!child.stdout) throw new Error('no output')
    for await (const line of createInterface({ input: child.stdout })) return { ...(JSON.parse(line) as Answer), child }
    throw new Error(`${script} ended without an answer`)
  }

  const close = async (): Promise<void> => {
    for (const { pid, exitCode } of children) if (pid && exitCode === null) await killHard(pid)
    const ended = await waitUntil(() => listProcessesOn(path).length === 0, PATIENCE_MS)
    const leftovers = listProcessesOn(path)
    for (const line of leftovers) await killHard(Number.parseInt(line, 10))
    rmSync(path, { recursive: true, force: true })
    if (!ended) throw new Error(`left over: ${leftovers.join('; ')}`)
  }

  return { path, ask, run, close }
}
