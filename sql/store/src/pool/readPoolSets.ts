import type { ValuePoolSet } from '@flakebench/contract'
import type { SqlClient } from '../client/sqlClient.ts'
import { POOL_SET_COLUMNS, toPoolSet } from './poolSet.ts'

/** Null for an unknown id. */
export const readPoolSet = async (db: SqlClient, setId: string): Promise<ValuePoolSet | null> => {
  const [row] = await db.query(`SELECT ${POOL_SET_COLUMNS} FROM value_pool_sets WHERE set_id = ?`, [setId])
  return row === undefined ? null : toPoolSet(row)
}

/** All preparations of a template, newest first. */
export const listPoolSets = async (db: SqlClient, templateId: string): Promise<ValuePoolSet[]> =>
  (await db.query(`SELECT ${POOL_SET_COLUMNS} FROM value_pool_sets WHERE template_id = ? ORDER BY set_id DESC`, [templateId])).map(
    toPoolSet,
  )

/** Of all templates. */
export const listPreparingPoolSets = async (db: SqlClient): Promise<ValuePoolSet[]> =>
  (await db.query(`SELECT ${POOL_SET_COLUMNS} FROM value_pool_sets WHERE status = 'PREPARING' ORDER BY set_id`)).map(toPoolSet)
