import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type HeartbeatRecord, type RunRecord, workerIdOf } from '@flakebench/contract'
import type { WorkerExit } from '../../decide/fleet.ts'
import { type AdoptedSight, seeAdopted, signalAdopted } from './adoptedWorker.ts'
import { type CommandLines, commandLinesOn } from './commandLines.ts'
import type { Spawner } from './spawner.ts'

export interface LocalSpawnerOptions {
  /** The worker's compiled main file. */
  readonly workerMain: string
  /** Environment of the workers: how they reach the control database and open saved credentials. */
  readonly environment: Readonly<Record<string, string>>
  /** Where each worker's output goes: `<folder>/<run id>/worker-0.log`. */
  readonly logFolder: string
  /**
   * MiB of single executions that a run may have on this machine's disk. Each worker takes an equal part, by the workers that the run has when it is
   * started: those that join later take theirs of the whole again, so that a run that grows may have more. The disk itself is watched by each.
   */
  readonly spoolLimitMb: number
  /** How processes are told from each other; as this system has it, unless it is given. */
  readonly commandLines?: CommandLines
}

interface Child {
  /** Null: it could not be started. */
  process: ChildProcess | null
  exit: WorkerExit | null
}

/** Workers as processes on this machine, each in a session of its own: neither Ctrl-C nor the death of the server reaches them. */
export const localSpawner = (options: LocalSpawnerOptions): Spawner => {
  const runs = new Map<string, Map<string, Child>>()
  const childrenOf = (runId: string): Map<string, Child> => {
    let children = runs.get(runId)
    if (children === undefined) {
      children = new Map()
      runs.set(runId, children)
    }
    return children
  }
  /** Workers on this machine that an earlier server had started. */
  const adopted = (run: RunRecord, heartbeats: readonly HeartbeatRecord[]): HeartbeatRecord[] =>
    heartbeats.filter(beat => beat.host === hostname() && !childrenOf(run.id).has(beat.workerId))
  const commandLines = options.commandLines ?? commandLinesOn(process.platform)
  const look = (run: RunRecord, { pid, workerId }: HeartbeatRecord): AdoptedSight =>
    seeAdopted(pid, run.id, workerId, commandLines.readLately)
  const logFile = (runId: string, workerId: string): string => join(options.logFolder, runId, `${workerId}.log`)

  const startWorker = (run: RunRecord, workerGroupId: number): ChildProcess => {
    const workerId = workerIdOf(workerGroupId)
    mkdirSync(join(options.logFolder, run.id), { recursive: true })
    const log = openSync(logFile(run.id, workerId), 'a')
    const args = ['--run-id', run.id, '--worker-id', workerId, '--worker-group-id', String(workerGroupId)]
    const worker = spawn(process.execPath, [options.workerMain, ...args, '--worker-group-count', String(run.workersExpected)], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...options.environment, FLAKEBENCH_SPOOL_LIMIT_MB: String(spoolLimitOf(run, options.spoolLimitMb)) },
    })
    closeSync(log)
    worker.unref()
    return worker
  }

  return {
    start: (run, workerGroupId) => {
      const workerId = workerIdOf(workerGroupId)
      const child: Child = { process: null, exit: null }
      const gone = (code: number | null, signal: string | null, lastWords: string) => {
        child.exit ??= { workerId, code, signal, lastWords }
      }
      childrenOf(run.id).set(workerId, child)
      try {
        child.process = startWorker(run, workerGroupId)
        child.process.on('error', error => gone(null, null, `it could not be started: ${error.message}`))
        child.process.on('exit', (code, signal) => gone(code, signal, lastLines(logFile(run.id, workerId))))
      } catch (error) {
        gone(null, null, `it could not be started: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    started: runId => new Set(childrenOf(runId).keys()),
    listExits: (run, heartbeats) => {
      const own = [...childrenOf(run.id).values()].flatMap(child => child.exit ?? [])
      const others = adopted(run, heartbeats)
        .filter(beat => look(run, beat) === 'GONE')
        .map(beat => ({ workerId: beat.workerId, code: null, signal: null, lastWords: lastLines(logFile(run.id, beat.workerId)) }))
      return [...own, ...others]
    },
    listAlive: (run, heartbeats) => {
      const own = [...childrenOf(run.id).entries()].flatMap(([workerId, child]) => (child.exit === null ? [workerId] : []))
      return new Set([...own, ...adopted(run, heartbeats).flatMap(beat => (look(run, beat) === 'THERE' ? [beat.workerId] : []))])
    },
    signal: (run, heartbeats, workerIds, signal) => {
      for (const workerId of workerIds) childrenOf(run.id).get(workerId)?.process?.kill(signal)
      for (const beat of adopted(run, heartbeats)) {
        if (!workerIds.includes(beat.workerId)) continue
        if (seeAdopted(beat.pid, run.id, beat.workerId, commandLines.read) === 'THERE') signalAdopted(beat.pid, signal)
      }
    },
    forget: runId => {
      runs.delete(runId)
    },
  }
}

const spoolLimitOf = ({ workersExpected }: RunRecord, limitMb: number): number =>
  Math.max(1, Math.floor(limitMb / Math.max(1, workersExpected)))

const lastLines = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n').slice(-1_000)
  } catch {
    return ''
  }
}
