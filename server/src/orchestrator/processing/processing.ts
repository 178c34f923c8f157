import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessingState, ProcessingStep, RunRecord } from '@flakebench/contract'
import { ControlDatabaseUnavailable, StaleEpoch } from '@flakebench/store'
import type { RunLog } from '../runLog.ts'

/** A step of the processing. It may be done again by whoever takes the run over in the middle: what was done is not done twice. */
export interface StepOfProcessing {
  readonly step: ProcessingStep
  /** As a sentence begins: `The executions could not be loaded`. */
  readonly fault: string
  /** @param signal aborted with a `ProcessingStopped`: what can be done or told without waiting is still */
  act(told: (done: number, total: number | null) => void, signal: AbortSignal): Promise<void>
}

/** A person does not want to wait for what takes long; the message is the reason. */
export class ProcessingStopped extends Error {
  override readonly name = 'ProcessingStopped'
}

/** What is done between the end of a run's load and its terminal status, beside the beats: they prolong the lease meanwhile. */
export interface Processing {
  readonly state: ProcessingState
  readonly isOver: boolean
  /** Set when the run is no longer ours: nothing more of it is done. */
  readonly staleEpoch: StaleEpoch | null
  /** Gives up what takes long, and comes to its end at once. Twice is once. @param reason in words */
  stop(reason: string): void
  /** Gives up what is under way; whoever drives the run next begins anew. */
  abort(): void
}

export interface ProcessingOptions {
  readonly log: RunLog
  /** Called when it is over, or the run is no longer ours. */
  readonly over?: () => void
  /** Between two tries while the control database is away. Default: a second. */
  readonly retryMs?: number
}

const RETRY_MS = 1_000
/** A database that answers too slowly may do so for good. */
const SLOW_TRIES = 5
/** What takes long. It is done all the same when it is stopped, with a signal that is aborted: so it leaves word of what is missing. */
const TAKES_LONG: Readonly<Record<ProcessingStep, boolean>> = { EXECUTIONS: true, ENRICHMENT: true, FIGURES: false }

/**
 * Begins the steps, one after the other. One that fails is told in the run's log, and the next one follows: a run ends, whatever its record lacks. While
 * the control database is away a step is tried again and again.
 */
export const startProcessing = (
  run: Pick<RunRecord, 'id'>,
  steps: readonly StepOfProcessing[],
  { log, over = () => undefined, retryMs = RETRY_MS }: ProcessingOptions,
): Processing => {
  const aborting = new AbortController()
  const stopping = new AbortController()
  const either = AbortSignal.any([aborting.signal, stopping.signal])
  let state: ProcessingState = { step: steps[0]?.step ?? 'FIGURES', done: 0, total: null }
  let isOver = false
  let staleEpoch: StaleEpoch | null = null

  const carryOut = async (): Promise<void> => {
    for (const step of steps) {
      await carryOutOne(step)
      if (aborting.signal.aborted || staleEpoch !== null) return
    }
    isOver = !aborting.signal.aborted
  }

  const carryOutOne = async ({ step, fault, act }: StepOfProcessing): Promise<void> => {
    const signal = TAKES_LONG[step] ? either : aborting.signal
    let isTold = false
    for (let slowTries = 0; !aborting.signal.aborted; ) {
      state = { step, done: 0, total: null }
      try {
        return await act((done, total) => {
          state = { step, done, total }
        }, signal)
      } catch (error) {
        if (error instanceof StaleEpoch) staleEpoch = error
        if (staleEpoch !== null || aborting.signal.aborted) return
        const words = `${fault}: ${error instanceof Error ? error.message : String(error)} (run ${run.id})`
        if (error instanceof ControlDatabaseUnavailable && (!error.isSlow || ++slowTries < SLOW_TRIES)) {
          if (!isTold) log.note('WARN', 'processing', `${words}; trying again`)
          isTold = true
          await delay(retryMs, undefined, { signal: aborting.signal }).catch(() => undefined)
        } else {
          log.note('ERROR', 'processing', words)
          return
        }
      }
    }
  }
  void carryOut().then(over)

  return {
    get state() {
      return state
    },
    get isOver() {
      return isOver
    },
    get staleEpoch() {
      return staleEpoch
    },
    stop: reason => {
      if (stopping.signal.aborted) return
      log.note('WARN', 'processing', `The rest of the processing is not waited for: ${reason}`)
      stopping.abort(new ProcessingStopped(reason))
    },
    abort: () => aborting.abort(),
  }
}
