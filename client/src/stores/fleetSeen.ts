import type { RunWorker } from '../api/documents/runFields.ts'

/** From when to when a worker's heartbeats were missing, in seconds from the agreed start, as this page has seen it. */
interface SilentSpan {
  readonly health: 'STALE' | 'DEAD'
  readonly fromSeconds: number
  /** Null: still. */
  readonly toSeconds: number | null
}

/** By worker id. The server keeps no history of health: it is derived from the age of the last heartbeat. */
export type SilentSpans = ReadonlyMap<string, readonly SilentSpan[]>

type Seen = Pick<RunWorker, 'workerId' | 'health' | 'status' | 'lastHeartbeatAgoSeconds'>

/** Adds what an update at `atSeconds` says; the same map as before where nothing has changed. */
export const addSilence = (known: SilentSpans, workers: readonly Seen[], atSeconds: number): SilentSpans => {
  let changed: Map<string, readonly SilentSpan[]> | null = null
  for (const { workerId, health, status, lastHeartbeatAgoSeconds } of workers) {
    const spans = known.get(workerId) ?? []
    const last = spans.at(-1)
    const open = last !== undefined && last.toSeconds === null ? last : undefined
    const silent = health !== 'HEALTHY' && status !== 'COMPLETED' && status !== 'FAILED' ? health : null
    if (open?.health === silent || (open === undefined && silent === null)) continue
    const closed = open === undefined ? spans : [...spans.slice(0, -1), { ...open, toSeconds: atSeconds }]
    const fromSeconds = open === undefined ? Math.max(0, atSeconds - (lastHeartbeatAgoSeconds ?? 0)) : atSeconds
    changed ??= new Map(known)
    changed.set(workerId, silent === null ? closed : [...closed, { health: silent, fromSeconds, toSeconds: null }])
  }
  return changed ?? known
}
