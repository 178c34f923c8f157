import type { RunRecord } from '@flakebench/contract'
import {
  listSortedRuns,
  type PlainResult,
  type RunListing,
  type RunMarks,
  type RunPosition,
  type RunSort,
  readPlainResults,
  readRunMarks,
  type SqlClient,
} from '@flakebench/store'
import { type Cell, type CsvColumn, csvHead, csvRows } from './csv.ts'

interface ListedRun {
  readonly run: RunRecord
  readonly result: PlainResult | undefined
  readonly marks: RunMarks | undefined
}

const PORTION = 200

const portionsOf = async function* (db: SqlClient, listing: RunListing, sort: RunSort): AsyncGenerator<readonly ListedRun[]> {
  let position: RunPosition | null = null
  for (;;) {
    const found: Awaited<ReturnType<typeof listSortedRuns>> = await listSortedRuns(db, listing, sort, PORTION, position)
    const ids = found.map(({ run }) => run.id)
    const [results, marks] = await Promise.all([readPlainResults(db, ids), readRunMarks(db, ids)])
    if (found.length > 0) yield found.map(({ run }) => ({ run, result: results.get(run.id), marks: marks.get(run.id) }))
    if (found.length < PORTION) return
    position = found.at(-1)?.position ?? null
  }
}

const moment = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())
const column = (title: string, cell: (one: ListedRun) => Cell): CsvColumn<ListedRun> => ({ title, cell })
/** Empty where nothing was measured: no operations in no time is no figure. */
const figure = (title: string, cell: (result: PlainResult) => Cell): CsvColumn<ListedRun> =>
  column(title, ({ result }) => (result !== undefined && result.measuredSeconds > 0 ? cell(result) : null))

const COLUMNS: readonly CsvColumn<ListedRun>[] = [
  column('id', ({ run }) => run.id),
  column('name', ({ run }) => run.name),
  column('number', ({ run }) => run.number),
  column('status', ({ run }) => run.status),
  column('completion_reason', ({ run }) => run.completionReason),
  column('created_at', ({ run }) => moment(run.createdAtMs)),
  column('started_at', ({ run }) => moment(run.startAtMs)),
  column('ended_at', ({ run }) => moment(run.endedAtMs)),
  column('table_type', ({ run }) => run.plan.target.tableType),
  column('table', ({ run }) => `${run.plan.target.schema}.${run.plan.target.table}`),
  column('warehouse', ({ run }) => run.plan.target.warehouse),
  column('warehouse_size', ({ run }) => run.plan.target.warehouseSize),
  column('load_mode', ({ run }) => run.plan.load.mode),
  column('scaling', ({ run }) => run.plan.scaling.mode),
  column('workers', ({ run }) => run.plan.workerCount),
  column('connections', ({ run }) => run.plan.targetConnections),
  column('measured_seconds', ({ result }) => result?.measuredSeconds),
  figure('operations', result => result.totalOperations),
  figure('failed_operations', result => result.failedOperations),
  figure('error_rate', result => result.errorRate),
  figure('qps', result => result.qps),
  figure('p50_ms', result => result.p50Ms),
  figure('p95_ms', result => result.p95Ms),
  figure('p99_ms', result => result.p99Ms),
  figure('max_ms', result => result.maxMs),
  figure('client_limited_seconds', result => result.clientLimitedSeconds),
  column('tags', ({ marks }) => marks?.tags.join(', ')),
  column('annotation', ({ marks }) => marks?.annotation),
  column('is_baseline', ({ marks }) => marks?.isBaseline),
  column('fingerprint', ({ marks }) => marks?.fingerprint),
]

export const runListCsv = async function* (db: SqlClient, listing: RunListing, sort: RunSort): AsyncGenerator<string> {
  yield csvHead(COLUMNS)
  for await (const portion of portionsOf(db, listing, sort)) yield csvRows(COLUMNS, portion)
}

export const runListJson = async function* (db: SqlClient, listing: RunListing, sort: RunSort): AsyncGenerator<string> {
  yield '{"format":"flakebench-runs","version":1,"runs":['
  let isFirst = true
  for await (const portion of portionsOf(db, listing, sort)) {
    const objects = portion.map(one => JSON.stringify(Object.fromEntries(COLUMNS.map(({ title, cell }) => [title, cell(one) ?? null]))))
    yield `${isFirst ? '' : ','}\n${objects.join(',\n')}`
    isFirst = false
  }
  yield ']}\n'
}
