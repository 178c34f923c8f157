import type { InspectedStatement, Inspection, Plan } from '@flakebench/contract'
import type { Engine } from '../engines/engine.ts'
import { inWords, messageOf, WorkerFailure } from '../failure.ts'
import { buildStatement } from '../operations/buildOperations.ts'
import type { StatementContext } from '../operations/operation.ts'
import type { WorkerPools } from '../pools/workerPools.ts'

export interface Inspected {
  readonly engine: Engine
  readonly plan: Plan
  readonly pools: WorkerPools
}

/** The statements of a plan for the table as it is now; none of them is sent. @throws WorkerFailure when there is no table to make them for */
export const showStatements = async ({ engine, plan, pools }: Inspected): Promise<Inspection> => {
  const profile = await inWords(() => engine.describe(plan.target), engine.explainRefusal)
  const table = await inWords(() => engine.tableName(plan.target), engine.explainRefusal)
  const context = { profile, table, dialect: engine.dialect, pools, quoteName: engine.quoteName }
  return {
    type: 'STATEMENTS',
    columns: profile.columns.map(({ name, type }) => ({ name, type })),
    keyColumn: profile.keyColumn,
    statements: plan.operations.map(operation => shown(operation, context)),
  }
}

/** The statement, or why it cannot be made. */
export const shown = (operation: Plan['operations'][number], context: StatementContext): InspectedStatement => {
  try {
    return { sql: buildStatement(operation, context).text, problem: null }
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error
    return { sql: null, problem: messageOf(error) }
  }
}
