import type { Plan, RunStatement } from '@flakebench/contract'
import type { Operation } from './operation.ts'

/** The statements of a plan as they are sent, by operation index. */
export const statementsOf = (plan: Pick<Plan, 'operations'>, operations: readonly Pick<Operation, 'statement'>[]): RunStatement[] =>
  plan.operations.map(({ kind, label, operationType }, operationIndex) => ({
    operationIndex,
    kind,
    label,
    operationType,
    sql: operations[operationIndex]?.statement.text ?? '',
  }))
