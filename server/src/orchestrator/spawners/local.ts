import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { workerIdOf } from '@flakebench/contract'
import type { WorkerExit } from '../../decide/fleet.ts'
import type { Spawner } from './spawner.ts'

export interface LocalSpawnerOptions {
  /** The worker's compiled main file. */
  readonly workerMain: string
  /** Environment of the workers: how they reach the control database and open saved credentials. */
  readonly environment: Readonly<Record<string, string>>
  /** Where each worker's output goes: `<folder>/<run id>/worker-0.log`. */
  readonly logFolder: string
}

interface Child {
  readonly process: ChildProcess
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
  const logFile = (runId: string, workerId: string): string => join(options.logFolder, runId, `${workerId}.log`)

  return {
    start: (run, workerGroupId) => {
      const workerId = workerIdOf(workerGroupId)
      mkdirSync(join(options.logFolder, run.id), { recursive: true })
      const log = openSync(logFile(run.id, workerId), 'a')
      const args = ['--run-id', run.id, '--worker-id', workerId, '--worker-group-id', String(workerGroupId)]
      const process_ = spawn(process.execPath, [options.workerMain, ...args, '--worker-group-count', String(run.workersExpected)], {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...options.environment },
      })
      closeSync(log)
      const child: Child = { process: process_, exit: null }
      const gone = (code: number | null, signal: string | null, lastWords: string) => {
        child.exit ??= { workerId, code, signal, lastWords }
      }
      process_.on('error', error => gone(null, null, `it could not be started: ${error.message}`))
      process_.on('exit', (code, signal) => gone(code, signal, lastLines(logFile(run.id, workerId))))
      process_.unref()
      childrenOf(run.id).set(workerId, child)
    },
    started: runId => new Set(childrenOf(runId).keys()),
    listExits: (run, heartbeats) => {
      const own = [...childrenOf(run.id).values()].flatMap(child => child.exit ?? [])
      const adopted = heartbeats
        .filter(beat => beat.host === hostname() && !childrenOf(run.id).has(beat.workerId) && !isWorker(beat.pid, run.id, beat.workerId))
        .map(beat => ({ workerId: beat.workerId, code: null, signal: null, lastWords: lastLines(logFile(run.id, beat.workerId)) }))
      return [...own, ...adopted]
    },
    signal: (runId, heartbeats, signal) => {
      for (const beat of heartbeats) {
        const child = childrenOf(runId).get(beat.workerId)
        if (child !== undefined) child.process.kill(signal)
        else if (beat.host === hostname() && isWorker(beat.pid, runId, beat.workerId)) process.kill(beat.pid, signal)
      }
    },
    forget: runId => {
      runs.delete(runId)
    },
  }
}

/** Whether this process id is the worker still: ids are used again, so where the system tells command lines they must name the run and the worker. */
const isWorker = (pid: number, runId: string, workerId: string): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return commandLine.includes(runId) && commandLine.includes(workerId)
  } catch {
    return false
  }
}

const lastLines = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n').slice(-1_000)
  } catch {
    return ''
  }
}
