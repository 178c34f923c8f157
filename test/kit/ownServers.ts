import { rmSync } from 'node:fs'
import { afterEach } from 'vitest'
import { listProcessesOn } from './embeddedHome.ts'
import { until } from './processes.ts'
import { newHome, startServer, type TestServer } from './startServer.ts'

export interface OwnServers {
  /** A new home, cleared away after the test. */
  readonly home: () => string
  /** Ended after the test. */
  readonly serve: (...[settings]: Parameters<typeof startServer>) => Promise<TestServer>
}

/** For the tests of a file that start servers of their own: after each nothing of them is left, neither processes nor homes. */
export const ownServers = (): OwnServers => {
  const homes: string[] = []
  const servers: TestServer[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.end()
    for (const path of homes.splice(0)) {
      await until(
        `nothing runs on ${path}`,
        () => listProcessesOn(path),
        left => left.length === 0,
      )
      rmSync(path, { recursive: true, force: true })
    }
  })
  return {
    home: () => {
      const made = newHome()
      homes.push(made)
      return made
    },
    serve: async (...[settings]) => {
      const server = await startServer(settings)
      servers.push(server)
      return server
    },
  }
}
