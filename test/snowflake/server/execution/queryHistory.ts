import { STATEMENT_TYPE, type Translation } from '../sql/translation.ts'
import type { LoggedStatement } from '../statementLog.ts'
import type { Answer } from '../wire/answer.ts'
import { AGGREGATE_COLUMNS, aggregateHistory } from './aggregateHistory.ts'
import type { Catalog } from './catalog.ts'
import { rowsAnswer } from './postgresAnswer.ts'
import { cancellable, settingsOf } from './runOnPostgres.ts'
import type { Service } from './service.ts'
import type { Statement } from './statement.ts'

/** What is quicker, in autocommit and on hybrid tables only, has no row in the history. Source: documentation of hybrid tables. */
const SHORT_MS = 500

/** A SELECT or DML that names hybrid tables and no other. */
export const touchesHybridOnly = (catalog: Catalog, translation: Translation): boolean => {
  if (translation.type !== 'POSTGRES' || typeof translation.answer === 'object') return false
  const isHybrid = ({ schema, table }: { readonly schema: string; readonly table: string }): boolean =>
    catalog.tableKind(schema, table) === 'HYBRID'
  const { reads, writes } = translation
  return reads.length + writes.length > 0 && reads.every(isHybrid) && writes.every(isHybrid)
}

/** The rest of the rule, for a statement that was run in autocommit and is done. */
export const isLeftOutOfHistory = (statement: Statement): boolean =>
  statement.touchesHybridOnly && performance.now() - statement.receivedAt < SHORT_MS

type Cell = (entry: LoggedStatement) => string | number | boolean | null

const moment = (ms: number): string => new Date(ms).toISOString()
const compilationMs = (entry: LoggedStatement): number => Math.min(1, Math.round(executionMs(entry)))
const executionMs = (entry: LoggedStatement): number =>
  Math.max(0, entry.ms - entry.queuedOverloadMs - entry.queuedProvisioningMs - entry.blockedMs)
const zero: Cell = () => 0

/** Columns of INFORMATION_SCHEMA.QUERY_HISTORY with their types in PostgreSQL. */
const COLUMNS: Readonly<Record<string, readonly [type: string, cell: Cell]>> = {
  query_id: ['text', entry => entry.queryId],
  query_text: ['text', entry => stripLeadingComments(entry.text)],
  database_name: ['text', entry => entry.database],
  schema_name: ['text', entry => entry.schema],
  query_type: ['text', entry => entry.kind],
  session_id: ['numeric(38,0)', entry => entry.sessionId],
  user_name: ['text', entry => entry.user],
  role_name: ['text', entry => entry.role],
  warehouse_name: ['text', entry => entry.warehouse],
  warehouse_size: ['text', entry => entry.warehouseSize],
  warehouse_type: ['text', entry => entry.warehouseType],
  cluster_number: ['numeric(38,0)', entry => entry.clusterNumber],
  query_tag: ['text', entry => entry.tag],
  execution_status: ['text', entry => (entry.errorCode === null ? 'SUCCESS' : 'FAILED_WITH_ERROR')],
  error_code: ['numeric(38,0)', entry => (entry.errorCode === null ? null : Number(entry.errorCode))],
  error_message: ['text', entry => entry.errorMessage],
  start_time: ['timestamptz', entry => moment(entry.startMs)],
  end_time: ['timestamptz', entry => moment(entry.startMs + entry.ms)],
  total_elapsed_time: ['numeric(38,0)', entry => Math.round(entry.ms)],
  bytes_scanned: ['numeric(38,0)', zero],
  rows_produced: ['numeric(38,0)', entry => entry.rowsProduced],
  compilation_time: ['numeric(38,0)', compilationMs],
  execution_time: ['numeric(38,0)', entry => Math.round(executionMs(entry)) - compilationMs(entry)],
  queued_provisioning_time: ['numeric(38,0)', entry => entry.queuedProvisioningMs],
  queued_repair_time: ['numeric(38,0)', zero],
  queued_overload_time: ['numeric(38,0)', entry => entry.queuedOverloadMs],
  transaction_blocked_time: ['numeric(38,0)', entry => entry.blockedMs],
  outbound_data_transfer_cloud: ['text', () => null],
  outbound_data_transfer_region: ['text', () => null],
  outbound_data_transfer_bytes: ['numeric(38,0)', zero],
  inbound_data_transfer_bytes: ['numeric(38,0)', zero],
  credits_used_cloud_services: ['double precision', zero],
  release_version: ['text', () => 'wire'],
  is_client_generated_statement: ['boolean', () => false],
  query_hash: ['text', () => null],
  query_parameterized_hash: ['text', () => null],
}

/** Comments before the first word are not kept, as the service does. */
const stripLeadingComments = (text: string): string => text.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '')

type Asked = Extract<Translation, { type: 'QUERY_HISTORY' }>

/** Rows for the table that the translated statement reads, and its columns with their types. */
interface Filling {
  readonly types: readonly string[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** Newest first, and no more than the limit, which Snowflake applies before WHERE. */
const entries = (service: Service, { fromMs, toMs, limit }: Asked): Filling => {
  const from = fromMs ?? Number.NEGATIVE_INFINITY
  const to = toMs ?? Number.POSITIVE_INFINITY
  const found = service.log
    .list()
    .filter(entry => entry.isInHistory && entry.startMs + entry.ms >= from && entry.startMs + entry.ms <= to)
    .sort((one, other) => other.startMs + other.ms - (one.startMs + one.ms))
    .slice(0, limit)
  return {
    types: Object.entries(COLUMNS).map(([name, [type]]) => `${name} ${type}`),
    rows: found.map(entry => Object.fromEntries(Object.entries(COLUMNS).map(([name, [, cell]]) => [name, cell(entry)]))),
  }
}

const aggregates = (service: Service): Filling => ({
  types: Object.entries(AGGREGATE_COLUMNS).map(([name, type]) => `${name} ${type}`),
  rows: aggregateHistory(service),
})

/** Fills the table that the translated statement reads, runs the statement, and drops the table. */
export const queryHistory = async (service: Service, statement: Statement, history: Asked): Promise<Answer> => {
  const { backend } = statement.session
  const { types, rows } = history.isAggregate === true ? aggregates(service) : entries(service, history)
  return await cancellable(service, statement, async () => {
    await backend.apply(settingsOf(service, statement, []))
    await backend.run(`DROP TABLE IF EXISTS ${history.table}; CREATE TEMPORARY TABLE ${history.table} (${types.join(', ')})`)
    await backend.query(`INSERT INTO ${history.table} SELECT * FROM jsonb_to_recordset($1::jsonb) AS entry(${types.join(', ')})`, [
      JSON.stringify(rows),
    ])
    const values =
      statement.bindings === undefined
        ? []
        : Object.values(statement.bindings).map(bind => (bind.value === null ? null : String(bind.value)))
    const result = await backend.query(history.sql, values)
    await backend.run(`DROP TABLE ${history.table}`)
    return rowsAnswer(result, null, false, STATEMENT_TYPE.SELECT)
  })
}
