import type { PushedReport } from '@flakebench/contract'

/** A report as it came over the wire, if it is one, and of this run. Who sends it holds the run's token, so its figures are believed. */
export const readReport = (body: unknown, runId: string): PushedReport | null => {
  const { heartbeat, snapshots } = (body ?? {}) as { heartbeat?: unknown; snapshots?: unknown }
  if (!isOfRun(heartbeat, runId) || typeof heartbeat['status'] !== 'string' || !Array.isArray(snapshots)) return null
  return snapshots.every(one => isOfRun(one, runId) && Number.isInteger(one['sequence'])) ? (body as PushedReport) : null
}

/** Of one of its workers' attempts. */
const isOfRun = (one: unknown, runId: string): one is Readonly<Record<string, unknown>> => {
  const { runId: ofRun, workerId, attempt } = (one ?? {}) as Record<string, unknown>
  return ofRun === runId && typeof workerId === 'string' && Number.isInteger(attempt)
}
