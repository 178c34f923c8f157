import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'
import { watch } from '../kit/watchRun.ts'

let sut: SnowflakeSut
let kit: RunKit
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: 1_000 })
  kit = await openRunKit({ snowflake: sut, keepExecutions: true })
})
afterAll(async () => {
  await kit?.close()
  await sut?.drop()
})
beforeEach(() => sut.wire.dials.reset())

interface Seen {
  readonly name: string
  readonly size: string | null
  readonly startedClusters: number | null
  readonly running: number | null
  readonly queued: number | null
  readonly ageSeconds: number | null
  readonly recordedAt: string | null
  readonly trouble: string | null
}

const SEEN = 'name type size state minClusters maxClusters startedClusters running queued scalingPolicy recordedAt ageSeconds trouble'
const UPDATES = `subscription ($runId: ID!) { runUpdated(runId: $runId) { run { status warehouse { ${SEEN} } } } }`
const RUN = `query ($id: ID!) { run(id: $id) { status completionReason notes plan { summary } result { totalOperations failedOperations }
  warehouse { ${SEEN} } warehouseConfig { name size minClusters maxClusters autoSuspendSeconds autoResume isInteractive capturedAt }
  warehouseHistory { elapsedSeconds startedClusters running queued minClusters maxClusters } } }`

interface Shown {
  readonly status: string
  readonly completionReason: string | null
  readonly notes: readonly string[]
  readonly plan: { readonly summary: string }
  readonly result: { readonly totalOperations: number; readonly failedOperations: number } | null
  readonly warehouse: Seen
  readonly warehouseConfig: object | null
  readonly warehouseHistory: readonly { readonly elapsedSeconds: number; readonly running: number }[]
}

const show = async (id: string): Promise<Shown> => (await kit.graphql<{ run: Shown }>(RUN, { id })).run
const follow = (runId: string) =>
  watch<{ readonly runUpdated: { readonly run: { readonly status: string; readonly warehouse: Seen } } }>(kit.server.url, UPDATES, {
    runId,
  })

const SHORT = { workers: 1, targetConnections: 4, warmupSeconds: 0, durationSeconds: 7 }

describe('a run on Snowflake', () => {
  it('shows its warehouse while it goes on, and keeps its history and its set-up', async () => {
    const id = await kit.prepare({ ...SHORT, durationSeconds: 12 }, { name: 'Watched' })
    const before = await show(id)
    expect(before.warehouse).toMatchObject({ name: 'BENCH_WH', size: null, running: null, recordedAt: null, trouble: null })
    expect(before.plan.summary).toMatch(/100 % point lookups on BENCH\.PUBLIC\.ORDERS \(standard table\) through BENCH_WH$/)
    // Long enough that a look meets them at work.
    sut.wire.dials.statementLatencyMs = 300
    sut.wire.dials.statementLatencyFor = statement => statement.warehouse === 'BENCH_WH'
    const updates = follow(id)
    await kit.start(id)
    const live = await updates.first('the warehouse is seen at work', ({ runUpdated: { run } }) => (run.warehouse.running ?? 0) > 0)
    expect(live.runUpdated.run.warehouse).toMatchObject({ name: 'BENCH_WH', size: 'X-Small', trouble: null })
    expect(live.runUpdated.run.warehouse.ageSeconds).toBeGreaterThanOrEqual(0)
    await kit.end(id)
    await updates.ended
    const after = await show(id)
    expect(after).toMatchObject({ status: 'COMPLETED', warehouse: { name: 'BENCH_WH', ageSeconds: null, trouble: null } })
    expect(after.result?.failedOperations).toBe(0)
    expect(after.warehouseConfig).toEqual({
      name: 'BENCH_WH',
      size: 'X-Small',
      minClusters: 1,
      maxClusters: 3,
      autoSuspendSeconds: 600,
      autoResume: true,
      isInteractive: false,
      capturedAt: expect.any(String),
    })
    const { warehouseHistory } = after
    expect(warehouseHistory.length).toBeGreaterThanOrEqual(2)
    expect(warehouseHistory[0]?.elapsedSeconds).toBeLessThan(1)
    expect(warehouseHistory.some(point => point.running > 0)).toBe(true)
    const [row] = await kit.control.db.query('SELECT warehouse, warehouse_size FROM test_results WHERE test_id = ?', [id])
    expect(row).toEqual({ warehouse: 'BENCH_WH', warehouse_size: 'X-Small' })
    await until(
      'the poller has left',
      () => sut.wire.sessions().filter(one => one.application === 'flakebench_warehouse'),
      left => left.length === 0,
    )
  })

  it('is not hurt where its warehouse cannot be looked at', async () => {
    const id = await kit.prepare(SHORT, { name: 'Unwatched' })
    const updates = follow(id)
    await kit.start(id)
    await updates.first('it runs', ({ runUpdated: { run } }) => run.status === 'RUNNING')
    await kit.control.db.execute('UPDATE connections SET settings = PARSE_JSON(?)', [
      JSON.stringify({ ...sut.settings, accessUrl: 'http://127.0.0.1:1' }),
    ])
    await sut.wire.endSessions(session => session.application === 'flakebench_warehouse')
    const broken = await updates.first('trouble is told', ({ runUpdated: { run } }) => run.warehouse.trouble !== null)
    await kit.control.db.execute('UPDATE connections SET settings = PARSE_JSON(?)', [JSON.stringify(sut.settings)])
    expect(broken.runUpdated.run.warehouse.trouble).toMatch(/^Warehouse figures are missing since \d\d:\d\d:\d\d UTC: /)
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
  })

  it('that is taken over goes on with the numbers of its looks', async () => {
    const { db } = kit.control
    const id = await kit.prepare({ ...SHORT, durationSeconds: 25 }, { name: 'Taken over' })
    await kit.start(id)
    const numbers = async (): Promise<unknown[]> =>
      (await db.query('SELECT sequence_number AS n FROM warehouse_poll_snapshots WHERE run_id = ? ORDER BY sequence_number', [id])).map(
        row => row['n'],
      )
    await until('it was looked at twice', numbers, found => found.length >= 2)
    await kit.server.end('SIGKILL')
    const before = await numbers()
    await kit.restart()
    const after = await until('it was looked at again', numbers, found => found.length >= before.length + 2)
    expect(after).toEqual(after.map((_, i) => i))
    expect(await kit.end(id)).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('the details of a warehouse', () => {
  const DETAILS = `query ($id: ID!, $name: String!) { warehouseDetails(connectionId: $id, name: $name) { name state type size minClusters maxClusters
    startedClusters running queued scalingPolicy autoSuspendSeconds autoResume queryAcceleration queryAccelerationMaxScaleFactor resourceConstraint
    generation isInteractive capturedAt } }`

  it('are all that Snowflake tells', async () => {
    const { warehouseDetails } = await kit.graphql<{ warehouseDetails: { capturedAt: string } }>(DETAILS, {
      id: kit.connectionId,
      name: 'bench_wh',
    })
    expect(warehouseDetails).toEqual({
      name: 'BENCH_WH',
      state: 'STARTED',
      type: 'STANDARD',
      size: 'X-Small',
      minClusters: 1,
      maxClusters: 3,
      startedClusters: 1,
      running: 0,
      queued: 0,
      scalingPolicy: 'STANDARD',
      autoSuspendSeconds: 600,
      autoResume: true,
      queryAcceleration: false,
      queryAccelerationMaxScaleFactor: 8,
      resourceConstraint: 'STANDARD_GEN_1',
      generation: '1',
      isInteractive: false,
      capturedAt: warehouseDetails.capturedAt,
    })
    expect(Math.abs(Date.parse(warehouseDetails.capturedAt) - Date.now())).toBeLessThan(60_000)
  })

  it('are refused in words that say what to do', async () => {
    const unknown = await refusalOf(kit.server.url, DETAILS, { id: kit.connectionId, name: 'NOBODYS' })
    expect(unknown.extensions.code).toBe('NOT_FOUND')
    expect(unknown.message).toBe(
      "The connection user's default role sees no warehouse NOBODYS: check its name, and grant the role USAGE or MONITOR on it",
    )
    const end = await sut.wire.dials.startOutage()
    const outage = await refusalOf(kit.server.url, DETAILS, { id: kit.connectionId, name: 'BENCH_WH' })
    await end()
    expect(outage.extensions.code).toBe('TARGET_FAILED')
    expect(outage.message).toMatch(/^Snowflake did not show the warehouse: Snowflake could not be reached: ECONNREFUSED/)
  })
})

describe('a test of a connection to Snowflake', () => {
  const CREATE = 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id } }'
  const test = async (change: object) => {
    const { account, user, accessUrl } = sut.settings
    const snowflake = { account, user, accessUrl, authenticator: 'PASSWORD', password: sut.password, ...change }
    const { createConnection } = await kit.graphql<{ createConnection: { id: string } }>(CREATE, { input: { name: 'Tried', snowflake } })
    const { testConnection } = await kit.graphql<{ testConnection: { ok: boolean; message: string; version: string | null } }>(
      'mutation ($id: ID!) { testConnection(id: $id) { ok roundTripMs version message } }',
      createConnection,
    )
    await kit.graphql('mutation ($id: ID!) { deleteConnection(id: $id) }', createConnection)
    return testConnection
  }

  it('says who is signed in, in which role and version', async () => {
    expect(await test({})).toEqual({
      ok: true,
      roundTripMs: expect.any(Number),
      version: expect.stringMatching(/^\d+\./),
      message: 'Signed in to FLAKEBENCH as BENCH with the role BENCH_ROLE',
    })
  })

  it('says what to do when it is refused', async () => {
    expect(await test({ password: 'wrong' })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/\(390100\): check user and secret/),
    })
    expect(await test({ authenticator: 'PAT', password: undefined, token: 'x' })).toMatchObject({ ok: false, version: null })
  })
})
