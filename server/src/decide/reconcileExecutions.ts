import type { ExecutionDifference, ExecutionsKept, ExecutionsState, HeartbeatRecord, Result, SpoolSummary } from '@flakebench/contract'

/** What one worker counted, and what of it is in the table. */
export interface WorkerBooks {
  readonly heartbeat: HeartbeatRecord
  readonly result: Result
  /** Of all files of the worker that were loaded. */
  readonly summary: SpoolSummary
}

export interface Loading {
  readonly isKept: boolean
  /** Files that could not be loaded, a sentence each. */
  readonly unread: readonly string[]
  /** Where this was loaded: the disks of other hosts are out of reach. */
  readonly host: string
}

type Phase = ExecutionDifference['phase']

/**
 * Holds what was loaded against the histograms, worker by worker, phase by phase, label by label. Both were counted at the same instant by the same
 * recorder; they differ only where one of the two was lost, and then it is said.
 */
export const reconcileExecutions = (books: readonly WorkerBooks[], { isKept, unread, host }: Loading): ExecutionsKept => {
  const expected = books.reduce((sum, { result }) => sum + result.accounting.ended + result.accounting.cutOff, 0)
  const nothing: ExecutionsKept = { state: 'NOT_KEPT', loaded: 0, expected, dropped: 0, differences: [], unread: [] }
  if (!isKept) return nothing
  const loaded = books.reduce((sum, { summary }) => sum + summary.counts.reduce((all, one) => all + one.executions, 0), 0)
  const dropped = books.reduce((sum, { heartbeat }) => sum + (heartbeat.spool?.dropped ?? 0), 0)
  const differences = books.flatMap(one => differencesOf(one, host))
  const isWhole = differences.length === 0 && unread.length === 0
  const state: ExecutionsState = isWhole ? 'COMPLETE' : 'INCOMPLETE'
  return { ...nothing, state, loaded, dropped, differences, unread }
}

const differencesOf = ({ heartbeat, result, summary }: WorkerBooks, host: string): ExecutionDifference[] => {
  const { workerId } = heartbeat
  const counted = new Map<string, number>()
  const loaded = new Map<string, number>()
  for (const { label, operations } of result.warmupByKind) add(counted, 'WARMUP', label, operations)
  for (const { label, operations } of result.byKind) add(counted, 'MEASUREMENT', label, operations)
  // What an edge cut off is not told apart by label in the figures.
  add(counted, 'CUT_OFF', '', result.accounting.cutOff)
  for (const { phase, counted: isCounted, label, executions } of summary.counts) {
    if (isCounted && phase !== 'PROCESSING') add(loaded, phase, label, executions)
    else add(loaded, 'CUT_OFF', '', executions)
  }
  return [...new Set([...counted.keys(), ...loaded.keys()])].flatMap(key => {
    const has = { counted: counted.get(key) ?? 0, loaded: loaded.get(key) ?? 0 }
    if (has.counted === has.loaded) return []
    const [phase, label] = JSON.parse(key) as [Phase, string]
    return [{ workerId, phase, label, ...has, why: whyOf(heartbeat, has, host) }]
  })
}

const add = (counts: Map<string, number>, phase: Phase, label: string, executions: number): void => {
  if (executions === 0) return
  const key = JSON.stringify([phase, label])
  counts.set(key, (counts.get(key) ?? 0) + executions)
}

const hasEnded = ({ status }: HeartbeatRecord): boolean => status === 'COMPLETED' || status === 'FAILED'

const whyOf = (
  heartbeat: HeartbeatRecord,
  { counted, loaded }: { readonly counted: number; readonly loaded: number },
  host: string,
): string => {
  const { spool, workerId } = heartbeat
  if (loaded > counted) {
    return hasEnded(heartbeat)
      ? 'More executions than its snapshots tell of'
      : `${workerId} was lost before its last snapshot was delivered`
  }
  // More is missing than it has dropped itself.
  if (heartbeat.host !== host && counted - loaded > (spool?.dropped ?? 0)) {
    const where = spool?.folder == null ? heartbeat.host : `${heartbeat.host} (${spool.folder})`
    return `Its spool is, or was, on the disk of ${where}, out of reach of ${host}, where this was reckoned: a server with that home loads what is left there`
  }
  if (spool?.state === 'FULL') return 'The bound of its spool on disk was reached: what came after was counted and not kept'
  if (spool?.state === 'FAILED') return 'Its disk refused the spool: what came after was counted and not kept'
  if ((spool?.dropped ?? 0) > 0) return 'Its disk was too slow for a while: what came then was counted and not kept'
  if (!hasEnded(heartbeat)) return `${workerId} was lost before what it had in memory, about a second, was on its disk`
  if (heartbeat.attempt > 1) return `${workerId} was started ${heartbeat.attempt} times: what an earlier start could not keep is not known`
  return `A file of its spool${spool?.folder == null ? '' : ` in ${spool.folder}`} could not be read, or was lost`
}
