import { claimEnrichment, listDueEnrichments, readSecondsUntilDue } from '@flakebench/store'
import type { EnrichmentDeps } from './look.ts'
import { lookAtSource } from './lookAtSource.ts'

export interface EnrichmentJobs {
  /** Looks at once: something is due now, or will be at a moment that is not known here yet. Never throws. */
  lookSoon(): void
  /** The control database is awake, because it was asked for something else: looks if the last look is a while ago. Never throws. */
  lookAlong(): void
  /** Ends what is under way; it stays due. */
  close(): Promise<void>
}

export interface JobDeps extends EnrichmentDeps {
  /** Told after each look, so that who watches the run sees it. */
  readonly publish?: (runId: string) => void
}

/** Looks along come no more often; one that failed is tried again after it. */
const PAUSE_MS = 15_000
const SHORTEST_PAUSE_MS = 1_000
const MOST_MS = 240_000

/**
 * Looks at what is due, one after another, as long as the server lives. Any number of servers may do so: each source of a run is claimed first, and one
 * whose server was killed is another's soon. It has no beat of its own, which would wake a control warehouse for nothing: it sleeps until what it knows of
 * is due, and looks along when somebody else looks.
 */
export const startEnrichmentJobs = (deps: JobDeps): EnrichmentJobs => {
  const closing = new AbortController()
  let isAsked = true
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let endPause = (): void => undefined

  const lookWhileOpen = async (): Promise<void> => {
    let isTroubled = false
    while (!closing.signal.aborted) {
      isAsked = false
      lookedAtMs = performance.now()
      let pauseMs: number | null = PAUSE_MS
      try {
        await lookAtAllDue(deps, closing.signal)
        pauseMs = pauseUntil(await readSecondsUntilDue(deps.db))
        isTroubled = false
      } catch (error) {
        if (!isTroubled)
          deps.log.warn('the delayed looks at systems under test wait for the control database', { because: (error as Error).message })
        isTroubled = true
      }
      await pause(pauseMs)
    }
  }

  /** @param ms null: until somebody asks */
  const pause = (ms: number | null): Promise<void> =>
    new Promise(resolve => {
      if (isAsked || closing.signal.aborted) return resolve()
      const timer = ms === null ? undefined : setTimeout(resolve, ms)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const lookSoon = (): void => {
    isAsked = true
    endPause()
  }

  const done = lookWhileOpen()
  return {
    lookSoon,
    lookAlong: () => {
      if (performance.now() - lookedAtMs >= PAUSE_MS) lookSoon()
    },
    close: () => {
      closing.abort()
      endPause()
      return done
    },
  }
}

const pauseUntil = (seconds: number | null): number | null => (seconds === null ? null : Math.max(SHORTEST_PAUSE_MS, seconds * 1_000))

const lookAtAllDue = async (deps: JobDeps, closed: AbortSignal): Promise<void> => {
  for (const { runId, source } of await listDueEnrichments(deps.db)) {
    if (closed.aborted) return
    const claim = await claimEnrichment(deps.db, runId, source)
    if (claim === null) continue
    const signal = AbortSignal.any([closed, AbortSignal.timeout(MOST_MS)])
    await lookAtSource(deps, claim, { signal, progress: () => undefined, isPatient: true })
    deps.publish?.(runId)
  }
}
