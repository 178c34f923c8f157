import { readRun } from '@flakebench/store'
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql'
import { invalid, notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Comparison } from './compare.type.ts'

const FEWEST = 2
const MOST = 5

@Resolver()
export class CompareResolver {
  @Query(() => Comparison, { description: 'Two to five different runs side by side.' })
  async compareRuns(@Arg('ids', () => [ID]) ids: string[], @Ctx() context: ApiContext): Promise<Comparison> {
    if (new Set(ids).size !== ids.length || ids.length < FEWEST || ids.length > MOST) {
      throw invalid('The comparison', [
        { path: 'ids', message: `Name ${FEWEST} to ${MOST} different runs; ${new Set(ids).size} were named` },
      ])
    }
    const runs = await Promise.all(
      ids.map(async id => {
        const run = await readRun(context.db, id)
        if (run === null) throw notFound('run', id)
        return run
      }),
    )
    return { runs: await presentRuns(runs, context) }
  }
}
