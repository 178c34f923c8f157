import { listEnrichments, readRun } from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql'
import { notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { presentRuns } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'
import { toEnrichment } from './enrichment.map.ts'
import { Enrichment } from './enrichment.type.ts'

@Resolver(() => Run)
export class EnrichmentResolver {
  @FieldResolver(() => [Enrichment], {
    description: 'What the system under test itself has recorded of the run, a source each; none before its end.',
  })
  async enrichments(@Root() run: Run, @Ctx() { db }: ApiContext): Promise<Enrichment[]> {
    return (await listEnrichments(db, [run.id])).map(toEnrichment)
  }

  @Mutation(() => Run, {
    description:
      'Asks the system under test again for what it has recorded of a run that is over. It is done in the background: see enrichments.',
  })
  async enrichRun(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Run> {
    await context.enrichment.enrich(id)
    const record = await readRun(context.db, id)
    if (record === null) throw notFound('run', id)
    const [run] = await presentRuns([record], context)
    return run as Run
  }
}
