import { type NumberedSql, numberSlots, type OperationKind, type Plan, type PlannedOperation } from '@flakebench/contract'
import type { BindValue, Statement } from '../engines/engine.ts'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import { KINDS } from './kinds.ts'
import { markStatement } from './markStatement.ts'
import type { Operation, OperationContext, StatementContext } from './operation.ts'
import { hashOf } from './random.ts'
import { walkCycle, weightedCycle } from './weighted.ts'

/** The plan's operations, ready to be prepared. @throws WorkerFailure that names the operation and what is wrong with it */
export const buildOperations = (plan: Plan, context: OperationContext): Operation[] =>
  plan.operations.map((planned, index) => buildOperation(planned, index, context))

const buildOperation = (planned: PlannedOperation, index: number, context: OperationContext): Operation =>
  inSentence(planned, () => {
    const { kind, label } = planned
    const numbered = numberedSql(planned, context)
    const newBind = (): (() => BindValue[]) => KINDS[kind].bindOf(numbered, context, planned)
    return { index, kind, label, statement: statementOf(numbered, kind, index), bind: newBind(), firstValues: () => newBind()() }
  })

/** The statement of one operation as it is sent; whether values for it can be had, is not asked. @throws WorkerFailure as `buildOperations` */
export const buildStatement = (planned: PlannedOperation, context: StatementContext): Statement =>
  inSentence(planned, () => statementOf(numberedSql(planned, context), planned.kind, 0))

const numberedSql = ({ kind, sql }: PlannedOperation, context: StatementContext): NumberedSql =>
  numberSlots(
    (sql ?? KINDS[kind].canonicalSql(context)).replaceAll('{table}', () => context.table),
    context.dialect,
  )

const statementOf = ({ text, slots }: NumberedSql, kind: OperationKind, index: number): Statement => ({
  name: `flakebench_${index}`,
  text: markStatement(text, kind),
  valueCount: slots.length,
})

const inSentence = <T>({ kind, label, sql }: PlannedOperation, build: () => T): T => {
  try {
    return build()
  } catch (error) {
    const title = KINDS[kind].titleOf(label)
    const subject = sql === null ? title : `${title}'s SQL`
    throw new WorkerFailure(EXIT.NOT_PREPARED, `The ${subject} ${messageOf(error)}`, { cause: error })
  }
}

/** How an operation stands in messages. */
export const titleOf = ({ kind, label }: Pick<Operation, 'kind' | 'label'>): string => KINDS[kind].titleOf(label)

/** Takes the operations in the plan's exact proportions, for ever; each worker begins at a place of its own. */
export const takeInTurn = (plan: Plan, operations: readonly Operation[], workerGroupId: number): (() => Operation) => {
  const cycle = weightedCycle(plan.operations.map(({ weight }) => weight))
  const nextIndex = walkCycle(cycle, hashOf(`${plan.seed}/${workerGroupId}/mix`))
  return () => operations[nextIndex()] as Operation
}
