import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import type { EncodedHistogram, Plan } from '@flakebench/contract'
import { newId, readRun } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BundleKit, openBundleKit, rowsOf } from '../kit/bundleKit.ts'
import { sampleKind } from '../kit/sampleSnapshot.ts'

const MEGABYTE = 1_048_576

let kit: BundleKit
beforeAll(async () => {
  kit = await openBundleKit()
})
afterAll(() => kit.close())

describe('a bundle', () => {
  it('that is broken is refused with what is wrong, and nothing of it is kept', async () => {
    const db = await kit.emptied()
    const importer = kit.exportsOf(db)
    const packed = await kit.bundle(true)
    const lines = gunzipSync(packed).toString().trimEnd().split('\n')
    const repack = (change: (line: string, i: number) => string): Buffer => gzipSync(`${lines.map(change).join('\n')}\n`)
    const changeRow = (table: string, column: string, value: unknown): Buffer =>
      repack(line => {
        const content = JSON.parse(line) as { table?: string; row: object }
        return content.table === table ? JSON.stringify({ ...content, row: { ...content.row, [column]: value } }) : line
      })
    const changePlan = (change: (plan: Plan) => object): Buffer =>
      repack(line => {
        const content = JSON.parse(line) as { table?: string; row: { scenario_config: Plan } }
        if (content.table !== 'run_status') return line
        return JSON.stringify({ ...content, row: { ...content.row, scenario_config: change(content.row.scenario_config) } })
      })
    const kind = sampleKind([1, 2, 3])
    const real = kind.latency
    const logLine = lines.find(line => line.includes('"table":"test_logs"')) as string
    const cases: readonly [Buffer, RegExp][] = [
      [Buffer.from('no gzip'), /not packed with gzip/],
      [Buffer.alloc(0), /empty|not packed/],
      [gzipSync('hello\n'), /does not begin as one/],
      [gzipSync(''), /empty/],
      [packed.subarray(0, packed.length - 100), /cut off/],
      [gzipSync(`${lines.slice(0, -1).join('\n')}\n`), /its end is missing/],
      [repack((line, i) => (i === 0 ? line.replace('"version":1', '"version":2') : line)), /version 2/],
      [repack((line, i) => (i === 3 ? line.slice(0, 40) : line)), /line 4 is no JSON/],
      [repack(line => line.replace('"table":"test_logs"', '"table":"connections"')), /a table that no run has rows in/],
      [changeRow('metrics_snapshots', 'qps', 'fast'), /qps is no number/],
      [changeRow('metrics_snapshots', 'drop_table', 1), /no column drop_table/],
      [changeRow('metrics_snapshots', 'run_id', newId()), /of another run/],
      [changeRow('metrics_snapshots', 'phase', 'LUNCH'), /phase is none of/],
      [changeRow('query_executions', 'counted', null), /line \d+, of query_executions: counted is missing/],
      [changeRow('test_logs', 'message', 'x'.repeat(5_000)), /longer than 4000/],
      [changeRow('run_status', 'status', 'RUNNING'), /status is none of/],
      [changeRow('run_status', 'scenario_config', { operations: [] }), /plan is no plan/],
      [
        changePlan(plan => ({ ...plan, advanced: { ...plan.advanced, metricsIntervalSeconds: 1e-12 } })),
        /metricsIntervalSeconds must be from 0.1/,
      ],
      [changePlan(plan => ({ ...plan, load: { ...plan.load, durationSeconds: 1e12 } })), /durationSeconds must be from 1/],
      [changePlan(plan => ({ ...plan, workerCount: 1.5 })), /workerCount must be a whole number/],
      [changePlan(plan => ({ ...plan, load: { ...plan.load, durationSeconds: 20 } })), /intervals that are not of its plan/],
      [changeRow('metrics_snapshots', 'end_ms', 1e14), /beyond the end of any run/],
      [changeRow('metrics_snapshots', 'interval_index', 1e6), /intervals that are not of its plan/],
      [changeRow('metrics_snapshots', 'start_ms', -1), /ends before it begins/],
      [changeRow('query_executions', 'end_ms', 1e12), /beyond the end of any run/],
      [changeRow('run_status', 'total_workers_expected', 2_000_000_000), /total_workers_expected is above/],
      // What readers iterate, and what figures are made of.
      [changeRow('metrics_snapshots', 'by_kind', {}), /by_kind must be a list/],
      [changeRow('metrics_snapshots', 'errors_by_category', [{ category: 'ODD', count: 1 }]), /category must be one of/],
      [changeRow('metrics_snapshots', 'client_health', null), /client_health is missing/],
      [changeRow('metrics_snapshots', 'latency', bomb()), /latency must be a histogram/],
      [changeRow('metrics_snapshots', 'latency', { ...real, count: 7 }), /latency must be a histogram .* with 7 values/],
      [changeRow('test_results', 'by_kind', [{ ...kind, latency: bomb() }]), /by_kind\[0\].latency must be a histogram/],
      [changeRow('test_results', 'by_kind', null), /by_kind is missing/],
      [changeRow('test_results', 'warmup_by_kind', 'none'), /warmup_by_kind must be a list/],
      [changeRow('test_results', 'accounting', { started: 1 }), /accounting.ended/],
      [changeRow('test_results', 'arrivals', []), /arrivals must be an object/],
      [changeRow('test_results', 'tags', ['a,b']), /must not hold quotes/],
      [changeRow('test_results', 'tags', { a: 1 }), /tags must be a list/],
      [changeRow('enrichments', 'content', { statements: 'x' }), /content.statements must be a list/],
      [changeRow('spool_files', 'summary', { counts: [], errors: [{}] }), /summary.errors\[0\].id/],
      [changeRow('run_status', 'fleet_notes', { 'worker-0': null }), /fleet_notes.worker-0 must be an object/],
      [changeRow('warehouse_poll_snapshots', 'raw_result', {}), /neither what was found nor why/],
      [repack(line => line.replace('"table":"test_logs"', '"table":"run_figures"')), /a table that no run has rows in/],
      [changeRow('metrics_snapshots', 'interval_index', 1), /refuses a row/],
      // Sound by itself, but no page could read it.
      [changeRow('controller_step_history', 'target_workers', null), /refuses a row/],
      [gzipSync(`${lines[0]}\n${' '.repeat(17 * MEGABYTE)}`), /longer than any row/],
      [gzipSync(`${lines[0]}\n${`${logLine}${' '.repeat(MEGABYTE)}\n`.repeat(80)}`), /unpacks to far more/],
      [gzipSync(`${lines[0]}\n${'{"table":"test_logs","row":{}}\n'.repeat(10)}`), /line 2, of test_logs: .* is missing/],
    ]
    const before = readdirSync(join(kit.home, 'bundles'))
    for (const [bundle, because] of cases) {
      const outcome = await importer.importRun(kit.send(bundle)).catch((error: unknown) => error)
      expect(outcome, String(because)).toMatchObject({ code: 'VALIDATION_FAILED', message: expect.stringMatching(because) })
    }
    for (const rows of Object.values(await rowsOf(db, kit.runId))) expect(rows).toEqual([])
    expect(readdirSync(join(kit.home, 'bundles'))).toEqual(before)
    await expect(importer.importRun('../../etc/passwd')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // The same database takes the sound one.
    await importer.importRun(kit.send(packed))
    expect(await readRun(db, kit.runId)).not.toBeNull()
  })
})

/** Five megabytes of empty buckets in a few kilobytes, which say of themselves that they are a histogram. */
const bomb = (): EncodedHistogram => {
  const form = Buffer.alloc(5 * MEGABYTE)
  form.writeInt32BE(0x1c849313, 0)
  form.writeInt32BE(form.length - 40, 4)
  const packed = deflateSync(form)
  const head = Buffer.alloc(8)
  head.writeInt32BE(0x1c849314, 0)
  head.writeInt32BE(packed.length, 4)
  return { count: 3, sumNs: 3, minNs: 1, maxNs: 1, hdr: Buffer.concat([head, packed]).toString('base64') }
}
