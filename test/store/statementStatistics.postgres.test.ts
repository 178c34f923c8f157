import type { Enrichment, Execution } from '@flakebench/contract'
import { listEnrichments, putExecutionsKept, readStatistics } from '@flakebench/store'
import pg from 'pg'
import { expect, it } from 'vitest'
import { type RunEnrichment, runEnrichment } from '../../server/src/enrichment/runEnrichment.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { type EnrichedRun, enrichedRun } from '../kit/enrichedRun.ts'
import { until } from '../kit/processes.ts'
import { sampleExecution } from '../kit/sampleExecution.ts'
import { type FreshSutDatabase, freshSutDatabase } from '../kit/sutDatabase.ts'

const LOOKUP = 'SELECT /*flakebench kind=POINT_LOOKUP*/ * FROM orders WHERE order_id = $1'
const FEW = 'SELECT /*flakebench kind=GENERIC_SQL*/ count(*) FROM orders WHERE amount > 5.5 AND order_id = $1'
const UPDATE = 'UPDATE /*flakebench kind=UPDATE*/ orders SET note = $2 WHERE order_id = $1'
const STATEMENTS = [LOOKUP, FEW, UPDATE]
const OPTIONS = { signal: new AbortController().signal, progress: () => undefined }

interface Place {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

const runOn = ({ host, port, user, password, database }: Place): Promise<EnrichedRun> => {
  const settings = { host, port, user, database, tls: 'OFF', ca: null } as const
  return enrichedRun({ tableType: 'POSTGRES', database, schema: 'public', warehouse: null }, { type: 'POSTGRES', settings }, password)
}

const withExtension = async (): Promise<FreshSutDatabase> => {
  const sut = await freshSutDatabase({ rows: 100 })
  await asAdmin(sut.adminUrl, admin => admin.query('CREATE EXTENSION pg_stat_statements'))
  return sut
}

/** Sends each statement so often, as a worker does. */
const send = async (sut: FreshSutDatabase, run: EnrichedRun, count: number, from = 0): Promise<Execution[]> => {
  const client = new pg.Client({ connectionString: sut.url })
  await client.connect()
  const sent: Execution[] = []
  for (let n = 0; n < count; n++) {
    for (const [i, text] of STATEMENTS.entries()) {
      const values = text === UPDATE ? [1 + (n % 100), 'new'] : [1 + (n % 100)]
      await client.query({ name: `s${i}`, text, values })
      sent.push(sampleExecution(from + sent.length, { endMs: await run.now(), label: `statement ${i}` }))
    }
  }
  await client.end()
  return sent
}

const takeBaseline = async (run: EnrichedRun, enrichment: RunEnrichment): Promise<void> => {
  enrichment.duringLoad(await run.read())
  await until(
    'the first reading',
    () => readStatistics(run.db, run.id, 'BASELINE'),
    kept => kept !== null,
  )
}

const found = async (run: EnrichedRun): Promise<Enrichment | undefined> => (await listEnrichments(run.db, [run.id]))[0]

it('tells by label what PostgreSQL counted between the two readings', async () => {
  const sut = await withExtension()
  const run = await runOn(sut)
  const enrichment = runEnrichment(run.deps)
  const before = await send(sut, run, 7)
  await takeBaseline(run, enrichment)
  const during = await send(sut, run, 20, before.length)
  const failed = sampleExecution(1_000, { endMs: await run.now(), label: 'statement 0', success: false, rows: null })
  await run.keep([...before, ...during, failed], STATEMENTS)
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  const statistics = await found(run)
  expect(statistics).toMatchObject({ source: 'STATEMENT_STATISTICS', status: 'COMPLETED', note: null, matched: 60, expected: 60 })
  expect(statistics?.content).toMatchObject({
    statements: [
      { label: 'statement 0', calls: 20, executions: 21, errors: 1, rows: 20, cacheHitPercent: 100, ioReadMs: null, maxMs: null },
      { label: 'statement 1', calls: 20, executions: 20, errors: 0, rows: 20 },
      { label: 'statement 2', calls: 20, executions: 20, errors: 0, rows: 20 },
    ],
  })
  const [lookup, , update] = statistics?.content?.statements ?? []
  // PostgreSQL 12 counts none.
  const { serverVersion = 0 } = (await readStatistics(run.db, run.id, 'END'))?.reading ?? {}
  expect((update?.walBytes ?? 0) > 0).toBe(serverVersion >= 130_000)
  expect(lookup?.meanMs).toBeGreaterThan(0)
  expect(lookup?.totalMs).toBeCloseTo((lookup?.meanMs ?? 0) * 20, 6)
  // Asked again, the same is told: from the readings that were kept.
  await send(sut, run, 5)
  await expect(enrichment.enrich(run.id)).rejects.toMatchObject({ code: 'WRONG_STATE' })
  await expect(enrichment.enrich('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await run.end()
  await enrichment.enrich(run.id)
  expect((await found(run))?.status).toBe('PENDING')
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  expect((await found(run))?.content).toEqual(statistics?.content)
})

it('tells of the load alone, however long the executions take to be loaded', async () => {
  const sut = await withExtension()
  const run = await runOn(sut)
  const enrichment = runEnrichment(run.deps)
  await takeBaseline(run, enrichment)
  const during = await send(sut, run, 4)
  await enrichment.loadEnded(await run.read(), OPTIONS.signal)
  // While they are loaded, another sends the same.
  await send(sut, run, 30)
  await run.keep(during, STATEMENTS)
  await enrichment.loadEnded(await run.read(), OPTIONS.signal)
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  expect(await found(run)).toMatchObject({ status: 'COMPLETED', note: null, matched: 12, expected: 12 })
})

it('tells the calls of a run that keeps no executions', async () => {
  const sut = await withExtension()
  const run = await runOn(sut)
  const enrichment = runEnrichment(run.deps)
  await run.keep([], STATEMENTS)
  await takeBaseline(run, enrichment)
  // Known before its load, nothing but its own statements is kept of the first reading either.
  await send(sut, run, 4)
  await putExecutionsKept(run.db, run.id, null, { state: 'NOT_KEPT', loaded: 0, expected: 12, dropped: 0, differences: [], unread: [] })
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  const statistics = await found(run)
  expect(statistics).toMatchObject({
    status: 'COMPLETED',
    matched: null,
    expected: null,
    note: expect.stringContaining('No single') as string,
  })
  expect(statistics?.content?.statements).toMatchObject(STATEMENTS.map(() => ({ calls: 4, executions: null, errors: null })))
})

it('keeps nothing that can be read of what others sent, passwords least of all', async () => {
  const sut = await withExtension()
  const run = await runOn(sut)
  const enrichment = runEnrichment(run.deps)
  const client = new pg.Client({ connectionString: sut.url })
  await client.connect()
  await client.query(`ALTER ROLE ${sut.user} PASSWORD '${sut.password}'`)
  await client.query(`/* SELECT */ ALTER ROLE ${sut.user} PASSWORD '${sut.password}'`)
  await client.query("SELECT 'a customer' AS private_word")
  await client.end()
  const { rows } = await asAdmin(sut.adminUrl, admin =>
    admin.query("SELECT query FROM pg_stat_statements WHERE query LIKE '%' || $1 || '%'", [sut.password]),
  )
  expect(rows.length).toBeGreaterThan(0)
  await takeBaseline(run, enrichment)
  await run.keep(await send(sut, run, 2), STATEMENTS)
  await enrichment.loadEnded(await run.read(), OPTIONS.signal)
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  for (const moment of ['BASELINE', 'END'] as const) {
    const kept = JSON.stringify(await readStatistics(run.db, run.id, moment))
    expect(kept).toContain('shape')
    for (const word of [sut.password, 'ROLE', 'PASSWORD', 'private_word', 'customer'])
      expect(kept.toLowerCase()).not.toContain(word.toLowerCase())
  }
  const end = await readStatistics(run.db, run.id, 'END')
  expect(end?.reading.statements).toHaveLength(STATEMENTS.length)
  expect(await found(run)).toMatchObject({ status: 'COMPLETED', matched: 6 })
})

it('says what to do where the extension is missing', async () => {
  const sut = await freshSutDatabase({ rows: 0 })
  const run = await runOn(sut)
  const enrichment = runEnrichment(run.deps)
  enrichment.duringLoad(await run.read())
  const missing = await until(
    'the refusal',
    () => found(run),
    one => one !== undefined,
  )
  expect(missing).toMatchObject({ status: 'SKIPPED', note: expect.stringContaining('CREATE EXTENSION pg_stat_statements') as string })
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  expect(await found(run)).toMatchObject({ status: 'SKIPPED', note: missing?.note })
})

it('says so where the server has not loaded it', async () => {
  // The control cluster has nothing preloaded: a database there stands for such a server.
  const { adminUrl } = await freshControlDatabase()
  await asAdmin(adminUrl, admin => admin.query('CREATE EXTENSION pg_stat_statements'))
  const { hostname: host, port, username: user, password, pathname } = new URL(adminUrl)
  const run = await runOn({ host, port: Number(port), user, password: decodeURIComponent(password), database: pathname.slice(1) })
  runEnrichment(run.deps).duringLoad(await run.read())
  const skipped = await until(
    'the refusal',
    () => found(run),
    one => one !== undefined,
  )
  expect(skipped).toMatchObject({ status: 'SKIPPED', note: expect.stringContaining('shared_preload_libraries') as string })
  expect(skipped?.note).not.toContain(decodeURIComponent(password))
})

it('tells nothing when the statistics were reset in between', async () => {
  const sut = await withExtension()
  const run = await runOn(sut)
  const enrichment = runEnrichment(run.deps)
  await send(sut, run, 3)
  await takeBaseline(run, enrichment)
  await asAdmin(sut.adminUrl, admin =>
    admin.query('SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = current_database()'),
  )
  await run.keep(await send(sut, run, 2), STATEMENTS)
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  expect(await found(run)).toMatchObject({ status: 'FAILED', note: expect.stringContaining('reset') as string, content: null })
})

it('tells nothing without the reading at the start, and harms nobody when the server is gone', async () => {
  const sut = await withExtension()
  const run = await runOn(sut)
  await run.keep(await send(sut, run, 1), STATEMENTS)
  await sut.drop()
  const enrichment = runEnrichment(run.deps)
  enrichment.duringLoad(await run.read())
  await until(
    'the warning',
    () => run.warnings,
    all => all.length > 0,
  )
  await enrichment.afterLoad(await run.read(), 1, OPTIONS)
  expect(await found(run)).toMatchObject({
    status: 'SKIPPED',
    note: expect.stringMatching(/when the measurement began \(.*(failed|does not exist)/) as string,
  })
  await enrichment.close()
})
