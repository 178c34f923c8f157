import type { WarehouseState } from '@flakebench/contract'
import { json, number } from '../client/columns.ts'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { toWarehouseState } from './readWarehouse.ts'

/** A warehouse as it was when a run began. */
export interface WarehouseConfig extends WarehouseState {
  readonly capturedAtMs: number
}

/**
 * Keeps how the warehouse is set up in the run's result, once: later calls change nothing. Its size goes into the result's own column.
 * @param row of SHOW WAREHOUSES
 */
export const putWarehouseConfig = async (db: SqlClient, run: { readonly id: string; readonly epoch: number }, row: Row): Promise<void> => {
  const { name, size } = toWarehouseState(row)
  await db.execute(
    `UPDATE test_results
     SET warehouse = ?, warehouse_size = COALESCE(?, warehouse_size), warehouse_config_snapshot = PARSE_JSON(?), updated_at = CURRENT_TIMESTAMP
     WHERE test_id = ? AND warehouse_config_snapshot IS NULL
       AND EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)`,
    [name, size, JSON.stringify(row), run.id, run.id, run.epoch],
  )
}

/** Null for a run that has no warehouse, or whose warehouse was never seen. */
export const readWarehouseConfig = async (db: SqlClient, runId: string): Promise<WarehouseConfig | null> => {
  const [row] = await db.query(
    `SELECT t.warehouse_config_snapshot,
       COALESCE((SELECT MIN(recorded_at) FROM warehouse_poll_snapshots WHERE run_id = ? AND running IS NOT NULL), t.updated_at) AS captured_at
     FROM test_results t WHERE t.test_id = ? AND t.warehouse_config_snapshot IS NOT NULL`,
    [runId, runId],
  )
  if (row === undefined) return null
  return { ...toWarehouseState(json<Row>(row, 'warehouse_config_snapshot')), capturedAtMs: number(row, 'captured_at') }
}
