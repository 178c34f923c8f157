import type { Plan, TableProfile } from '@flakebench/contract'
import type { Arguments } from '../arguments.ts'
import type { Engine } from '../engines/engine.ts'
import { inWords } from '../failure.ts'
import type { WorkerPools } from '../pools/workerPools.ts'
import { keyStride } from './newKeys.ts'
import type { OperationContext } from './operation.ts'
import { seededRandom } from './random.ts'

/** What was found out before operations can be built. */
export interface Findings {
  readonly plan: Plan
  readonly args: Arguments
  readonly attempt: number
  readonly engine: Engine
  readonly profile: TableProfile
  readonly pools: WorkerPools
  /** See `KeyOwner`. */
  readonly currentMaxKey: number | null
}

/** @throws WorkerFailure when the table is not there */
export const operationContext = async (findings: Findings): Promise<OperationContext> => {
  const { plan, args, attempt, engine, profile, pools, currentMaxKey } = findings
  return {
    profile,
    table: await inWords(() => engine.tableName(plan.target), engine.explainRefusal),
    dialect: engine.dialect,
    rangeSize: plan.advanced.rangeSize,
    owner: {
      runId: args.runId,
      workerGroupId: args.workerGroupId,
      stride: Math.max(keyStride(plan), args.workerGroupCount),
      attempt,
      currentMaxKey,
    },
    pools,
    quoteName: engine.quoteName,
    random: purpose => seededRandom(plan.seed, args.workerGroupId, purpose),
  }
}
