import type pg from 'pg'
import { ensureDemoDatabase } from './ensureDemoDatabase.ts'
import { insertDemoRows } from './insertDemoRows.ts'
import { CREATE_ORDERS, FINISH_ORDERS } from './ordersTable.ts'
import { withClient } from './withClient.ts'

/** How many orders the demo table has. */
export const DEMO_ROWS = 1_000_000

const DEFAULT_SEED = 42
const BATCH_ROWS = 50_000
/** Any number; whoever makes the table holds the advisory lock of this name. */
const MAKER_LOCK = 7_264_001

/** The comment on the table is the mark of a finished one: it is set last, and goes when the table goes. */
const markOf = (rows: number, seed: number): string => `FlakeBench demo orders: ${rows} rows of seed ${seed}`

const readMark = async (client: pg.Client): Promise<string | undefined> => {
  const { rows } = await client.query<{ mark: string | null }>(`SELECT obj_description(to_regclass('public.orders'), 'pg_class') AS mark`)
  return rows[0]?.mark ?? undefined
}

const checkWholeNumber = (name: string, value: number, least: number): void => {
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${name} must be a whole number from ${least} on, and is ${value}.`)
}

/**
 * Makes table `orders` in database `demo` (both made if missing) with ids 1 to `rows`, all values a function of `seed`. One that was
 * finished with the same rows and seed is recognised, whatever has been inserted or changed since; any other table of that name, such as
 * a half-made one, is dropped and made again: the database is ours. `adminUrl` is a superuser's, on database `postgres`.
 * Returns how many rows it was made with, and whether it was made now.
 */
export const createDemoOrders = async (
  adminUrl: string,
  options: { readonly rows?: number; readonly seed?: number; readonly onProgress?: (doneRows: number, totalRows: number) => void } = {},
): Promise<{ readonly created: boolean; readonly rows: number }> => {
  const { rows = DEMO_ROWS, seed = DEFAULT_SEED, onProgress = () => undefined } = options
  checkWholeNumber('rows', rows, 1)
  checkWholeNumber('seed', seed, 0)
  return withClient(await ensureDemoDatabase(adminUrl), async client => {
    await client.query('SELECT pg_advisory_lock($1)', [MAKER_LOCK])
    if ((await readMark(client)) === markOf(rows, seed)) return { created: false, rows }
    // What a crash loses of this is made again; the commits of the benchmarks are as durable as the server is set.
    await client.query('SET synchronous_commit = off')
    await client.query(`SET maintenance_work_mem = '256MB'`)
    await client.query('DROP TABLE IF EXISTS public.orders')
    await client.query(CREATE_ORDERS)
    for (let done = 0; done < rows; done += BATCH_ROWS) {
      const upTo = Math.min(rows, done + BATCH_ROWS)
      await insertDemoRows(client, done + 1, upTo, seed, rows)
      onProgress(upTo, rows)
    }
    for (const statement of FINISH_ORDERS) await client.query(statement)
    await client.query('SET synchronous_commit = on')
    await client.query(`COMMENT ON TABLE public.orders IS '${markOf(rows, seed)}'`)
    await client.query('CHECKPOINT')
    return { created: true, rows }
  })
}
