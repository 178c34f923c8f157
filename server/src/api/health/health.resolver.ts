import { Ctx, Query, Resolver } from 'type-graphql'
import type { ApiContext } from '../context.ts'
import { Health } from './health.type.ts'
import { readHealth } from './readHealth.ts'

@Resolver()
export class HealthResolver {
  @Query(() => Health, { description: 'Whether the server can start runs, and what it is.' })
  async health(@Ctx() context: ApiContext): Promise<Health> {
    return await readHealth(context, context.actor)
  }
}
