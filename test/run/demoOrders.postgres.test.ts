import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DEMO_CLUSTER_SETTINGS } from '../../server/src/embedded/clusterSettings.ts'
import { type EmbeddedCluster, ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { createDemoOrders } from '../../sql/store/src/demo/createDemoOrders.ts'
import { ensureDemoRole } from '../../sql/store/src/demo/ensureDemoRole.ts'
import { type EmbeddedHome, makeEmbeddedHome } from '../kit/embeddedHome.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROWS = 3000

let home: EmbeddedHome
let cluster: EmbeddedCluster
let adminUrl: string
beforeAll(async () => {
  home = makeEmbeddedHome()
  cluster = await ensureCluster({
    home: home.path,
    name: 'demo',
    settings: { ...DEMO_CLUSTER_SETTINGS, shared_buffers: '64MB' },
    graceSeconds: 1,
  })
  adminUrl = cluster.url('postgres')
})
afterAll(async () => {
  await cluster.stop()
  await home.close()
})

const query = async (url: string, text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}
const inDemo = (text: string) => query(cluster.url('demo'), text)
const checksum = async () => (await inDemo(`SELECT md5(string_agg(orders::text, '|' ORDER BY order_id)) AS sum FROM orders`))[0]?.['sum']

describe('the demo orders', () => {
  it('have dense ids, few customers with most orders, and notes of 20 to 120 characters', async () => {
    const told: number[] = []
    const result = await createDemoOrders(adminUrl, { rows: ROWS, seed: 7, onProgress: done => told.push(done) })
    expect(result).toEqual({ created: true, rows: ROWS })
    expect(told).toEqual([ROWS])
    const [facts] = await inDemo(`
      SELECT count(*)::int AS n, min(order_id)::int AS first, max(order_id)::int AS last,
             min(length(note)) AS shortest, max(length(note)) AS longest,
             count(DISTINCT status)::int AS statuses, count(DISTINCT note) > ${ROWS * 0.9} AS varied,
             bool_and(updated_at >= created_at) AS in_order, min(amount) > 0 AS positive,
             (count(*) FILTER (WHERE customer_id < 256))::float8 / count(*) BETWEEN 0.4 AND 0.6 AS skewed
      FROM orders`)
    expect(facts).toMatchObject({ n: ROWS, first: 1, last: ROWS, statuses: 5, varied: true, in_order: true, positive: true, skewed: true })
    expect(facts?.['shortest']).toBeGreaterThanOrEqual(20)
    expect(facts?.['longest']).toBeLessThanOrEqual(120)
  })

  it('are the same for the same seed and others for another', async () => {
    const sums: unknown[] = []
    for (const seed of [7, 8, 7]) {
      await createDemoOrders(adminUrl, { rows: ROWS, seed })
      sums.push(await checksum())
    }
    expect(sums[2]).toBe(sums[0])
    expect(sums[1]).not.toBe(sums[0])
  })

  it('are recognised when they are finished, whatever benchmarks did to them', async () => {
    await createDemoOrders(adminUrl, { rows: ROWS, seed: 7 })
    await inDemo(
      `INSERT INTO orders
       SELECT order_id + ${ROWS}, customer_id, status, amount, currency, created_at, updated_at, note FROM orders LIMIT 10`,
    )
    await inDemo(`UPDATE orders SET status = 'PAID' WHERE order_id < 100`)
    expect(await createDemoOrders(adminUrl, { rows: ROWS, seed: 7 })).toEqual({ created: false, rows: ROWS })
    expect(await inDemo('SELECT count(*)::int AS n FROM orders')).toEqual([{ n: ROWS + 10 }])
  })

  it('are made again when they were left half-made', async () => {
    const rows = 60_000
    const stopHalfWay = () => {
      throw new Error('killed')
    }
    await expect(createDemoOrders(adminUrl, { rows, seed: 7, onProgress: stopHalfWay })).rejects.toThrow('killed')
    expect(await inDemo('SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 50_000 }])
    expect(await createDemoOrders(adminUrl, { rows, seed: 7 })).toEqual({ created: true, rows })
    expect(await inDemo('SELECT count(*)::int AS n FROM orders')).toEqual([{ n: rows }])
  })

  it('are made once by two that start at once', async () => {
    const both = await Promise.all([1, 2].map(() => createDemoOrders(adminUrl, { rows: ROWS, seed: 9 })))
    expect(both.map(result => result.created).sort()).toEqual([false, true])
  })

  it('have their indexes, statistics, and the statement statistics beside them', async () => {
    const indexes = await inDemo(`SELECT indexname FROM pg_indexes WHERE tablename = 'orders' ORDER BY 1`)
    expect(indexes.map(row => row['indexname'])).toEqual(['orders_created_at', 'orders_customer_id', 'orders_pkey'])
    expect(await inDemo(`SELECT reltuples::int AS n FROM pg_class WHERE relname = 'orders'`)).toEqual([{ n: ROWS }])
    expect(await inDemo('SELECT count(*) > 0 AS counted FROM pg_stat_statements')).toEqual([{ counted: true }])
  })

  it('let the benchmark role read, insert and update, and nothing else', async () => {
    await ensureDemoRole(adminUrl, 'first')
    await ensureDemoRole(adminUrl, `it's "second"`)
    const url = new URL(cluster.url('demo'))
    url.username = 'bench'
    url.password = encodeURIComponent(`it's "second"`)
    const asBench = (text: string) => query(url.href, text)
    await asBench(`UPDATE orders SET note = note || '' WHERE order_id = 1`)
    await asBench(
      `INSERT INTO orders
       SELECT ${ROWS} + 1, customer_id, status, amount, currency, created_at, updated_at, note FROM orders WHERE order_id = 1`,
    )
    expect(await asBench('SELECT count(*)::int AS n FROM orders')).toEqual([{ n: ROWS + 1 }])
    for (const refused of ['DELETE FROM orders', 'TRUNCATE orders', 'DROP TABLE orders', 'CREATE TABLE mine (n int)']) {
      await expect(asBench(refused)).rejects.toThrow(/permission denied|must be owner/)
    }
    url.password = 'first'
    await expect(asBench('SELECT 1')).rejects.toThrow(/password authentication failed/)
  })
})
