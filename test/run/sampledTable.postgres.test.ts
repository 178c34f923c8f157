import type { TableProfile, Target } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../worker/src/engines/engine.ts'
import { postgresEngine } from '../../worker/src/engines/postgres.ts'
import { probeSql } from '../../worker/src/engines/postgresProfile.ts'
import { keyStretches } from '../../worker/src/operations/existingKeys.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { type Stretch, sampledStretches } from '../../worker/src/operations/stretches.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { type PlanChange, samplePlan } from '../kit/samplePlan.ts'
import { type FreshSutDatabase, freshSutDatabase } from '../kit/sutDatabase.ts'

/** About twenty rows on each of 25,000 pages: enough pages that one key is taken of each of some. */
const ROWS = 500_000
const APART = 1_000

let sut: FreshSutDatabase
beforeAll(async () => {
  sut = await freshSutDatabase({ rows: 10 })
  await asAdmin(sut.adminUrl, async admin => {
    await admin.query('CREATE UNLOGGED TABLE ordered (id bigint, at timestamp, rare int) WITH (fillfactor = 10, autovacuum_enabled = off)')
    await admin.query(`INSERT INTO ordered SELECT n * ${APART}, timestamp '2024-01-01' + n * interval '1 second', CASE WHEN n <= 10 THEN n END
      FROM generate_series(1, ${ROWS}) n`)
    await admin.query('ALTER TABLE ordered ADD PRIMARY KEY (id)')
    await admin.query('CREATE VIEW seen AS SELECT * FROM ordered WHERE id <= 50000000')
    await admin.query('CREATE TABLE loose (id numeric(9, 0))')
    await admin.query('INSERT INTO loose SELECT n FROM generate_series(1, 20000) n, generate_series(1, 3)')
    await admin.query('CREATE TABLE small (id smallint PRIMARY KEY)')
    await admin.query('INSERT INTO small SELECT n * 10 FROM generate_series(1, 3000) n')
    const slow = (seconds: number): string =>
      `SELECT id FROM generate_series(1, 3) id, (SELECT pg_sleep(${seconds})::text AS slept OFFSET 0) s WHERE slept IS NOT NULL`
    await admin.query(`CREATE VIEW slow AS ${slow(0.4)}`)
    await admin.query(`CREATE VIEW endless AS ${slow(600)}`)
    await admin.query('ANALYZE')
    await admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${sut.user}"`)
  })
})
afterAll(() => sut.drop())

const targetOf = (table: string): Target => ({ ...samplePlan().target, database: sut.database, schema: 'public', table })

const engineWith = (change: PlanChange = {}, statementTimeoutMs = 60_000): Engine => {
  const { host, port, user, password, database } = sut
  const address = { host, port, user, password, database }
  const limits = { tls: 'OFF', ca: null, connectTimeoutMs: 10_000, statementTimeoutMs } as const
  return postgresEngine({ ...address, ...limits, applicationName: 'sampling', plan: samplePlan(change) })
}

const profileOf = (table: string, change: PlanChange = {}): Promise<TableProfile> => engineWith(change).profile(targetOf(table), 42)

const all = async <T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> => {
  const values: T[] = []
  for await (const batch of batches) values.push(...batch)
  return values
}

const medianOf = (next: () => Stretch, held: (low: string, high: string) => number): number => {
  const counts = Array.from({ length: 1_000 }, () => {
    const [low, high] = next()
    return held(String(low), String(high))
  })
  return counts.sort((a, b) => a - b)[counts.length / 2] as number
}

const keysHeld = (low: string, high: string): number => Math.floor(Number(high) / APART) - Math.ceil(Number(low) / APART) + 1

const expectAbout = (count: number, size: number): void => {
  expect(count).toBeGreaterThan(size / 2)
  expect(count).toBeLessThan(size * 2)
}

describe('stretches of a table that lies in the order of its key', () => {
  it.each(['ordered', 'seen'])('hold the asked number of rows where keys are sampled for the run: %s', async table => {
    const profile = await profileOf(table)
    expect(profile.sampledKeys.length).toBeGreaterThan(4_000)
    const next = keyStretches(profile, 20, seededRandom(1, 0, 'r')) as () => Stretch
    expectAbout(medianOf(next, keysHeld), 20)
  })

  it('hold it where keys, or values of another column, come from value pools', async () => {
    const engine = engineWith({ poolSetId: 'S' })
    const target = targetOf('ordered')
    const profile = await engine.profile(target, 42)
    const request = { target, profile, size: 1_000, seed: 7 }
    const keys = await all(engine.pools.sampleKeys(request))
    expect(keys).toHaveLength(1_000)
    expect(await all(engine.pools.sampleKeys(request))).toEqual(keys)
    const shared = { rows: ROWS, size: 100, name: 'it', random: seededRandom(1, 0, 'r') }
    expectAbout(medianOf(sampledStretches({ ...shared, sample: keys.map(Number) }), keysHeld), 100)

    const rows = await all(engine.pools.sampleRows({ ...request, columns: ['at'], isWithoutNull: true }))
    const moments = rows.map(([at]) => at as string).sort()
    expect(moments).toHaveLength(1_000)
    const secondsHeld = (low: string, high: string): number => Math.floor((Date.parse(`${high}Z`) - Date.parse(`${low}Z`)) / 1_000) + 1
    expectAbout(medianOf(sampledStretches({ ...shared, sample: moments }), secondsHeld), 100)
  })
})

describe('a sample', () => {
  it('is of all of the table where the first one holds too few rows', async () => {
    const engine = engineWith({ poolSetId: 'S' })
    const target = targetOf('ordered')
    const request = { target, profile: await engine.profile(target, 42), size: 100, seed: 7 }
    const rows = await all(engine.pools.sampleRows({ ...request, columns: ['rare'], isWithoutNull: true }))
    expect(rows.map(([value]) => Number(value)).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('is of keys that are there', async () => {
    const { keyDensity, sampledKeys } = await profileOf('small')
    expect(keyDensity).toBeCloseTo(0.1, 1)
    expect(sampledKeys.map(Number)).toEqual(Array.from({ length: 3_000 }, (_, i) => (i + 1) * 10))
  })

  it('is not taken for a run that draws no keys, or draws them from value pools', async () => {
    const insert = { ...(samplePlan().operations[0] as object), kind: 'INSERT' } as never
    for (const change of [{ poolSetId: 'S' }, { operations: [insert] }]) {
      const { sampledKeys, keyDensity } = await profileOf('ordered', change)
      expect(sampledKeys).toEqual([])
      expect(keyDensity).toBeLessThan(0.01)
    }
  })
})

describe('keys without an index', () => {
  it('are looked for without keeping the table, and scanned by rows where they repeat', async () => {
    const profile = await profileOf('loose')
    expect(profile).toMatchObject({ keyColumn: 'id', keyDensity: 1, sampledKeys: [] })
    const next = keyStretches(profile, 30, seededRandom(1, 0, 'r')) as () => [number, number]
    const [low, high] = next()
    expect(high - low + 1).toBe(10)
    const plan = await asAdmin(sut.adminUrl, admin =>
      admin.query(`EXPLAIN ${probeSql('loose', { name: 'id', type: 'numeric' })}`, [[1, 2, 3]]),
    )
    const steps = plan.rows.map(row => String(row['QUERY PLAN'])).join('\n')
    expect(steps).toContain('Seq Scan')
    expect(steps).not.toMatch(/Hash|Join/)
  })
})

describe('the look at a table', () => {
  it('may take longer than an operation', async () => {
    expect(await engineWith({}, 200).profile(targetOf('slow'), 42)).toMatchObject({ keyRange: { min: 1, max: 3 } })
  })

  it('says that it took too long, and what helps', async () => {
    const engine = engineWith({ advanced: { startupTimeoutSeconds: 1 } })
    await expect(engine.profile(targetOf('endless'), 42)).rejects.toThrow(
      /^Looking at the table "public"."endless" took more than 0.8 s \(.*\): raise the template's startup timeout/,
    )
  })
})
