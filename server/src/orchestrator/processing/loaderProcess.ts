import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'

export interface LoaderOptions {
  /** The worker's compiled main file. */
  readonly workerMain: string
  /** As that of the workers: it holds the folder of the spools and the way to the control database. */
  readonly environment: Readonly<Record<string, string>>
  /** Where the output goes: `<folder>/<run id>/loader.log`. */
  readonly logFolder: string
  /** How long it may say nothing before it is ended. Default: eleven minutes, longer than any statement of its own may take. */
  readonly silenceMs?: number
}

/** How the loading of a run's executions ended. */
export interface Loaded {
  /** Files that could not be loaded, a sentence each. */
  readonly unread: readonly string[]
  /** Why it did not come to its end, as a sentence; null: it did. */
  readonly fault: string | null
}

/** Loads what the workers have left on this machine's disk, in the folder of the environment and in those named. Does nothing twice: it may be started again at any time. */
export type LoadExecutions = (
  run: { readonly runId: string; readonly epoch: number; readonly folders: readonly string[] },
  told: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<Loaded>

type Message =
  | { readonly type: 'PROGRESS'; readonly done: number; readonly total: number }
  | { readonly type: 'DONE'; readonly unread: readonly string[] }

const KILL_AFTER_MS = 5_000
const SILENCE_MS = 11 * 60_000

/** In a process of its own: millions of rows would keep the one that drives runs busy for seconds. It ends when this server does. */
export const loaderOn =
  ({ workerMain, environment, logFolder, silenceMs = SILENCE_MS }: LoaderOptions): LoadExecutions =>
  ({ runId, epoch, folders }, told, signal) =>
    new Promise(resolve => {
      const fail = (fault: string): void => resolve({ unread: [], fault })
      if (signal.aborted) return fail('The loading was given up')
      let child: ChildProcess
      try {
        mkdirSync(join(logFolder, runId), { recursive: true })
        const log = openSync(join(logFolder, runId, 'loader.log'), 'a')
        const args = ['load-executions', '--run-id', runId, '--epoch', String(epoch), ...folders.flatMap(folder => ['--folder', folder])]
        child = spawn(process.execPath, [workerMain, ...args], {
          stdio: ['ignore', log, log, 'ipc'],
          env: { ...environment },
        })
        closeSync(log)
      } catch (error) {
        return fail(`The loader could not be started: ${error instanceof Error ? error.message : String(error)}`)
      }
      let unread: readonly string[] | null = null
      const stop = (): void => {
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
        child.once('exit', () => clearTimeout(timer))
      }
      signal.addEventListener('abort', stop, { once: true })
      let isSilent = false
      const silence = setTimeout(() => {
        isSilent = true
        child.kill('SIGKILL')
      }, silenceMs)
      child.on('message', (message: Message) => {
        silence.refresh()
        if (message.type === 'PROGRESS') told(message.done, message.total)
        else unread = message.unread
      })
      child.on('error', error => {
        clearTimeout(silence)
        fail(`The loader could not be started: ${error.message}`)
      })
      child.on('close', (code, ended) => {
        signal.removeEventListener('abort', stop)
        clearTimeout(silence)
        if (code === 0 && unread !== null) resolve({ unread, fault: null })
        else if (isSilent) fail(`The loader said nothing for ${Math.round(silenceMs / 60_000)} minutes, and was ended`)
        else fail(`The loader ended (${ended ?? `exit code ${code}`}): see runs/${runId}/loader.log in the server's home`)
      })
    })
