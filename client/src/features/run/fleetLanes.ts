import type { FleetNote } from '../../api/documents/loadFields.ts'
import type { RunResult } from '../../api/documents/runDocuments.ts'
import type { RunTiming, RunWorker } from '../../api/documents/runFields.ts'
import type { SilentSpans } from '../../stores/fleetSeen.ts'
import { shortClockText } from '../../ui/words/durations.ts'
import { hasEnded } from '../../ui/words/statuses.ts'
import { offsetSeconds } from './runOffsets.ts'

export type LaneLook = 'joining' | 'serving' | 'stale' | 'leaving' | 'lost'

interface LanePart {
  readonly look: LaneLook
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly words: string
}

/** What one worker did over the run, in order of time. */
export interface FleetLane {
  readonly workerId: string
  readonly parts: readonly LanePart[]
}

export const LANE_WORDS: Readonly<Record<LaneLook, string>> = {
  joining: 'joining',
  serving: 'serving',
  stale: 'not heard of',
  leaving: 'leaving',
  lost: 'lost',
}

const part = (look: LaneLook, fromSeconds: number, toSeconds: number, reason: string | null = null): LanePart => ({
  look,
  fromSeconds,
  toSeconds,
  words: `${LANE_WORDS[look]} from ${shortClockText(fromSeconds)} to ${shortClockText(toSeconds)}${reason === null ? '' : `: ${reason}`}`,
})

type Facts = {
  readonly workers: readonly Pick<
    RunWorker,
    'workerId' | 'workerGroupId' | 'status' | 'health' | 'startOffsetMs' | 'lastHeartbeatAgoSeconds' | 'lastError'
  >[]
  readonly notes: readonly FleetNote[]
  readonly lost: RunResult['lostWorkers']
  readonly silence: SilentSpans
  readonly timing: RunTiming
  /** Now, or the end of the load. */
  readonly untilSeconds: number
  readonly isOver: boolean
}

interface Loss {
  readonly atSeconds: number
  readonly reason: string | null
}

/** As it was noted; else, of a run that is over, that a worker did not report its end: it is not known beyond its last heartbeat. */
const lossOf = (
  { status, health, lastError }: Facts['workers'][number],
  note: { readonly standing: string; readonly atSeconds: number | null; readonly reason: string | null } | null,
  listed: Facts['lost'][number] | undefined,
  heardSeconds: number | null,
  isOver: boolean,
): Loss | null => {
  if (note?.standing === 'LOST' && note.atSeconds !== null) return { atSeconds: note.atSeconds, reason: note.reason }
  if (listed !== undefined) return { atSeconds: listed.elapsedSeconds, reason: listed.reason }
  const isGone = status === 'FAILED' || (isOver && health === 'DEAD')
  return isGone && heardSeconds !== null ? { atSeconds: heardSeconds, reason: lastError } : null
}

/** A page that was opened later has not seen it. */
const SEEN_HERE = 'as seen by this page'

/** One lane for each worker. A part overlays those before it. */
export const fleetLanes = ({ workers, notes, lost, silence, timing, untilSeconds, isOver }: Facts): readonly FleetLane[] => {
  const noteOf = new Map(notes.map(note => [note.workerId, { ...note, atSeconds: offsetSeconds(note.at, timing) }]))
  const lostOf = new Map(lost.map(each => [each.workerId, each]))
  const nowSeconds = offsetSeconds(timing.serverNow, timing)
  return [...workers]
    .sort((a, b) => a.workerGroupId - b.workerGroupId)
    .map(worker => {
      const { workerId, status, startOffsetMs, lastHeartbeatAgoSeconds: ago } = worker
      const note = noteOf.get(workerId) ?? null
      const from = startOffsetMs === null ? null : Math.max(0, startOffsetMs / 1_000)
      const heard = nowSeconds === null || ago === null ? null : Math.max(from ?? 0, nowSeconds - ago)
      const loss = lossOf(worker, note, lostOf.get(workerId), heard, isOver)
      const ended = Math.min(untilSeconds, loss?.atSeconds ?? (hasEnded(status) && heard !== null ? heard : untilSeconds))
      const parts: LanePart[] = []
      if (note?.standing === 'JOINING' && note.atSeconds !== null)
        parts.push(part('joining', note.atSeconds, from ?? Math.max(note.atSeconds, ended), note.reason))
      if (from !== null) {
        const leaving = note?.standing === 'LEAVING' ? note.atSeconds : null
        parts.push(part('serving', from, Math.max(from, Math.min(leaving ?? ended, ended))))
        if (leaving !== null) parts.push(part('leaving', leaving, Math.max(leaving, ended), note?.reason ?? null))
      }
      for (const span of silence.get(workerId) ?? [])
        parts.push(part('stale', span.fromSeconds, span.toSeconds ?? Math.max(span.fromSeconds, ended), SEEN_HERE))
      if (loss !== null) parts.push(part('lost', Math.min(loss.atSeconds, untilSeconds), untilSeconds, loss.reason))
      return { workerId, parts: parts.filter(each => each.toSeconds >= each.fromSeconds) }
    })
}
