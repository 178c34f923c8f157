import { isPlainRead, type PlannedOperation, type TriedOnce } from '@flakebench/contract'
import type { Arguments } from '../arguments.ts'
import type { Engine, Trial } from '../engines/engine.ts'
import { inWords, messageOf, WorkerFailure } from '../failure.ts'
import { buildOperations, titleOf } from '../operations/buildOperations.ts'
import type { Operation, OperationContext } from '../operations/operation.ts'
import { operationContext } from '../operations/operationContext.ts'
import { explainTrial } from './explainTrial.ts'
import { planText, shownValue } from './shownValue.ts'
import { type Inspected, shown } from './showStatements.ts'
import { untriable } from './untriable.ts'

export interface TrialRequest extends Inspected {
  readonly args: Arguments
  readonly terminated: AbortSignal
}

const NOT_SENT = { values: [], tookMs: null, rows: null, columnNames: [], sample: [], plan: null, wasRolledBack: false }

/** Executes the first operation of a plan once, as the first execution of a run would be, and undoes it. @throws WorkerFailure when it is not come so far */
export const tryStatement = async ({ engine, plan, pools, args, terminated }: TrialRequest): Promise<TriedOnce> => {
  const planned = plan.operations[0] as PlannedOperation
  const profile = await inWords(() => engine.profile(plan.target, plan.seed), engine.explainRefusal)
  const context = await operationContext({ plan, args, attempt: 1, engine, profile, pools, currentMaxKey: null })
  const built = buildOne(() => buildOperations(plan, context)[0] as Operation, planned, context)
  if ('problem' in built) return built
  const { statement } = built
  const values = built.bind()
  const sent = { ...NOT_SENT, sql: statement.text, values: values.map(shownValue) }
  const problem = untriable(statement.text, engine.dialect, titleOf(built))
  if (problem !== null) return { ...sent, problem }
  const isRead = planned.operationType === 'READ' && isPlainRead(statement.text, engine.dialect)
  const connection = await inWords(() => engine.connect(), engine.explainRefusal)
  try {
    return { ...sent, ...went(await connection.tryOnce(statement, values, terminated)), wasRolledBack: !isRead }
  } catch (error) {
    return { ...sent, problem: explainTrial(engine, error, titleOf(built), plan.advanced.statementTimeoutSeconds) }
  } finally {
    await leave(connection)
  }
}

/** Where values cannot be chosen, the statement can still be shown. */
const buildOne = (build: () => Operation, planned: PlannedOperation, context: OperationContext): Operation | TriedOnce => {
  try {
    return build()
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error
    return { ...NOT_SENT, ...shown(planned, context), problem: messageOf(error) }
  }
}

const went = (trial: Trial): Omit<TriedOnce, 'sql' | 'values' | 'wasRolledBack'> => ({
  ...trial,
  sample: trial.sample.map(row => row.map(shownValue)),
  plan: trial.plan === null ? null : planText(trial.plan),
  problem: null,
})

/** A session that is lost already needs no goodbye. */
const leave = (connection: Awaited<ReturnType<Engine['connect']>>): Promise<void> => connection.close().catch(() => connection.destroy())
