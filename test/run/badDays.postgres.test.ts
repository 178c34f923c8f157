import type { TemplateInput } from '@flakebench/contract'
import { insertTemplate, newId, putConnection, sealSecret } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedCluster, ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { createDemoOrders } from '../../sql/store/src/demo/createDemoOrders.ts'
import { DEMO_ROLE, ensureDemoRole } from '../../sql/store/src/demo/ensureDemoRole.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { type EmbeddedHome, makeEmbeddedHome } from '../kit/embeddedHome.ts'
import { refusalOf } from '../kit/graphql.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit, templateOf } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'
import { soundTemplate } from '../kit/templateInput.ts'
import type { WholePoint, WholeRun } from '../kit/wholeRun.ts'

let kit: RunKit
let slow: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    sutAddress: async sut => {
      slow = await startSlowSut(sut)
      return { host: '127.0.0.1', port: slow.port }
    },
  })
})
afterAll(async () => {
  await kit.close()
  await slow.close()
})

const measuredPoints = async (runId: string): Promise<readonly WholePoint[]> =>
  (await kit.read(runId)).history.filter(({ phase }) => phase === 'MEASUREMENT')

const untilMeasuring = (runId: string, holds: (points: readonly WholePoint[]) => boolean): Promise<readonly WholePoint[]> =>
  until('the measurement has come so far', () => measuredPoints(runId), holds)

const categories = ({ result }: WholeRun): readonly string[] => (result?.errors ?? []).map(({ category }) => category)

describe('a system under test', () => {
  let home: EmbeddedHome
  let cluster: EmbeddedCluster
  const ensure = (): Promise<EmbeddedCluster> =>
    ensureCluster({ home: home.path, name: 'sut', settings: { shared_buffers: '32MB', fsync: 'off' }, graceSeconds: 1 })
  beforeAll(async () => {
    home = makeEmbeddedHome()
    cluster = await ensure()
    await createDemoOrders(cluster.url('postgres'), { rows: 1_000 })
    await ensureDemoRole(cluster.url('postgres'), 'secret')
  })
  afterAll(async () => {
    await cluster.stop()
    await home.close()
  })

  it('that is stopped in the middle of a run gives errors of the connection, and is driven on once it is back', async () => {
    const connectionId = newId()
    await putConnection(kit.control.db, {
      id: connectionId,
      name: 'Stops in between',
      type: 'POSTGRES',
      settings: { host: cluster.host, port: cluster.port, user: DEMO_ROLE, database: 'demo', tls: 'OFF', ca: null },
      sealedCredentials: sealSecret('secret', connectionId, kit.credentialKey),
    })
    const id = await kit.prepare(
      { targetConnections: 4, warmupSeconds: 0, durationSeconds: 20 },
      { name: 'Stops in between', target: { connectionId, database: 'demo', table: 'orders' } },
    )
    await kit.start(id)
    await untilMeasuring(id, points => points.length >= 1)
    const { port } = cluster
    await cluster.stop()
    await untilMeasuring(id, points => points.some(({ operations, errors }) => operations > 0 && errors === operations))
    cluster = await ensure()
    expect(cluster.port).toBe(port)
    await untilMeasuring(id, points => {
      const failed = points.findIndex(({ operations, errors }) => operations > 0 && errors === operations)
      return points.slice(failed + 1).some(({ operations, errors }) => operations > errors)
    })
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', result: { lostOperations: 0 } })
    expect(categories(run)).toEqual(['CONNECTION'])
    expect(run.result?.failedOperations).toBeGreaterThan(4)
    expect(run.result?.errors[0]?.count).toBe(run.result?.failedOperations)
    expect(run.result?.errorRate).toBeCloseTo((run.result?.failedOperations ?? 0) / (run.result?.totalOperations ?? 0), 9)
    expect(run.history.at(-1)).toMatchObject({ errors: 0, activeConnections: 4 })
  })

  it('that drops its connections has them opened again', async () => {
    const id = await kit.prepare({ targetConnections: 4, warmupSeconds: 0, durationSeconds: 4 })
    await kit.start(id)
    await untilMeasuring(id, points => points.length >= 1)
    slow.dropAll()
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', result: { lostOperations: 0 } })
    expect(categories(run)).toEqual(['CONNECTION'])
    expect(run.result?.failedOperations).toBeLessThanOrEqual(4)
    expect(run.history.at(-1)).toMatchObject({ errors: 0, activeConnections: 4 })
  })

  it('whose table is dropped in the middle of a run gives errors that say so', async () => {
    await asAdmin(kit.sut.adminUrl, async admin => {
      await admin.query('CREATE TABLE doomed AS SELECT * FROM orders')
      await admin.query('ALTER TABLE doomed ADD PRIMARY KEY (order_id)')
      await admin.query(`GRANT SELECT ON doomed TO ${kit.sut.user}`)
    })
    const id = await kit.prepare(
      { targetConnections: 2, warmupSeconds: 0, durationSeconds: 4 },
      { name: 'Doomed', target: { connectionId: kit.connectionId, table: 'doomed' } },
    )
    await kit.start(id)
    await untilMeasuring(id, points => points.length >= 1)
    await asAdmin(kit.sut.adminUrl, admin => admin.query('DROP TABLE doomed'))
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', result: { lostOperations: 0 } })
    expect(categories(run)).toEqual(['MISSING_OBJECT'])
    expect(run.result?.errors[0]?.sample).toContain('doomed')
  })

  it('that does not let its role write is refused at the start, and gives errors of permission when that changes in between', async () => {
    const template = { name: 'Not allowed', operations: { pointLookup: { weight: 50 }, update: { weight: 50 } } }
    const id = await kit.prepare({ warmupSeconds: 0, durationSeconds: 4 }, template)
    await kit.start(id)
    await untilMeasuring(id, points => points.length >= 1)
    await asAdmin(kit.sut.adminUrl, admin => admin.query(`REVOKE UPDATE ON orders FROM ${kit.sut.user}`))
    const run = await kit.end(id)
    const refused = await kit.run({}, template)
    await asAdmin(kit.sut.adminUrl, admin => admin.query(`GRANT UPDATE ON orders TO ${kit.sut.user}`))
    expect(run).toMatchObject({ status: 'COMPLETED', result: { lostOperations: 0 } })
    expect(categories(run)).toEqual(['PERMISSION'])
    expect(refused).toMatchObject({ status: 'FAILED', completionReason: 'STARTUP_FAILURE' })
    expect(refused.cancellationReason).toContain('The update is not allowed')
  })

  it('that takes longer than a statement may gives timeouts', async () => {
    const operations = { pointLookup: { weight: 100, sql: 'SELECT order_id, pg_sleep(30) FROM {table} WHERE order_id = ?' } }
    const run = await kit.run(
      { targetConnections: 2, warmupSeconds: 0, durationSeconds: 3 },
      { name: 'Too slow', operations, advanced: { statementTimeoutSeconds: 1 } },
    )
    expect(run).toMatchObject({ status: 'COMPLETED', result: { p50Ms: null, qps: 0, lostOperations: 0 } })
    expect(categories(run)).toEqual(['TIMEOUT'])
    expect(run.result?.failedOperations).toBe(run.result?.totalOperations)
  })
})

describe('settings that make no sense', () => {
  const CREATE = 'mutation ($input: TemplateInput!) { createTemplate(input: $input) { id } }'
  const PREPARE = 'mutation ($id: ID!, $overrides: RunOverrides) { prepareRun(templateId: $id, overrides: $overrides) { id } }'

  it.each<[string, TemplateInput, string, string]>([
    ['a mix of 99.99', { operations: { pointLookup: { weight: 99.99 } } }, 'operations', '99.99'],
    ['a duration of 0', { load: { durationSeconds: 0 } }, 'load.durationSeconds', 'from 1'],
    ['no table', { target: { table: ' ' } }, 'target.table', 'must be given'],
    [
      'a statement that writes for a lookup',
      { operations: { pointLookup: { weight: 100, sql: 'DELETE FROM {table}' } } },
      'operations.pointLookup.sql',
      'DELETE',
    ],
  ])('such as %s are refused with the place and the reason', async (_, change, path, words) => {
    const { extensions } = await refusalOf(kit.server.url, CREATE, { input: templateOf(kit.connectionId, change) })
    expect(extensions.code).toBe('VALIDATION_FAILED')
    expect(extensions.problems).toEqual([{ path, message: expect.stringContaining(words) }])
  })

  it('are all told at once', async () => {
    const input = templateOf(kit.connectionId, { name: '', load: { durationSeconds: 0, targetConnections: 0 }, operations: {} })
    const { extensions } = await refusalOf(kit.server.url, CREATE, { input })
    expect(extensions.problems?.map(({ path }) => path).sort()).toEqual([
      'load.durationSeconds',
      'load.targetConnections',
      'name',
      'operations',
    ])
  })

  it('in the overrides of a run are refused by their own names', async () => {
    const id = await kit.createTemplate()
    const overrides = { durationSeconds: 0, workers: 3, targetConnections: 2, seed: -1 }
    const { extensions } = await refusalOf(kit.server.url, PREPARE, { id, overrides })
    expect(extensions.code).toBe('VALIDATION_FAILED')
    expect(extensions.problems?.map(({ path }) => path)).toEqual(expect.arrayContaining(['overrides.durationSeconds', 'overrides.seed']))
    const { extensions: tooMany } = await refusalOf(kit.server.url, PREPARE, { id, overrides: { workers: 3, targetConnections: 2 } })
    expect(tooMany.problems?.map(({ path }) => path)).toEqual(['overrides.workers'])
  })

  it('such as a connection that is gone are refused when a run is prepared', async () => {
    const id = newId()
    await insertTemplate(kit.control.db, id, soundTemplate(templateOf(kit.connectionId)))
    // As one is kept whose connection was deleted before that was prevented.
    await kit.control.db.execute(
      `UPDATE test_templates SET config = PARSE_JSON(REPLACE(CAST(config AS VARCHAR), '${kit.connectionId}', 'gone')) WHERE template_id = ?`,
      [id],
    )
    const { extensions } = await refusalOf(kit.server.url, PREPARE, { id })
    expect(extensions.problems).toEqual([
      { path: 'target.connectionId', message: 'There is no saved connection with id gone: choose another' },
    ])
  })

  it('such as a way to connect that is not there yet are refused when a run is prepared, and saved all the same', async () => {
    const id = await kit.createTemplate({ name: 'Through PgBouncer', target: { usePgbouncer: true, table: 'orders' } })
    const { extensions } = await refusalOf(kit.server.url, PREPARE, { id })
    expect(extensions.problems?.map(({ path }) => path)).toEqual(['target.usePgbouncer'])
  })
})
