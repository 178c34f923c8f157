import { performance } from 'node:perf_hooks'
import { type Execution, startSummary } from '@flakebench/contract'
import { ControlDatabaseUnavailable, type ExecutionLoader, type LoadOutcome } from '@flakebench/store'
import { decideRetry } from '../control/decideRetry.ts'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import { sleep } from '../waiting.ts'
import type { LoadProgress } from './loadProgress.ts'
import { readSpoolFile, type SpoolFile, type SpoolOnDisk } from './readSpool.ts'

export interface LoadFileDeps {
  readonly runId: string
  readonly epoch: number
  readonly loader: ExecutionLoader
  readonly progress: LoadProgress
  readonly print: (line: string) => void
  /** How long the control database is waited for, from the first time that it was away. */
  readonly patienceMs: number
}

/** UNREAD: not loaded, for its own sake, or that of the control database's refusal; the sentence says why. */
export type FileOutcome =
  | { readonly outcome: LoadOutcome; readonly unread: readonly string[] }
  | { readonly outcome: 'UNREAD'; readonly unread: readonly string[]; readonly isGone: boolean }

/** Loads a file, and again for as long as the control database is away. @throws WorkerFailure when it stays away */
export const loadFile = async (spool: SpoolOnDisk, file: SpoolFile, deps: LoadFileDeps): Promise<FileOutcome> => {
  let awaySinceMs: number | null = null
  for (let failures = 1; ; failures++) {
    const reading = readOnce(spool, file, deps.progress)
    const key = { runId: deps.runId, workerId: spool.workerId, attempt: spool.attempt, fileNumber: file.number }
    try {
      const outcome = await deps.loader.load(key, deps.epoch, reading.rows(), reading.summary)
      if (outcome !== 'LOADED') deps.progress.takeBack(reading.count())
      return { outcome, unread: outcome === 'LOADED' ? reading.spoilt : [] }
    } catch (error) {
      deps.progress.takeBack(reading.count())
      const fault = reading.fault()
      if (fault !== null || !(error instanceof ControlDatabaseUnavailable)) return refused(file, fault, error)
      awaySinceMs ??= performance.now()
      const retryMs = decideRetry(failures, 0) ?? 0
      if (performance.now() + retryMs - awaySinceMs > deps.patienceMs) throw away(error)
      if (failures === 1) deps.print(`${error.message}; trying again`)
      await sleep(retryMs)
    }
  }
}

const away = (cause: ControlDatabaseUnavailable): WorkerFailure =>
  new WorkerFailure(
    EXIT.CONTROL_LOST,
    `The executions cannot be loaded: ${cause.message}. They stay on this disk; load them again when it is back`,
    { cause },
  )

const refused = (file: SpoolFile, fault: Fault | null, error: unknown): FileOutcome => ({
  outcome: 'UNREAD',
  unread: [
    fault === null
      ? `The executions in ${file.path} were refused by the control database: ${messageOf(error)}`
      : `The executions in ${file.path} cannot be read: ${messageOf(fault.error)}`,
  ],
  isGone: (fault?.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT',
})

interface Fault {
  readonly error: unknown
}

/** One way through a file, counted and summed up as it goes. */
const readOnce = (spool: SpoolOnDisk, file: SpoolFile, progress: LoadProgress) => {
  const inProgress = startSummary()
  const spoilt: string[] = []
  let count = 0
  let fault: Fault | null = null
  async function* rows(): AsyncGenerator<readonly Execution[]> {
    try {
      for await (const batch of readSpoolFile(spool, file, sentence => spoilt.push(sentence))) {
        count += batch.length
        progress.add(batch.length)
        yield inProgress.add(batch)
      }
    } catch (error) {
      fault = { error }
      throw error
    }
  }
  return { rows, spoilt, count: () => count, fault: (): Fault | null => fault, summary: () => inProgress.summary() }
}
