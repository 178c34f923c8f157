import type { ExecutionsKept, RunRecord } from '@flakebench/contract'
import { EXECUTIONS_TABLE, RESULTS_TABLE, type Row, RUN_TABLES, readRunRows, type SqlClient } from '@flakebench/store'
import { withoutOrigin } from './withoutOrigin.ts'

export const BUNDLE_FORMAT = 'flakebench-bundle'
export const BUNDLE_VERSION = 1

/** The first line of a bundle. */
export interface BundleHead {
  readonly format: typeof BUNDLE_FORMAT
  readonly version: number
  readonly runId: string
  readonly name: string
  readonly hasExecutions: boolean
}

/** The last line: a bundle without it was cut off. */
export interface BundleEnd {
  readonly end: true
  readonly rows: number
}

/** Everything that belongs to a run, a line of JSON each row: a bundle, before it is packed. */
export const bundleLines = async function* (db: SqlClient, run: RunRecord, withExecutions: boolean): AsyncGenerator<string> {
  const head: BundleHead = {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    runId: run.id,
    name: run.name,
    hasExecutions: withExecutions,
  }
  yield line(head)
  let count = 0
  for (const table of RUN_TABLES) {
    if (table.name === EXECUTIONS_TABLE.name && !withExecutions) continue
    for await (const rows of readRunRows(db, table, run.id)) {
      count += rows.length
      yield rows.map(row => line({ table: table.name, row: withoutNulls(outgoing(table.name, row, withExecutions)) })).join('')
    }
  }
  yield line({ end: true, rows: count } satisfies BundleEnd)
}

const line = (content: object): string => `${JSON.stringify(content)}\n`

const withoutNulls = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

/** A row as it leaves. */
const outgoing = (table: string, row: Row, withExecutions: boolean): Row => {
  const own = withoutOrigin(table, row)
  if (table !== RESULTS_TABLE.name || withExecutions) return own
  return { ...own, executions: executionsLeft(row['executions'] as ExecutionsKept | null) }
}

const executionsLeft = (kept: ExecutionsKept | null): ExecutionsKept | null =>
  kept === null || kept.state === 'NOT_KEPT' ? kept : { ...kept, state: 'REMOVED', loaded: 0 }
