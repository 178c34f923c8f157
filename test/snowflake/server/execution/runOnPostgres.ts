import type { BackendResult, BackendSettings } from '../sessions/backend.ts'
import { isTrue, secondsOf } from '../sessions/parameters.ts'
import { STATEMENT_TYPE, swapCase, type TableName, type Translation } from '../sql/translation.ts'
import { type Answer, statusAnswer } from '../wire/answer.ts'
import { type BindValues, type BoundText, pickValues, readBinds } from '../wire/binds.ts'
import { requireOneDatabase } from './oneDatabase.ts'
import { dmlAnswer, rowsAnswer } from './postgresAnswer.ts'
import { searchPath } from './searchPath.ts'
import type { Service } from './service.ts'
import type { Statement } from './statement.ts'
import { beginTransaction, endTransaction, inTransaction } from './transactions.ts'
import type { Plan } from './translations.ts'

type OnPostgres = Extract<Translation, { type: 'POSTGRES' }>

/** In seconds. Source: Snowflake's parameter reference. */
const HYBRID_LOCK_TIMEOUT_SECONDS = 3600
export const LOCK_TIMEOUT_SECONDS = 43_200
/** A text that came so often is worth a prepared statement. */
const PREPARED_FROM = 3
/** Each session keeps no more of them. */
const MAX_PREPARED = 300

/** Runs a translated statement on its session's connection. @throws what PostgreSQL, or a cancellation, says */
export const runOnPostgres = async (service: Service, statement: Statement, plan: Plan): Promise<Answer> => {
  const { session } = statement
  const translation = plan.translation as OnPostgres
  const binds = readBinds(statement.bindings)
  const isDdl = typeof translation.answer === 'object' && translation.statementTypeId === STATEMENT_TYPE.DDL
  if (isDdl) await endTransaction(service, session, 'COMMIT')
  else if (statement.parameters.get('AUTOCOMMIT') !== undefined && !isTrue(statement.parameters.get('AUTOCOMMIT')))
    await beginTransaction(session)
  const tables = [...translation.reads, ...translation.writes]
  requireOneDatabase(service, session, tables)
  const answer = await cancellable(service, statement, async () => {
    await session.backend.apply(settingsOf(service, statement, tables))
    const isAtomic = plan.steps.length > 1 || binds.type === 'ROWS'
    return await inTransaction(service, statement, isAtomic, () => runSteps(statement, plan, translation, binds))
  })
  if (translation.registers !== undefined) service.catalog.register(translation.registers)
  else if (isDdl) service.catalog.change()
  return answer
}

const runSteps = async (statement: Statement, plan: Plan, translation: OnPostgres, binds: BindValues): Promise<Answer> => {
  const { backend } = statement.session
  const isRepeatable = typeof translation.answer === 'string' && plan.steps.length === 1
  plan.timesUsed++
  const isPrepared = isRepeatable && (binds.type === 'ROWS' || plan.timesUsed >= PREPARED_FROM)
  const run = async (values: readonly (string | null)[]): Promise<BackendResult | null> => {
    let result: BackendResult | null = null
    for (const [at, step] of plan.steps.entries()) {
      statement.cancellation.check()
      result = await runStep(step, values, isPrepared && at === 0 ? plan.id : null)
    }
    return result
  }
  const runStep = (step: BoundText, values: readonly (string | null)[], preparedId: number | null): Promise<BackendResult> =>
    backend.query(step.text, pickValues(step, values), preparedId === null ? undefined : backend.preparedName(preparedId, MAX_PREPARED))
  const rows = binds.type === 'ROWS' ? binds.rows : [binds.values]
  const results: BackendResult[] = []
  for (const values of rows) {
    const result = await run(values)
    if (result !== null) results.push(result)
  }
  if (typeof translation.answer === 'object') return statusAnswer(translation.answer.status, translation.statementTypeId)
  if (translation.answer !== 'ROWS') return dmlAnswer(translation.answer, results, translation.statementTypeId)
  return rowsAnswer(results.at(-1) ?? null, plan, translation.lowerCaseNames === true, translation.statementTypeId)
}

/** What must be in force on the connection while the statement runs. */
export const settingsOf = (service: Service, statement: Statement, tables: readonly TableName[]): BackendSettings => {
  const { session, parameters } = statement
  const touchesHybrid = tables.some(({ schema, table }) => service.catalog.tableKind(schema, table) === 'HYBRID')
  const lockSeconds = touchesHybrid
    ? secondsOf(parameters, 'HYBRID_TABLE_LOCK_TIMEOUT', HYBRID_LOCK_TIMEOUT_SECONDS)
    : secondsOf(parameters, 'LOCK_TIMEOUT', LOCK_TIMEOUT_SECONDS)
  return {
    search_path: searchPath(session.database, session.schema),
    timezone: parameters.get('TIMEZONE') ?? 'UTC',
    // 0 means no wait in Snowflake, and no limit in PostgreSQL.
    lock_timeout: String(Math.max(1, Math.round(lockSeconds * 1000))),
    'flakebench.session_id': String(session.id),
    'flakebench.account': session.account,
    'flakebench.clock_skew_ms': String(service.dials.clockSkewMs),
  }
}

const CANCEL_AGAIN_MS = 50

/** Ends the connection's statement in PostgreSQL when the statement is cancelled, again and again until it has ended: it may not have begun yet. */
export const cancellable = async <T>(service: Service, statement: Statement, work: () => Promise<T>): Promise<T> => {
  const { cancellation, session } = statement
  let isOver = false
  let cancelling: Promise<void> | null = null
  const cancel = async (): Promise<void> => {
    while (!isOver) {
      const { processId } = session.backend
      if (processId !== null) await service.admin.query('SELECT pg_cancel_backend($1)', [processId])
      await new Promise(resolve => setTimeout(resolve, CANCEL_AGAIN_MS))
    }
  }
  cancellation.check()
  const unlisten = cancellation.onCancel(() => {
    cancelling = cancel().catch(() => undefined)
  })
  try {
    return await work()
  } catch (error) {
    throw (error as { code?: string }).code === '57014' && cancellation.reason !== null ? cancellation.reason : error
  } finally {
    isOver = true
    unlisten()
    // Otherwise it could hit the session's next statement.
    await cancelling
  }
}

export const tableLabel = ({ schema, table }: TableName): string => swapCase(`${schema}.${table}`)
