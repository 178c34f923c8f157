import { wordsBind } from '../client/columns.ts'
import { type Bind, type Row, type SqlClient, StaleEpoch } from '../client/sqlClient.ts'
import { toWarehouseState } from './readWarehouse.ts'

/** What one look came to: the row of SHOW WAREHOUSES, or why there is none. */
export type WarehouseLook = { readonly row: Row } | { readonly trouble: string }

/**
 * Keeps one look at the run's warehouse; a look that failed is kept as well, as a row without figures that says why.
 * @throws StaleEpoch when the run is no longer owned under `epoch`
 */
export const insertWarehousePoll = async (
  db: SqlClient,
  run: { readonly id: string; readonly epoch: number; readonly warehouse: string },
  sequence: number,
  look: WarehouseLook,
): Promise<void> => {
  const inserted = await db.execute(
    `INSERT INTO warehouse_poll_snapshots (run_id, sequence_number, recorded_at, elapsed_seconds, warehouse_name, started_clusters, running, queued,
       min_cluster_count, max_cluster_count, scaling_policy, raw_result)
     SELECT run_id, ?, CURRENT_TIMESTAMP, COALESCE(TIMESTAMPDIFF('millisecond', start_time, CURRENT_TIMESTAMP), 0) / 1000.0, ?, ?, ?, ?, ?, ?, ?,
       PARSE_JSON(?)
     FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?`,
    [sequence, ...valuesOf(run.warehouse, look), run.id, run.epoch],
  )
  if (inserted === 0) throw new StaleEpoch(run.id, run.epoch)
}

const LONGEST_TROUBLE = 1_000

const valuesOf = (warehouse: string, look: WarehouseLook): Bind[] => {
  if ('trouble' in look)
    return [warehouse, null, null, null, null, null, null, JSON.stringify({ trouble: wordsBind(look.trouble, LONGEST_TROUBLE) })]
  const state = toWarehouseState(look.row)
  return [
    state.name,
    state.startedClusters,
    state.running,
    state.queued,
    state.minClusters,
    state.maxClusters,
    state.scalingPolicy,
    JSON.stringify(look.row),
  ]
}
