import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  EXECUTIONS_TABLE,
  insertRunRows,
  listRuns,
  type Row,
  RUN_TABLES,
  readResults,
  readRun,
  readRunMarks,
  readRunRows,
  readWorkerResults,
  tableShape,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomLimits } from '../../server/src/exports/diskRoom.ts'
import type { ExecutionChoice } from '../../server/src/exports/executions.ts'
import type { RunExports } from '../../server/src/exports/runExports.ts'
import { tableColumns } from '../../sql/store/src/setup/schemaFiles.ts'
import { type BundleKit, openBundleKit, rowsOf } from '../kit/bundleKit.ts'
import { readRunNow } from '../kit/storedRun.ts'
import { CONNECTION, EXECUTIONS, INTERVALS } from '../kit/wholeStoredRun.ts'

let kit: BundleKit
beforeAll(async () => {
  kit = await openBundleKit()
})
afterAll(() => kit.close())

describe('the tables of runs', () => {
  it('are read with every column that they have', () => {
    for (const { name } of RUN_TABLES)
      expect(
        tableShape(name)
          .map(column => column.name)
          .sort(),
      ).toEqual([...(tableColumns().get(name) ?? [])].sort())
  })
})

describe('a bundle', () => {
  it('brings a run to another installation as it was, without its connection', async () => {
    const run = await readRunNow(kit.here, kit.runId)
    const packed = await kit.written(kit.exportsOf(kit.here).exportRun(run, 'BUNDLE', true))
    const text = gunzipSync(packed).toString()
    for (const secret of [CONNECTION, 'secret.host']) expect(text).not.toContain(secret)
    const there = await kit.emptied()
    const other = kit.exportsOf(there)
    expect(await other.importRun(kit.send(packed))).toBe(kit.runId)

    const before = await rowsOf(kit.here, kit.runId)
    const after = await rowsOf(there, kit.runId)
    expect(after['query_executions']).toHaveLength(EXECUTIONS)
    for (const name of RUN_TABLES.map(table => table.name).filter(
      one => !['run_status', 'test_results', 'enrichments', 'worker_heartbeats'].includes(one),
    )) {
      expect(withoutFractions(after[name])).toEqual(withoutFractions(before[name]))
    }
    expect(after['enrichments']).toMatchObject([{ status: 'SKIPPED', due_at: null }])
    const imported = await readRunNow(there, kit.runId)
    expect(imported).toMatchObject({ name: run.name, number: run.number, status: 'COMPLETED', orchestratorId: null })
    expect(imported.plan).toEqual({ ...run.plan, target: { ...run.plan.target, connectionId: null }, sut: [], poolSetId: null })
    expect(await readResults(there, [kit.runId])).toEqual(await readResults(kit.here, [kit.runId]))
    expect(await readWorkerResults(there, kit.runId)).toEqual(await readWorkerResults(kit.here, kit.runId))
    const [own, others] = [
      (await readRunMarks(kit.here, [kit.runId])).get(kit.runId),
      (await readRunMarks(there, [kit.runId])).get(kit.runId),
    ]
    expect(others).toEqual({ ...own, isBaseline: false, importedAtMs: expect.any(Number) })
    expect((await listRuns(there, { tags: ['before'] }, 5)).map(({ id }) => id)).toEqual([kit.runId])

    await expect(other.importRun(kit.send(packed))).rejects.toMatchObject({ code: 'CONFLICT', message: 'This run is here already' })
    // Nothing of it was taken away by that.
    expect((await rowsOf(there, kit.runId))['query_executions']).toHaveLength(EXECUTIONS)
  })

  it('without executions says that they are not in it', async () => {
    const db = await kit.emptied()
    const packed = await kit.bundle(false)
    await kit.exportsOf(db).importRun(kit.send(packed))
    expect((await rowsOf(db, kit.runId))['query_executions']).toEqual([])
    const [row] = await db.query('SELECT executions FROM test_results WHERE test_id = ?', [kit.runId])
    expect(row).toMatchObject({ executions: { state: 'REMOVED', loaded: 0 } })
  })

  it('is brought in after an import that did not come to its end', async () => {
    const db = await kit.emptied()
    const packed = await kit.bundle(true)
    for (const table of RUN_TABLES.slice(0, -2)) {
      for await (const rows of readRunRows(kit.here, table, kit.runId)) await insertRunRows(db, table, rows.slice(0, 3))
    }
    expect(await readRun(db, kit.runId)).toBeNull()
    await kit.exportsOf(db).importRun(kit.send(packed))
    expect((await rowsOf(db, kit.runId))['query_executions']).toHaveLength(EXECUTIONS)
    expect((await rowsOf(db, kit.runId))['metrics_snapshots']).toHaveLength(INTERVALS)
  })
})

/** The moments that only say when a row was written are kept to the millisecond. */
const withoutFractions = (rows: readonly Row[] | undefined): unknown =>
  rows?.map(row => ({
    ...row,
    ...Object.fromEntries(
      ['updated_at', 'made_at', 'loaded_at'].flatMap(name => (name in row ? [[name, Math.floor(Number(row[name]))]] : [])),
    ),
  }))

describe('a file of a run', () => {
  it('has each interval once, and every execution once', async () => {
    const exporter = kit.exportsOf(kit.here)
    const run = await readRunNow(kit.here, kit.runId)
    const intervals = (await kit.written(exporter.exportRun(run, 'CSV', false))).toString().trimEnd().split('\r\n')
    expect(intervals).toHaveLength(INTERVALS + 1)
    expect(intervals[0]).toMatch(/^interval_index,start_ms,.*errors_timeout.*POINT_LOOKUP operations/)
    const executions = (await kit.written(exporter.exportRun(run, 'CSV', true))).toString().trimEnd().split('\r\n')
    expect(executions).toHaveLength(EXECUTIONS + 1)
    expect(new Set(executions.map(line => line.split(',')[0])).size).toBe(EXECUTIONS + 1)
    // No spreadsheet takes it for a formula.
    expect(executions[1]).toContain(`"'=cmd(), ""x"""`)
    expect(executions[0]?.split(',').sort()).toEqual(
      tableShape(EXECUTIONS_TABLE.name)
        .map(column => column.name)
        .filter(name => name !== 'run_id')
        .sort(),
    )
  })

  it('has those executions that are chosen, in the order chosen, however many', async () => {
    const exporter = kit.exportsOf(kit.here)
    const run = await readRunNow(kit.here, kit.runId)
    const idsOf = async (chosen: ExecutionChoice): Promise<(string | undefined)[]> => {
      const lines = (await kit.written(exporter.exportRun(run, 'CSV', true, chosen))).toString().trimEnd().split('\r\n')
      return lines.slice(1).map(line => line.split(',')[0])
    }
    const number = (id: string | undefined): number => Number(id?.split('.')[2])
    const failed = await idsOf({ filter: { success: false }, sort: { field: 'END', direction: 'DESC' } })
    expect(failed.map(number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: EXECUTIONS / 10 }, (_, i) => i * 10))
    expect(failed.slice(0, 2).map(number)).toEqual([1_010, 1_000])
    // As many as end at the same moment, and all that do.
    const sameEnd = await idsOf({ filter: { fromMs: 3, toMs: 4 }, sort: { field: 'RESPONSE', direction: 'ASC' } })
    expect(sameEnd.map(number).toSorted((a, b) => a - b)).toEqual([21, 22, 23, 24, 25, 26, 27])
    for (const [format, withExecutions] of [
      ['CSV', false],
      ['JSON', true],
      ['BUNDLE', true],
    ] as const)
      await expect(
        exporter.exportRun(run, format, withExecutions, { filter: {}, sort: { field: 'END', direction: 'ASC' } }),
      ).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ path: 'filter' }] })
  })

  it('as JSON has plan, result, figures and intervals, and no connection', async () => {
    const made = await kit.exportsOf(kit.here).exportRun(await readRunNow(kit.here, kit.runId), 'JSON', true)
    expect(made.name).toBe('orders-2-1.json')
    const text = readFileSync(join(kit.home, made.url)).toString()
    expect(made.bytes).toBe(Buffer.byteLength(text))
    for (const secret of [CONNECTION, 'secret.host']) expect(text).not.toContain(secret)
    const content = JSON.parse(text) as Record<string, unknown[]>
    expect(content).toMatchObject({
      format: 'flakebench-run',
      run: { id: kit.runId, tags: ['before'] },
      plan: { seed: 42 },
      result: { qps: 998 },
    })
    expect(content['history']).toHaveLength(INTERVALS)
    expect(content['executions']).toHaveLength(EXECUTIONS)
    expect(Object.keys(content['figures'] ?? {})).toContain('SUMMARY')
  })

  it('of the list has the runs in the order asked for', async () => {
    const exporter = kit.exportsOf(kit.here)
    const csv = (await kit.written(exporter.exportRuns({}, { field: 'QPS', direction: 'ASC' }, 'CSV'))).toString().trimEnd().split('\r\n')
    expect(csv).toHaveLength(2)
    expect(csv[1]).toContain(`"'=Orders, ""2"""`)
    const json = JSON.parse((await kit.written(exporter.exportRuns({}, { field: 'QPS', direction: 'ASC' }, 'JSON'))).toString()) as {
      runs: object[]
    }
    expect(json.runs).toMatchObject([{ id: kit.runId, qps: 998, tags: 'before' }])
    await expect(exporter.exportRuns({}, { field: 'QPS', direction: 'ASC' }, 'BUNDLE')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('of the list has no figures of a run in which nothing was measured', async () => {
    const listed = async (): Promise<Row> => {
      const text = (await kit.written(kit.exportsOf(kit.here).exportRuns({}, { field: 'QPS', direction: 'ASC' }, 'JSON'))).toString()
      return (JSON.parse(text) as { runs: [Row] }).runs[0]
    }
    const measure = (seconds: unknown): Promise<number> =>
      kit.here.execute('UPDATE test_results SET measured_seconds = ? WHERE test_id = ?', [Number(seconds), kit.runId])
    const { measured_seconds: before } = await listed()
    await measure(0)
    try {
      expect(await listed()).toMatchObject({ measured_seconds: 0, qps: null, operations: null, error_rate: null, p95_ms: null })
    } finally {
      await measure(before)
    }
    expect(await listed()).toMatchObject({ qps: 998 })
  })

  it('is not written where the disk has little left, or the folder holds enough', async () => {
    const own = mkdtempSync('/tmp/flakebench-room-')
    const run = await readRunNow(kit.here, kit.runId)
    const exporterWith = (room: RoomLimits): RunExports => kit.exportsOf(kit.here, { home: own, room })
    const noDisk = exporterWith({ leastFree: 2 ** 60, mostKept: 2 ** 60 }).exportRun(run, 'CSV', false)
    await expect(noDisk).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/MiB left: make room/) })
    const small = exporterWith({ leastFree: 0, mostKept: 1 })
    await small.exportRun(run, 'CSV', false)
    await expect(small.exportRun(run, 'CSV', false)).rejects.toMatchObject({ message: expect.stringMatching(/holds .* already.*tomorrow/) })
    expect(readdirSync(join(own, 'exports'))).toHaveLength(1)
    rmSync(own, { recursive: true, force: true })
  })

  it('there is none of a table that is not one of runs', () => {
    expect(RUN_TABLES).toContain(EXECUTIONS_TABLE)
    expect(() => tableShape('connection')).toThrow(/no control table/)
  })
})
