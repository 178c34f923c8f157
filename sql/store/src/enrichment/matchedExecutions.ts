import type { ClusterCount } from '@flakebench/contract'
import { number, numberOrNull, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** A stretch of a run, in milliseconds from the agreed start: from the first on, before the second. */
export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

/** When the first and the last execution of a run ended, both of them in it; null: none is kept. */
export const readExecutionSpan = async (db: SqlClient, runId: string): Promise<Stretch | null> => {
  const [row] = await db.query('SELECT MIN(end_ms) AS first_ms, MAX(end_ms) AS last_ms FROM query_executions WHERE run_id = ?', [runId])
  const fromMs = numberOrNull(row ?? {}, 'first_ms')
  return fromMs === null ? null : { fromMs, toMs: number(row ?? {}, 'last_ms') }
}

/** What of a run ended in one stretch of `SLOT_MS`, and reached the server. */
export interface MatchSlot {
  /** Where it begins. */
  readonly atMs: number
  readonly executions: number
  readonly matched: number
}

export const SLOT_MS = 10_000

/** Executions that the server may know, and how many of them have its times: slot by slot, those without any left out. */
export const listMatchSlots = async (db: SqlClient, runId: string, { fromMs, toMs }: Stretch): Promise<MatchSlot[]> => {
  const rows = await db.query(
    `SELECT FLOOR(end_ms / ${SLOT_MS}) AS slot, COUNT(*) AS executions, SUM(CASE WHEN sf_total_elapsed_ms IS NULL THEN 0 ELSE 1 END) AS matched
     FROM query_executions WHERE run_id = ? AND end_ms >= ? AND end_ms < ? AND (success OR query_id IS NOT NULL)
     GROUP BY FLOOR(end_ms / ${SLOT_MS}) ORDER BY 1`,
    [runId, fromMs, toMs],
  )
  return rows.map(row => ({ atMs: number(row, 'slot') * SLOT_MS, executions: number(row, 'executions'), matched: number(row, 'matched') }))
}

/** Matched executions of the measurement, by cluster, label and the server's own execution time. */
export const listClusterCounts = async (db: SqlClient, runId: string, { fromMs, toMs }: Stretch): Promise<ClusterCount[]> => {
  const rows = await db.query(
    `SELECT sf_cluster_number, label, sf_execution_ms, COUNT(*) AS executions, SUM(COALESCE(sf_queued_overload_ms, 0)) AS overload_ms,
       SUM(COALESCE(sf_queued_provisioning_ms, 0)) AS provisioning_ms
     FROM query_executions
     WHERE run_id = ? AND end_ms >= ? AND end_ms < ? AND phase = 'MEASUREMENT' AND counted AND sf_execution_ms IS NOT NULL
     GROUP BY sf_cluster_number, label, sf_execution_ms`,
    [runId, fromMs, toMs],
  )
  return rows.map(row => ({
    clusterNumber: numberOrNull(row, 'sf_cluster_number'),
    label: text(row, 'label'),
    executionMs: number(row, 'sf_execution_ms'),
    executions: number(row, 'executions'),
    queuedOverloadMs: number(row, 'overload_ms'),
    queuedProvisioningMs: number(row, 'provisioning_ms'),
  }))
}

/** Response time minus the server's own total, median of each second: of the matched executions that ended in it. */
export const listOverhead = async (
  db: SqlClient,
  runId: string,
  { fromMs, toMs }: Stretch,
): Promise<{ readonly atMs: number; readonly executions: number; readonly medianMs: number }[]> => {
  const rows = await db.query(
    `SELECT FLOOR(end_ms / 1000) AS ended_second, COUNT(*) AS executions,
       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY response_ms - sf_total_elapsed_ms) AS median_ms
     FROM query_executions WHERE run_id = ? AND end_ms >= ? AND end_ms < ? AND sf_total_elapsed_ms IS NOT NULL
     GROUP BY FLOOR(end_ms / 1000) ORDER BY 1`,
    [runId, fromMs, toMs],
  )
  return rows.map(row => ({
    atMs: number(row, 'ended_second') * 1_000,
    executions: number(row, 'executions'),
    medianMs: number(row, 'median_ms'),
  }))
}

/** Executions of one label that ended in a stretch. */
export interface LabelCount {
  readonly label: string
  readonly executions: number
  readonly failed: number
}

export const listLabelCounts = async (db: SqlClient, runId: string, { fromMs, toMs }: Stretch): Promise<LabelCount[]> => {
  const rows = await db.query(
    `SELECT label, COUNT(*) AS executions, SUM(CASE WHEN success THEN 0 ELSE 1 END) AS failed
     FROM query_executions WHERE run_id = ? AND end_ms >= ? AND end_ms < ? GROUP BY label`,
    [runId, fromMs, toMs],
  )
  return rows.map(row => ({ label: text(row, 'label'), executions: number(row, 'executions'), failed: number(row, 'failed') }))
}
