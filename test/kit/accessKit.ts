import type { Role } from '@flakebench/contract'
import { insertUser, type NewUser, newId, type SqlClient } from '@flakebench/store'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { openPasswordWork } from '../../server/src/access/passwords.ts'
import type { GraphqlAnswer } from './graphql.ts'
import { SECRETS } from './secretSearch.ts'

/** With what a request is sent. */
export interface Credentials {
  readonly token?: string
  /** Of the session, as it was set. */
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered<T> extends GraphqlAnswer<T> {
  readonly status: number
  readonly setCookie: string | null
}

export const headersOf = ({ token, cookie, headers }: Credentials): Record<string, string> => ({
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  ...(cookie === undefined ? {} : { cookie }),
  ...headers,
})

/** Asks over HTTP as somebody; takes what comes. */
export const askAs = async <T>(
  url: string,
  who: Credentials,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answered<T>> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(who) },
    body: JSON.stringify({ query, variables }),
  })
  const text = await response.text()
  SECRETS.noteVariables(variables)
  SECRETS.lookInAnswer(text)
  const answer = JSON.parse(text) as GraphqlAnswer<T>
  const setCookie = response.headers.get('set-cookie')
  SECRETS.note('the cookie of a session', /^flakebench_session=([^;]*)/.exec(setCookie ?? '')?.[1] ?? '')
  return { ...answer, status: response.status, setCookie }
}

/** The code that something is refused with; null: it is not. */
export const codeOf = ({ errors }: GraphqlAnswer<unknown>): string | null => errors?.[0]?.extensions.code ?? null

/** The one error over a WebSocket, or null when there was an answer. Where the socket itself is refused: what it is closed with. */
export const askSocketAs = (url: string, { token, ...who }: Credentials, query: string): Promise<string | null> =>
  new Promise(resolve => {
    class OwnSocket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers: headersOf(who) })
      }
    }
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: OwnSocket,
      retryAttempts: 0,
      ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    })
    const end = (answer: string | null): void => {
      void client.dispose()
      resolve(answer)
    }
    client.subscribe(
      { query },
      {
        next: answer => {
          SECRETS.lookInAnswer(JSON.stringify(answer))
          const { errors } = answer
          end(errors === undefined ? null : String(errors[0]?.extensions?.['code']))
        },
        error: problem => {
          SECRETS.lookInAnswer(JSON.stringify(problem))
          const [first] = Array.isArray(problem) ? (problem as { extensions?: { code?: string } }[]) : []
          end(first?.extensions?.code ?? String((problem as { code?: number }).code ?? 'REFUSED'))
        },
        complete: () => end(null),
      },
    )
  })

const SIGN_IN = 'mutation ($name: String!, $password: String!) { signIn(name: $name, password: $password) { name role method } }'

export const signIn = (url: string, name: string, password: string, who: Credentials = {}): Promise<Answered<{ signIn: unknown }>> =>
  askAs(url, who, SIGN_IN, { name, password })

/** @returns the cookie of the session, as it is sent back */
export const sessionOf = async (url: string, name: string, password: string): Promise<Credentials> => {
  const { setCookie, errors } = await signIn(url, name, password)
  if (setCookie === null) throw new Error(`not signed in: ${JSON.stringify(errors)}`)
  return { cookie: setCookie.split(';')[0] as string }
}

/** Long enough, and nobody's name. */
export const PASSWORD = 'correct-horse-battery'

/** Users with `PASSWORD`, each called as their role; the admin first. */
export const addUsers = async (db: SqlClient, roles: readonly Role[]): Promise<Readonly<Record<string, NewUser>>> => {
  const passwordHash = await openPasswordWork().hash(PASSWORD)
  const users = roles.map(role => ({ id: newId(), name: role.toLowerCase(), passwordHash, role, isDisabled: false }))
  for (const user of users) await insertUser(db, user)
  return Object.fromEntries(users.map(user => [user.role, user]))
}
