import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'

export interface PoolProcessOptions {
  /** The worker's compiled main file. */
  readonly workerMain: string
  /** As that of the workers. */
  readonly environment: Readonly<Record<string, string>>
  /** Where the output goes: `<folder>/<set id>.log`. */
  readonly logFolder: string
}

export interface PoolProcess {
  /** Why the preparation did not come to its end, in words; null: it did, or has said so itself. Never fails. */
  readonly ended: Promise<string | null>
  /** Asks the process to end; after a few seconds it is ended. */
  stop(): void
}

/** A process that hangs in a statement does not hear that it is asked. */
const KILL_AFTER_MS = 5_000

/** Starts the process that prepares a set. It ends when this server does: its channel closes then. */
export const startPoolProcess = ({ workerMain, environment, logFolder }: PoolProcessOptions, setId: string): PoolProcess => {
  try {
    mkdirSync(logFolder, { recursive: true })
    const log = openSync(join(logFolder, `${setId}.log`), 'a')
    const child = spawn(process.execPath, [workerMain, 'prepare-pools', '--pool-set-id', setId], {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...environment },
    })
    closeSync(log)
    return { ended: endOf(child), stop: () => endSoon(child) }
  } catch (error) {
    return { ended: Promise.resolve(notStarted(error)), stop: () => undefined }
  }
}

const endSoon = (child: ChildProcess): void => {
  if (!child.kill('SIGTERM')) return
  const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  child.once('exit', () => clearTimeout(timer))
}

const AGAIN = 'prepare the value pools again'

const notStarted = (error: unknown): string =>
  `The preparation could not be started (${error instanceof Error ? error.message : String(error)}): check the server's log`

const endOf = (child: ChildProcess): Promise<string | null> =>
  new Promise(resolve => {
    child.on('error', error => resolve(notStarted(error)))
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(null)
      else resolve(`The process of the preparation was ended (${signal ?? `exit code ${code}`}): ${AGAIN}`)
    })
  })
