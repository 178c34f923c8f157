import { listWarehousePolls, readNewestWarehousePoll, readWarehouseConfig } from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import { mergeWarehousePolls } from '../../decide/mergeWarehousePolls.ts'
import { readWarehouseDetails } from '../../warehouse/readWarehouseDetails.ts'
import type { ApiContext } from '../context.ts'
import { Run } from '../run/run.type.ts'
import { toRunWarehouse, toWarehouseDetails } from './warehouse.map.ts'
import { RunWarehouse, WarehouseDetails, WarehousePoint } from './warehouse.type.ts'

@Resolver(() => Run)
export class WarehouseResolver {
  @Query(() => WarehouseDetails, {
    description: "A warehouse as the connection's role sees it now. It is not resumed, and no warehouse is used to ask.",
  })
  async warehouseDetails(
    @Arg('connectionId', () => ID) connectionId: string,
    @Arg('name', () => String, { description: 'As in SQL: in upper case unless it is quoted.' }) name: string,
    @Ctx() context: ApiContext,
  ): Promise<WarehouseDetails> {
    const { state, capturedAtMs } = await readWarehouseDetails(context, connectionId, name)
    return toWarehouseDetails(state, capturedAtMs)
  }

  @FieldResolver(() => RunWarehouse, { nullable: true, description: 'Null for a run without a warehouse.' })
  async warehouse(@Root() run: Run, @Ctx() { db }: ApiContext): Promise<RunWarehouse | null> {
    const newest = run.plan.target.warehouse === null ? null : await readNewestWarehousePoll(db, run.id)
    return toRunWarehouse({ plan: run.plan, status: run.status, nowMs: run.timing.serverNow.getTime() }, newest)
  }

  @FieldResolver(() => [WarehousePoint], { description: "What the run's warehouse did over time: all looks at it, or at most maxPoints." })
  async warehouseHistory(
    @Root() run: Run,
    @Arg('maxPoints', () => Int, { defaultValue: 300 }) maxPoints: number,
    @Ctx() { db }: ApiContext,
  ): Promise<WarehousePoint[]> {
    return run.plan.target.warehouse === null ? [] : mergeWarehousePolls(await listWarehousePolls(db, run.id), maxPoints)
  }

  @FieldResolver(() => WarehouseDetails, { nullable: true, description: 'How the warehouse was set up when the run began.' })
  async warehouseConfig(@Root() run: Run, @Ctx() { db }: ApiContext): Promise<WarehouseDetails | null> {
    const config = run.plan.target.warehouse === null ? null : await readWarehouseConfig(db, run.id)
    if (config === null) return null
    const { capturedAtMs, ...state } = config
    return toWarehouseDetails(state, capturedAtMs)
  }
}
