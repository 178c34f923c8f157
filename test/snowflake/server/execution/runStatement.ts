import { secondsOf } from '../sessions/parameters.ts'
import type { Translation } from '../sql/translation.ts'
import { logEntry } from '../statementLog.ts'
import type { Admission, Warehouse } from '../warehouses/warehouse.ts'
import { type Answer, refusalJson, successJson } from '../wire/answer.ts'
import { toSnowflakeError } from '../wire/errorCodes.ts'
import { timedOut } from './cancellation.ts'
import { isLeftOutOfHistory, touchesHybridOnly } from './queryHistory.ts'
import { LOCK_TIMEOUT_SECONDS, tableLabel } from './runOnPostgres.ts'
import { runTranslation } from './runTranslation.ts'
import type { Service } from './service.ts'
import type { Statement } from './statement.ts'
import { refuseAborted } from './transactions.ts'

const DEFAULT_TIMEOUT_SECONDS = 172_800
/** Nothing runs longer on an interactive warehouse. */
const INTERACTIVE_TIMEOUT_SECONDS = 5

/** Runs a statement when its session's turn has come, to its answer: it never fails, a refusal is an answer. */
export const runStatement = async (service: Service, statement: Statement): Promise<void> => {
  const { session } = statement
  statement.state = 'RUNNING'
  const isAutocommitted = session.transaction === 'NONE'
  let json: string
  try {
    const waits = service.throttle.enter(statement.cancellation)
    if (waits !== null) await waits
    try {
      const answer = await understandAndRun(service, statement)
      statement.timings.rowsProduced = answer.rowsProduced ?? null
      const chunks = service.chunks.split(statement.id, answer.rows)
      json = successJson(statement.id, answer, session.place(), chunks, Date.now())
    } finally {
      service.throttle.leave()
    }
  } catch (error) {
    const refusal = toSnowflakeError(error)
    statement.refusal = refusal
    json = refusalJson(statement.id, refusal)
  }
  const warehouse = session.warehouse === null ? null : service.warehouses.find(session.warehouse)
  service.log.add(
    logEntry(statement, {
      isInHistory: !(isAutocommitted && isLeftOutOfHistory(statement)),
      skewMs: service.dials.clockSkewMs,
      size: warehouse?.settings.size ?? null,
      type: warehouse?.type ?? null,
    }),
  )
  statement.finish(json)
}

const understandAndRun = async (service: Service, statement: Statement): Promise<Answer> => {
  statement.cancellation.check()
  const plan = service.translations.plan(statement)
  const { translation } = plan
  if (translation.type !== 'TRANSACTION') refuseAborted(statement.session)
  statement.touchesHybridOnly = touchesHybridOnly(service.catalog, translation)
  const warehouse = needsWarehouse(translation) ? service.warehouses.inUse(statement.session.warehouse) : null
  return await underTimeout(statement, warehouse, async () => {
    const admission = warehouse === null ? null : await admit(statement, warehouse)
    try {
      await delay(service, statement, translation)
      await lockStandardTables(service, statement, translation)
      return await runTranslation(service, statement, plan)
    } finally {
      if (statement.session.transaction === 'NONE') service.locks.release(statement.session)
      admission?.release()
    }
  })
}

/** Settings, SHOW and statements without a table run beside the warehouses. */
const needsWarehouse = (translation: Translation): boolean => {
  if (translation.type === 'COPY' || translation.type === 'WAIT') return true
  if (translation.type !== 'POSTGRES') return false
  return translation.reads.length > 0 || (typeof translation.answer === 'string' && translation.writes.length > 0)
}

const admit = async (statement: Statement, warehouse: Warehouse): Promise<Admission> => {
  const seconds = secondsOf(statement.parameters, 'STATEMENT_QUEUED_TIMEOUT_IN_SECONDS', 0)
  const timer = seconds > 0 ? setTimeout(() => statement.cancellation.cancel(timedOut(seconds, 'queued ')), seconds * 1000) : undefined
  try {
    const admission = await warehouse.admit(statement.cancellation)
    statement.timings.clusterNumber = admission.clusterNumber
    statement.timings.queuedOverloadMs = admission.queuedOverloadMs
    statement.timings.queuedProvisioningMs = admission.queuedProvisioningMs
    return admission
  } finally {
    clearTimeout(timer)
  }
}

/** The shortest of what the session, the warehouse and its kind allow; 0 is no limit. */
const timeoutSeconds = (statement: Statement, warehouse: Warehouse | null): number => {
  const own = secondsOf(statement.parameters, 'STATEMENT_TIMEOUT_IN_SECONDS', DEFAULT_TIMEOUT_SECONDS)
  const limits = [
    own,
    warehouse?.settings.statementTimeoutSeconds ?? 0,
    warehouse?.isInteractive === true ? INTERACTIVE_TIMEOUT_SECONDS : 0,
  ]
  return Math.min(DEFAULT_TIMEOUT_SECONDS, ...limits.filter(seconds => seconds > 0))
}

const underTimeout = async <T>(statement: Statement, warehouse: Warehouse | null, work: () => Promise<T>): Promise<T> => {
  const seconds = timeoutSeconds(statement, warehouse)
  if (seconds >= DEFAULT_TIMEOUT_SECONDS) return await work()
  const timer = setTimeout(() => statement.cancellation.cancel(timedOut(seconds, '')), seconds * 1000)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}

const delay = async ({ dials }: Service, { session, text, parameters, cancellation }: Statement, { type }: Translation): Promise<void> => {
  if (dials.statementLatencyMs <= 0 || (type !== 'POSTGRES' && type !== 'COPY')) return
  const isMeant = dials.statementLatencyFor?.(session.facts(text, parameters.get('QUERY_TAG') ?? '')) ?? true
  if (isMeant) await cancellation.sleep(dials.statementLatencyMs)
}

const LOCKING: ReadonlySet<unknown> = new Set(['UPDATE', 'DELETE', 'MERGE'])

const lockStandardTables = async (service: Service, statement: Statement, translation: Translation): Promise<void> => {
  if (translation.type !== 'POSTGRES' || !LOCKING.has(translation.answer)) return
  const { session, parameters, cancellation, timings } = statement
  for (const table of translation.writes) {
    const kind = service.catalog.tableKind(table.schema, table.table)
    if (kind !== null && kind !== 'STANDARD') continue
    const since = performance.now()
    await service.locks.lock(session, tableLabel(table), secondsOf(parameters, 'LOCK_TIMEOUT', LOCK_TIMEOUT_SECONDS), cancellation)
    timings.blockedMs += Math.round(performance.now() - since)
  }
}
