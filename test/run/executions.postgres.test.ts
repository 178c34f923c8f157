import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionsKept } from '@flakebench/contract'
import { listLogLines, readExecutionsKept, readResults } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killHard } from '../kit/embeddedHome.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { pidsOf, untilMeasuring } from '../kit/runUnderWay.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ keepExecutions: true })
})
afterAll(() => kit.close())

const SHARED = { ...LIGHT, advanced: { shareSut: true } }

const keptOf = async (id: string): Promise<ExecutionsKept> => {
  const kept = (await readExecutionsKept(kit.control.db, [id])).get(id)
  if (kept === undefined) throw new Error(`nothing is said of the executions of run ${id}`)
  return kept
}

/** Rows in the table, by phase and whether they are in the figures. */
const countsOf = async (id: string): Promise<Readonly<Record<string, number>>> => {
  const rows = await kit.control.db.query(
    'SELECT phase, counted, COUNT(*) AS n, COUNT(DISTINCT execution_id) AS ids FROM query_executions WHERE run_id = ? GROUP BY phase, counted',
    [id],
  )
  for (const row of rows) expect(Number(row['ids'])).toBe(Number(row['n']))
  return Object.fromEntries(rows.map(row => [`${row['phase']} ${row['counted'] === true ? 'counted' : 'cut off'}`, Number(row['n'])]))
}

const spoolOf = (id: string): string => join(kit.home, 'spool', id)

describe.concurrent('the executions of a run', () => {
  it('are all in the table when it is over, as many as the histograms have, and no more on disk', async () => {
    const run = await kit.run({ workers: 2, targetConnections: 4 }, { ...SHARED, name: 'Whole' })
    const { id } = run
    const kept = await keptOf(id)
    const result = (await readResults(kit.control.db, [id])).get(id)
    const { started = 0, ended = 0, cutOff = 0 } = result?.accounting ?? {}
    expect(kept).toEqual({ state: 'COMPLETE', loaded: started, expected: started, dropped: 0, differences: [], unread: [] })
    expect(ended + cutOff).toBe(started)
    const counts = await countsOf(id)
    expect(counts['MEASUREMENT counted']).toBe(result?.totalOperations)
    expect(counts['WARMUP counted']).toBe(result?.warmupByKind.reduce((sum, kind) => sum + kind.operations, 0))
    expect(existsSync(spoolOf(id))).toBe(false)
  })

  it('are not kept when the run asks for none', async () => {
    const { id } = await kit.run({ warmupSeconds: 0, durationSeconds: 1, keepExecutions: false }, { ...SHARED, name: 'None' })
    expect(await keptOf(id)).toMatchObject({ state: 'NOT_KEPT', loaded: 0 })
    expect(await countsOf(id)).toEqual({})
    await expect(kit.graphql('mutation ($id: ID!) { loadExecutions(id: $id) { id } }', { id })).rejects.toThrow(
      /keeps no single executions/,
    )
  })

  it('leave nothing on disk when the run ends before its start', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2 }, { ...SHARED, name: 'Never' })
    await kit.start(id)
    const beats = await until(
      'both have registered',
      () => kit.heartbeats(id),
      all => all.length === 2,
    )
    // One that does not become ready keeps the others from the start.
    const frozen = beats[1]?.pid ?? 0
    process.kill(frozen, 'SIGSTOP')
    await until(
      'the other is ready',
      async () => (await kit.heartbeats(id)).filter(({ spool }) => spool !== null).length,
      ready => ready > 0,
    )
    expect(existsSync(spoolOf(id))).toBe(true)
    await kit.stop(id)
    process.kill(frozen, 'SIGCONT')
    expect(await kit.end(id)).toMatchObject({ status: 'CANCELLED' })
    expect((await kit.record(id)).startAtMs).toBeNull()
    expect(existsSync(spoolOf(id))).toBe(false)
  })

  it('of a worker that was killed are loaded from its disk, and what is missing is said', async () => {
    const id = await kit.prepare(
      { workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 6 },
      { ...LIGHT, name: 'Killed', advanced: { deadWorkerPolicy: 'CONTINUE', shareSut: true } },
    )
    await kit.start(id)
    await untilMeasuring(kit, id, 3)
    const [, victim] = await pidsOf(kit, id)
    await killHard(victim ?? 0)
    expect(await kit.end(id)).toMatchObject({ status: 'COMPLETED' })
    const kept = await keptOf(id)
    const rows = await kit.control.db.query("SELECT COUNT(*) AS n FROM query_executions WHERE run_id = ? AND worker_id = 'worker-1'", [id])
    expect(Number(rows[0]?.['n'])).toBeGreaterThan(100)
    // What it did in its last second is either in its spool or in its snapshots, or in both: the books say which.
    for (const { workerId, why } of kept.differences) {
      expect(workerId).toBe('worker-1')
      expect(why).toMatch(/was lost before/)
    }
    expect(kept.state).toBe(kept.differences.length === 0 ? 'COMPLETE' : 'INCOMPLETE')
    const lines = await listLogLines(kit.control.db, id, { after: null, first: 200, levels: null, sources: ['processing'] })
    expect(lines.length).toBeGreaterThan(0)
  })

  it('of a run that failed are kept as well, its errors among them', async () => {
    const broken = { pointLookup: { weight: 100, sql: 'SELECT 1 / (order_id - order_id) FROM {table} WHERE order_id = ?' } }
    const { id } = await kit.run({ warmupSeconds: 0, durationSeconds: 1 }, { ...SHARED, name: 'Broken', operations: broken })
    const rows = await kit.control.db.query(
      'SELECT error_category, error, error_group, COUNT(*) AS n FROM query_executions WHERE run_id = ? AND counted = TRUE GROUP BY error_category, error, error_group',
      [id],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      error_category: 'DATA',
      error: expect.stringContaining('division by zero'),
      error_group: expect.any(String),
    })
    const result = (await readResults(kit.control.db, [id])).get(id)
    expect(Number(rows[0]?.['n'])).toBe(result?.failedOperations)
  })
})
