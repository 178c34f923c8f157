import type { SqlClient } from '@flakebench/store'
import { asAdmin } from './asAdmin.ts'
import type { FreshControlDatabase } from './controlDatabase.ts'
import { until } from './processes.ts'

/**
 * Two at once, in the order that matters: `first` is done in a transaction that stays open until `second` waits for it, or has its answer without.
 * @returns what came of the second
 */
export const whileHeld = async <T>(
  { db, adminUrl }: Pick<FreshControlDatabase, 'db' | 'adminUrl'>,
  first: (tx: SqlClient) => Promise<unknown>,
  second: () => Promise<T>,
): Promise<PromiseSettledResult<T>> => {
  let settled: PromiseSettledResult<T> | null = null
  const answer = async (): Promise<PromiseSettledResult<T>> => {
    const [result] = await Promise.allSettled([second()])
    settled = result
    return result
  }
  const [result] = await db.transaction(async tx => {
    await first(tx)
    const answered = answer()
    await until(
      'the second waits for the first, or has its answer',
      async () => settled !== null || (await countWaiting(adminUrl)) > 0,
      isSo => isSo,
    )
    // Within an array, so that the transaction does not wait for it.
    return [answered] as const
  })
  return await result
}

const countWaiting = (adminUrl: string): Promise<number> =>
  asAdmin(adminUrl, async admin => {
    const { rows } = await admin.query(`SELECT 1 FROM pg_stat_activity WHERE datname = CURRENT_DATABASE() AND wait_event_type = 'Lock'`)
    return rows.length
  })
