import type { PoolKind } from '@flakebench/contract'
import { json, number } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'

/** One pool of a set. */
export interface PoolAddress {
  readonly templateId: string
  readonly setId: string
  readonly kind: PoolKind
  readonly column: string
}

/** Two values a row: a statement stays far below what either engine takes. */
export const VALUES_A_STATEMENT = 2_000

/** Keeps values under numbers that follow each other. Take `VALUES_A_STATEMENT` at most. */
export const insertPoolValues = async (db: SqlClient, pool: PoolAddress, first: number, values: readonly unknown[]): Promise<void> => {
  if (values.length === 0) return
  const rows = values.map(() => '(?, ?)').join(', ')
  const binds: Bind[] = [pool.templateId, pool.setId, pool.kind, pool.column]
  values.forEach((value, i) => {
    binds.push(String(first + i), JSON.stringify(value))
  })
  await db.execute(
    `INSERT INTO template_value_pools (template_id, pool_id, pool_kind, column_name, sequence_number, pool_value)
     SELECT CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(v.n AS INTEGER), PARSE_JSON(v.x)
     FROM (VALUES ${rows}) AS v (n, x)`,
    binds,
  )
}

/** Which values of a pool: those whose number leaves `remainder` when divided by `stride`. */
export interface PoolPart {
  readonly stride: number
  readonly remainder: number
}

const PAGE = 10_000

/** Values of a pool in the order of their numbers, a page at a time so that no statement takes long. */
export const readPoolValues = async <T>(
  db: SqlClient,
  pool: Omit<PoolAddress, 'templateId'>,
  { stride, remainder }: PoolPart,
): Promise<T[]> => {
  const values: T[] = []
  let after = -1
  for (;;) {
    const rows = await db.query(
      `SELECT sequence_number, pool_value FROM template_value_pools
       WHERE pool_id = ? AND pool_kind = ? AND column_name = ? AND sequence_number > ?
         AND MOD(sequence_number, CAST(? AS INTEGER)) = CAST(? AS INTEGER)
       ORDER BY sequence_number LIMIT ${PAGE}`,
      [pool.setId, pool.kind, pool.column, after, stride, remainder],
    )
    for (const row of rows) values.push(json<T>(row, 'pool_value'))
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return values
    after = number(last, 'sequence_number')
  }
}
