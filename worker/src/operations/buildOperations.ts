import { numberSlots, type Plan, type PlannedOperation } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import { KINDS } from './kinds.ts'
import { markStatement } from './markStatement.ts'
import type { Operation, OperationContext } from './operation.ts'
import { hashOf } from './random.ts'
import { walkCycle, weightedCycle } from './weighted.ts'

/** The plan's operations, ready to be prepared. @throws WorkerFailure that names the operation and what is wrong with it */
export const buildOperations = (plan: Plan, context: OperationContext): Operation[] =>
  plan.operations.map((planned, index) => buildOperation(planned, index, context))

const buildOperation = (planned: PlannedOperation, index: number, context: OperationContext): Operation => {
  const { kind, label, sql } = planned
  const kindOf = KINDS[kind]
  try {
    const numbered = numberSlots(
      (sql ?? kindOf.canonicalSql(context)).replaceAll('{table}', () => context.table),
      context.dialect,
    )
    const newBind = (): (() => BindValue[]) => kindOf.bindOf(numbered, context, planned)
    return {
      index,
      kind,
      label,
      statement: { name: `flakebench_${index}`, text: markStatement(numbered.text, kind), valueCount: numbered.slots.length },
      bind: newBind(),
      firstValues: () => newBind()(),
    }
  } catch (error) {
    const title = kindOf.titleOf(label)
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
