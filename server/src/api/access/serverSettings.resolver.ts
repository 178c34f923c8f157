import { Ctx, Query, Resolver } from 'type-graphql'
import type { ApiContext } from '../context.ts'
import { ServerSettings } from './serverSettings.type.ts'

@Resolver()
export class ServerSettingsResolver {
  @Query(() => ServerSettings)
  serverSettings(@Ctx() { settings, version, controlDatabase, db }: ApiContext): ServerSettings {
    const { port, startedAtMs, ...set } = settings
    return {
      ...set,
      port: port(),
      startedAt: new Date(startedAtMs),
      version,
      nodeVersion: process.versions.node,
      controlDatabase,
      controlEngine: db.engine === 'snowflake' ? 'Snowflake' : 'PostgreSQL',
    }
  }
}
