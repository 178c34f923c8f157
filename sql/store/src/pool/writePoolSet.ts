import type { PooledTable } from '@flakebench/contract'
import { wordsBind } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

const LONGEST_ERROR = 1_000

/** Begins a preparation, unless another one of the template is under way. False when it is. Of two at the very same moment both may begin: look again. */
export const insertPoolSet = async (
  db: SqlClient,
  set: { readonly id: string; readonly templateId: string; readonly seed: number },
): Promise<boolean> =>
  (await db.execute(
    `INSERT INTO value_pool_sets (set_id, template_id, status, seed)
     SELECT CAST(? AS VARCHAR), CAST(? AS VARCHAR), 'PREPARING', CAST(? AS INTEGER)
     WHERE NOT EXISTS (SELECT 1 FROM value_pool_sets o WHERE o.template_id = ? AND o.status = 'PREPARING')`,
    [set.id, set.templateId, set.seed, set.templateId],
  )) > 0

/** What is to be prepared of which table. False when the set is not being prepared any more. */
export const putPoolTable = async (db: SqlClient, setId: string, table: PooledTable, valuesPlanned: number): Promise<boolean> =>
  (await db.execute(
    `UPDATE value_pool_sets SET table_facts = PARSE_JSON(?), values_planned = ?, updated_at = CURRENT_TIMESTAMP
     WHERE set_id = ? AND status = 'PREPARING'`,
    [JSON.stringify(table), valuesPlanned, setId],
  )) > 0

/** Progress, which also says that the preparation is alive. False when the set is not being prepared any more. */
export const putPoolProgress = async (db: SqlClient, setId: string, valuesStored: number): Promise<boolean> =>
  (await db.execute(
    "UPDATE value_pool_sets SET values_stored = ?, updated_at = CURRENT_TIMESTAMP WHERE set_id = ? AND status = 'PREPARING'",
    [valuesStored, setId],
  )) > 0

/** All values are stored. False when the set is not being prepared any more. */
export const finishPoolSet = async (db: SqlClient, setId: string, table: PooledTable, valuesStored: number): Promise<boolean> =>
  (await db.execute(
    `UPDATE value_pool_sets SET status = 'READY', table_facts = PARSE_JSON(?), values_planned = ?, values_stored = ?,
       prepared_at = CURRENT_TIMESTAMP, updated_at = CURRENT_TIMESTAMP
     WHERE set_id = ? AND status = 'PREPARING'`,
    [JSON.stringify(table), valuesStored, valuesStored, setId],
  )) > 0

/** The first reason stays; a set that is ready stays ready. True when this call made it a failed one. */
export const failPoolSet = async (db: SqlClient, setId: string, error: string): Promise<boolean> =>
  (await db.execute(
    `UPDATE value_pool_sets SET status = 'FAILED', error_message = ?, updated_at = CURRENT_TIMESTAMP
     WHERE set_id = ? AND status = 'PREPARING'`,
    [wordsBind(error, LONGEST_ERROR), setId],
  )) > 0

/**
 * Preparations of which nothing has been heard for so long, by the database's clock, have failed: their process is gone.
 * @param alive those whose process is known to be there, however silent
 */
export const failSilentPoolSets = async (
  db: SqlClient,
  silentSeconds: number,
  error: string,
  alive: readonly string[] = [],
): Promise<number> =>
  db.execute(
    `UPDATE value_pool_sets SET status = 'FAILED', error_message = ?, updated_at = CURRENT_TIMESTAMP
     WHERE status = 'PREPARING' AND TIMESTAMPDIFF('second', updated_at, CURRENT_TIMESTAMP) > ?
       ${alive.length === 0 ? '' : `AND set_id NOT IN (${alive.map(() => '?').join(', ')})`}`,
    [wordsBind(error, LONGEST_ERROR), silentSeconds, ...alive],
  )

/** What a run that draws from the set has found the table to be like. */
export const putPoolsSeen = async (db: SqlClient, setId: string, table: PooledTable): Promise<void> => {
  await db.execute("UPDATE value_pool_sets SET table_facts = PARSE_JSON(?) WHERE set_id = ? AND status = 'READY'", [
    JSON.stringify(table),
    setId,
  ])
}
