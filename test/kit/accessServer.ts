import { rmSync } from 'node:fs'
import type { Role } from '@flakebench/contract'
import { type Answered, addUsers, askAs, type Credentials, PASSWORD, sessionOf } from './accessKit.ts'
import { type FreshControlDatabase, freshControlDatabase } from './controlDatabase.ts'
import { type Door, openDoor } from './door.ts'
import { newHome, startServer, type TestServer } from './startServer.ts'

/** A server where everybody has to sign in, behind a proxy by its settings, and a door between it and its control database. */
export interface AccessServer {
  readonly control: FreshControlDatabase
  readonly door: Door
  readonly server: TestServer
  readonly home: string
  /** A session of the admin. */
  readonly admin: Credentials
  ask<T>(who: Credentials, query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answered<T>>
  /** Makes a user with `PASSWORD`. @returns the id */
  createUser(name: string, role: Role): Promise<string>
  /** @throws when it is refused */
  createToken(who: Credentials, input: object): Promise<{ readonly id: string; readonly text: string }>
  /** Null: nobody. */
  roleOf(who: Credentials): Promise<string | null | undefined>
  close(): Promise<void>
}

/** What people open, so that the cookie is for HTTPS alone. */
export const PUBLIC_URL = 'https://bench.example.com'

const CREATE_TOKEN = 'mutation ($input: ApiTokenInput!) { createApiToken(input: $input) { token { id } text } }'

export const openAccessServer = async (): Promise<AccessServer> => {
  const home = newHome()
  const control = await freshControlDatabase({ logStatements: true })
  const door = await openDoor({ host: '127.0.0.1', port: control.port })
  await addUsers(control.db, ['ADMIN', 'VIEWER', 'OPERATOR'])
  const settings = { FLAKEBENCH_DEMO_ROWS: '0', FLAKEBENCH_PUBLIC_URL: PUBLIC_URL, FLAKEBENCH_KEEP_AUDIT_DAYS: '400' }
  const server = await startServer({ home, environment: { CONTROL_DATABASE_URL: control.atPort(door.port), ...settings } })
  const admin = await sessionOf(server.url, 'admin', PASSWORD)
  const ask: AccessServer['ask'] = (who, query, variables) => askAs(server.url, who, query, variables)
  const done = <T>({ data, errors }: Answered<T>): T => {
    if (data == null) throw new Error(JSON.stringify(errors))
    return data
  }
  return {
    control,
    door,
    server,
    home,
    admin,
    ask,
    createUser: async (name, role) => {
      const variables = { input: { name, role, password: PASSWORD } }
      const answer = await ask<{ createUser: { id: string } }>(
        admin,
        'mutation ($input: UserInput!) { createUser(input: $input) { id } }',
        variables,
      )
      return done(answer).createUser.id
    },
    createToken: async (who, input) => {
      const answer = await ask<{ createApiToken: { token: { id: string }; text: string } }>(who, CREATE_TOKEN, { input })
      const { token, text } = done(answer).createApiToken
      return { id: token.id, text }
    },
    roleOf: async who => (await ask<{ viewer: { role: string | null } }>(who, '{ viewer { role } }')).data?.viewer.role,
    close: async () => {
      await server.end()
      await door.close()
      await control.drop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
