import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine, EngineConnection } from '../../worker/src/engines/engine.ts'
import { openConnections, openingSessions, rehearse } from '../../worker/src/load/openConnections.ts'
import type { Operation } from '../../worker/src/operations/operation.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { type PlanChange, samplePlan } from '../kit/samplePlan.ts'
import { engineOn, executeOn, operationOf, operationsOn } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

const ROWS = 500
let sut: SnowflakeSut
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: ROWS, server: { rowsPerChunk: 100 } })
})
afterAll(() => sut?.drop())
beforeEach(() => {
  sut.wire.dials.reset()
  sut.wire.clearLog()
})

const ALL_KINDS = (['POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE'] as const).map(kind => operationOf(kind, 25))

const buildAll = (engine: Engine, change: PlanChange): Promise<Operation[]> => operationsOn(engine, samplePlan(change))

const withConnection = async <T>(engine: Engine, work: (connection: EngineConnection) => Promise<T>): Promise<T> => {
  const connection = await engine.connect()
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

const rowCount = async (): Promise<number> =>
  asAdmin(sut.adminUrl, async admin => Number((await admin.query(`SELECT count(*) AS n FROM "${sut.adminSchema}".orders`)).rows[0].n))

describe('the Snowflake engine', () => {
  it('looks at the table before the first operation', async () => {
    const profile = await engineOn(sut).profile(samplePlan().target, 42)
    expect(profile).toMatchObject({
      keyColumn: 'ORDER_ID',
      keyRange: { min: 1, max: ROWS },
      sampledKeys: [],
      rowEstimate: ROWS,
      engineVersion: expect.stringMatching(/^Snowflake \d+\.\d+\.\d+/),
      settings: { warehouse: 'BENCH_WH', warehouse_size: 'X-Small', warehouse_clusters: '1 to 3', result_cache: 'OFF' },
    })
    expect(profile.columns).toContainEqual({
      name: 'AMOUNT',
      type: 'number',
      maxLength: null,
      numericPrecision: 10,
      numericScale: 2,
      nullable: false,
      hasDefault: false,
      generated: false,
    })
    expect(profile.columns.find(({ name }) => name === 'STATUS')).toMatchObject({ type: 'text', maxLength: 16 })
    expect(profile.columns.find(({ name }) => name === 'CREATED_AT')).toMatchObject({ type: 'timestamp_ntz' })
  })

  it('finds a table by its names in lower case', async () => {
    const target = {
      ...samplePlan().target,
      database: 'bench',
      schema: 'public',
      table: 'orders',
      warehouse: 'BENCH_WH',
      tableType: 'STANDARD' as const,
    }
    expect(await engineOn(sut, { target }).tableName(target)).toBe('"BENCH"."PUBLIC"."ORDERS"')
  })

  it('sends every canonical kind, rehearsed first', async () => {
    const engine = engineOn(sut, { operations: ALL_KINDS })
    const operations = await buildAll(engine, { operations: ALL_KINDS })
    expect(await rehearse(engine, operations)).toBeGreaterThan(0)
    const before = await rowCount()
    await withConnection(engine, async connection => {
      for (const { kind, statement, bind } of operations) {
        for (let i = 0; i < 20; i++) {
          const failure = await new Promise(resolve => connection.execute(statement, bind(), resolve))
          expect(failure, statement.text).toBeNull()
          expect(connection.lastQueryId).toMatch(/^[0-9a-f-]{36}$/)
          if (kind === 'RANGE_SCAN') expect(connection.lastRows).toBeGreaterThan(1)
          else expect(connection.lastRows, statement.text).toBe(1)
        }
      }
    })
    expect(await rowCount()).toBe(before + 20)
    expect(await engine.readMaxKey(samplePlan().target, 'ORDER_ID')).toBe(ROWS + 20)
    const sent = sut.wire.statements().filter(({ text }) => text.includes('flakebench kind=INSERT') && !text.startsWith('EXPLAIN'))
    expect(sent).toHaveLength(20)
    expect(new Set(sent.map(({ text }) => text)).size).toBe(1)
  })

  it('says of each statement which run, worker and phase it is of', async () => {
    const engine = engineOn(sut)
    await withConnection(engine, async connection => {
      for (const phase of ['WARMUP', 'MEASUREMENT'] as const) {
        engine.enterPhase(phase)
        expect(await executeOn(connection, `SELECT '${phase}'`)).toBeNull()
      }
    })
    const tagOf = (text: string): string | undefined => sut.wire.statements().find(one => one.text === text)?.tag
    expect(tagOf("SELECT 'WARMUP'")).toBe('flakebench:run_id=R1:worker_id=worker-0:phase=WARMUP')
    expect(tagOf("SELECT 'MEASUREMENT'")).toBe('flakebench:run_id=R1:worker_id=worker-0:phase=MEASUREMENT')
  })

  it('reads an answer that comes in several files to its end, as one execution', async () => {
    const requests = sut.wire.statements().length
    await withConnection(engineOn(sut), async connection => {
      expect(await executeOn(connection, 'SELECT * FROM ORDERS WHERE ORDER_ID BETWEEN ? AND ?', [1, ROWS])).toBeNull()
    })
    const sent = sut.wire
      .statements()
      .slice(requests)
      .filter(({ text }) => text.startsWith('SELECT * FROM ORDERS'))
    expect(sent).toMatchObject([{ rowsProduced: ROWS, timesReceived: 1 }])
  })

  it('opens a hundred connections, all of them usable', async () => {
    const engine = engineOn(sut)
    const operations = await buildAll(engine, { operations: [operationOf('POINT_LOOKUP')] })
    const connections = await openConnections(engine, openingSessions(engine, operations), 100)
    expect(sut.wire.sessions().length).toBeGreaterThanOrEqual(100)
    const { statement, bind } = operations[0] as Operation
    const failures = await Promise.all(connections.map(one => new Promise(resolve => one.execute(statement, bind(), resolve))))
    expect(failures.filter(failure => failure !== null)).toEqual([])
    await Promise.all(connections.map(connection => connection.close()))
  })

  it('signs in once for each connection, and asks nothing else of the server', async () => {
    const engine = engineOn(sut)
    await engine.tableName(samplePlan().target)
    sut.wire.clearLog()
    await withConnection(engine, async () => undefined)
    expect(sut.wire.counts()).toMatchObject({ logins: 1, statements: 0, heartbeats: 0 })
  })
})
