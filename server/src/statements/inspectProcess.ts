import { type ChildProcess, spawn } from 'node:child_process'
import type { Inspection, InspectionRequest } from '@flakebench/contract'
import type { Log } from '../log.ts'

export interface InspectProcessOptions {
  /** The worker's compiled main file. */
  readonly workerMain: string
  /** As that of the workers: it holds the way to the control database. */
  readonly environment: Readonly<Record<string, string>>
  readonly log: Log
}

export interface InspectProcess {
  /** Never fails. */
  readonly answer: Promise<Inspection>
  /** The process is gone, which may be a while after its answer. */
  readonly ended: Promise<void>
}

/** It undoes what it has begun, and ends its sessions. */
const KILL_AFTER_MS = 5_000
const LONGEST_OUTPUT = 2_000

const failed = (problem: string): Inspection => ({ type: 'FAILED', problem, isUserRefused: false })

/**
 * Starts the process that looks at the statements of a template, and asks it. It ends when this server does: its channel closes then.
 * @param limitMs after which it is ended, and nothing was found out
 * @param signal nobody waits for the answer any more
 */
export const startInspectProcess = (
  { workerMain, environment, log }: InspectProcessOptions,
  request: InspectionRequest,
  limitMs: number,
  signal: AbortSignal,
): InspectProcess => {
  let child: ChildProcess
  try {
    child = spawn(process.execPath, [workerMain, 'inspect'], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...environment } })
  } catch (error) {
    return { answer: Promise.resolve(notStarted(error, log)), ended: Promise.resolve() }
  }
  let output = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-LONGEST_OUTPUT)
  })
  const ended = new Promise<void>(resolve => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  const answer = new Promise<Inspection>(resolve => {
    const timer = setTimeout(() => {
      resolve(failed(`The look at the table took more than ${Math.round(limitMs / 1_000)} s and was ended: ${WHY_SLOW}`))
      endSoon(child)
    }, limitMs)
    const giveUp = (): void => {
      resolve(failed('The look at the table was given up'))
      endSoon(child)
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    void ended.then(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    })
    child.on('message', message => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      resolve(message as Inspection)
    })
    child.on('error', error => resolve(notStarted(error, log)))
    child.on('close', (code, ending) => {
      const how = ending ?? `exit code ${code}`
      if (ending === null && code !== 0) log.warn('a look at a table ended without an answer', { how, output: output.trim() })
      resolve(failed(`The process that looks at the table was ended (${how}): ask again, and check the server's log if it happens again`))
    })
  })
  // A channel that breaks is told by its end.
  child.send(request, () => undefined)
  return { answer, ended }
}

const WHY_SLOW = 'check that the database answers, that the table has an index on its key, and that nothing holds a lock on it'

const notStarted = (error: unknown, log: Log): Inspection => {
  log.error('a look at a table could not be started', { error })
  return failed("The process that looks at the table could not be started: check the server's log")
}

const endSoon = (child: ChildProcess): void => {
  if (!child.kill('SIGTERM')) return
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  child.once('exit', () => clearTimeout(timer))
}
