import { type Cancellation, waitForTurn } from '../execution/cancellation.ts'
import type { ScalingPolicy, WireWarehouse } from '../options.ts'

export type WarehouseState = 'STARTED' | 'SUSPENDED' | 'RESUMING'

/** What ALTER WAREHOUSE … SET changes. */
export interface WarehouseSettings {
  size: string
  minClusters: number
  maxClusters: number
  statementsPerCluster: number
  scalingPolicy: ScalingPolicy
  autoSuspendSeconds: number
  autoResume: boolean
  statementTimeoutSeconds: number
  comment: string
}

/** A place on a warehouse. */
export interface Admission {
  /** Which of its clusters, from 1. */
  readonly clusterNumber: number
  /** Waited because every cluster was full. */
  readonly queuedOverloadMs: number
  /** Waited for the warehouse, or a first cluster, to start. */
  readonly queuedProvisioningMs: number
  release(): void
}

/**
 * A warehouse as its queue shows it: a cluster runs so many statements at once, further ones wait, really. Under STANDARD a further cluster is
 * started as soon as one statement waits; under ECONOMY as soon as a whole cluster's worth of them does. It is retired when it was not needed for a
 * while. How the service decides is not public in detail: this is what its documentation says, simplified.
 */
export interface Warehouse {
  readonly name: string
  readonly type: string
  readonly isInteractive: boolean
  readonly settings: WarehouseSettings
  readonly createdAtMs: number
  readonly state: WarehouseState
  readonly startedClusters: number
  readonly running: number
  readonly queued: number
  readonly resumedAtMs: number
  updatedAtMs: number
  /** Waits for a place. @throws the reason of the statement's cancellation */
  admit(cancellation: Cancellation): Promise<Admission>
  resume(): void
  suspend(): void
  /** Settings were changed: clusters follow them. */
  adjust(): void
  /** Ends its timers. */
  close(): void
}

interface Place {
  readonly admit: () => void
}

const DEFAULTS = { statementsPerCluster: 8, startMs: 200, retireMs: 10_000, autoSuspendSeconds: 600, statementTimeoutSeconds: 172_800 }

export const createWarehouse = (wanted: WireWarehouse): Warehouse => {
  const startMs = wanted.startMs ?? DEFAULTS.startMs
  const retireMs = wanted.retireMs ?? DEFAULTS.retireMs
  const settings: WarehouseSettings = {
    size: wanted.size ?? 'X-Small',
    minClusters: wanted.minClusters ?? 1,
    maxClusters: wanted.maxClusters ?? wanted.minClusters ?? 1,
    statementsPerCluster: wanted.statementsPerCluster ?? DEFAULTS.statementsPerCluster,
    scalingPolicy: wanted.scalingPolicy ?? 'STANDARD',
    autoSuspendSeconds: wanted.autoSuspendSeconds ?? DEFAULTS.autoSuspendSeconds,
    autoResume: wanted.autoResume ?? true,
    statementTimeoutSeconds: wanted.statementTimeoutSeconds ?? DEFAULTS.statementTimeoutSeconds,
    comment: '',
  }
  const createdAtMs = Date.now()
  const waiting = new Set<Place>()
  let state: WarehouseState = wanted.startsSuspended === true ? 'SUSPENDED' : 'STARTED'
  let clusters = state === 'STARTED' ? settings.minClusters : 0
  let running = 0
  let resumedAtMs = createdAtMs
  let starting: NodeJS.Timeout | null = null
  let retiring: NodeJS.Timeout | null = null
  let suspending: NodeJS.Timeout | null = null

  const hasPlace = (): boolean => state === 'STARTED' && running < clusters * settings.statementsPerCluster
  const fill = (): void => {
    for (const place of waiting) {
      if (!hasPlace()) break
      waiting.delete(place)
      running++
      place.admit()
    }
    scaleOut()
  }
  const wantsCluster = (): boolean =>
    state === 'STARTED' &&
    clusters < settings.maxClusters &&
    waiting.size >= (settings.scalingPolicy === 'STANDARD' ? 1 : settings.statementsPerCluster)
  const scaleOut = (): void => {
    if (starting !== null || !wantsCluster()) return
    starting = setTimeout(() => {
      starting = null
      clusters = Math.min(clusters + 1, settings.maxClusters)
      fill()
    }, startMs)
  }
  const isOneTooMany = (): boolean =>
    clusters > settings.minClusters && running <= (clusters - 1) * settings.statementsPerCluster && waiting.size === 0
  const scaleIn = (): void => {
    if (!isOneTooMany()) {
      if (retiring !== null) clearTimeout(retiring)
      retiring = null
      return
    }
    retiring ??= setTimeout(() => {
      retiring = null
      if (isOneTooMany()) clusters--
      scaleIn()
    }, retireMs)
  }
  const suspendWhenIdle = (): void => {
    if (running > 0 || settings.autoSuspendSeconds === 0) return
    suspending ??= setTimeout(() => {
      suspending = null
      if (running === 0 && waiting.size === 0) suspend()
    }, settings.autoSuspendSeconds * 1000)
  }
  const staysAwake = (): void => {
    if (suspending !== null) clearTimeout(suspending)
    suspending = null
  }
  const resume = (): void => {
    if (state !== 'SUSPENDED') return
    state = 'RESUMING'
    starting = setTimeout(() => {
      starting = null
      state = 'STARTED'
      clusters = settings.minClusters
      resumedAtMs = Date.now()
      fill()
    }, startMs)
  }
  const clearTimers = (): void => {
    for (const timer of [starting, retiring, suspending]) if (timer !== null) clearTimeout(timer)
    starting = null
    retiring = null
    suspending = null
  }
  const suspend = (): void => {
    clearTimers()
    state = 'SUSPENDED'
    clusters = 0
  }
  const release = (): void => {
    running--
    if (waiting.size > 0) fill()
    if (clusters > settings.minClusters) scaleIn()
    if (running === 0) suspendWhenIdle()
  }
  const admission = (waitedMs: number, wasDown: boolean): Admission => {
    let released = false
    return {
      clusterNumber: Math.max(1, Math.ceil(running / settings.statementsPerCluster)),
      queuedOverloadMs: wasDown ? 0 : waitedMs,
      queuedProvisioningMs: wasDown ? waitedMs : 0,
      release() {
        if (!released) release()
        released = true
      },
    }
  }
  return {
    name: wanted.name.toUpperCase(),
    type: wanted.type ?? 'STANDARD',
    isInteractive: wanted.isInteractive ?? false,
    settings,
    createdAtMs,
    get state() {
      return state
    },
    get startedClusters() {
      return clusters
    },
    get running() {
      return running
    },
    get queued() {
      return waiting.size
    },
    get resumedAtMs() {
      return resumedAtMs
    },
    updatedAtMs: createdAtMs,
    async admit(cancellation) {
      staysAwake()
      if (waiting.size === 0 && hasPlace()) {
        running++
        return admission(0, false)
      }
      const wasDown = state !== 'STARTED'
      const since = performance.now()
      const turn = waitForTurn(cancellation, admit => {
        const place: Place = { admit }
        waiting.add(place)
        return () => waiting.delete(place)
      })
      if (state === 'SUSPENDED') resume()
      scaleOut()
      await turn
      return admission(Math.round(performance.now() - since), wasDown)
    },
    resume,
    suspend,
    adjust() {
      if (state === 'STARTED') clusters = Math.min(Math.max(clusters, settings.minClusters), settings.maxClusters)
      fill()
      scaleIn()
    },
    close: clearTimers,
  }
}
