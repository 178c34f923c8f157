import { rmSync } from 'node:fs'
import { allows, ROLES, type Role } from '@flakebench/contract'
import { insertApiToken, newId } from '@flakebench/store'
import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RULES } from '../../server/src/access/rules.ts'
import { hashOfSecret, newTokenText } from '../../server/src/access/secrets.ts'
import { addUsers, askAs, askSocketAs, type Credentials, codeOf } from '../kit/accessKit.ts'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { newHome, startServer, type TestServer } from '../kit/startServer.ts'

let control: FreshControlDatabase
let server: TestServer
const home = newHome()
let schema: GraphQLSchema
const tokens: Partial<Record<Role, string>> = {}

beforeAll(async () => {
  control = await freshControlDatabase()
  await addUsers(control.db, ['ADMIN'])
  for (const role of ROLES) {
    const text = newTokenText()
    tokens[role] = text
    await insertApiToken(control.db, { id: newId(), name: role, role, hash: hashOfSecret(text), userId: null, createdBy: null, days: 1 })
  }
  server = await startServer({ home, environment: { CONTROL_DATABASE_URL: control.url, FLAKEBENCH_DEMO_ROWS: '0' } })
  const { data } = await askAs<never>(server.url, as('VIEWER'), getIntrospectionQuery())
  schema = buildClientSchema(data as never)
})
afterAll(async () => {
  await server?.end()
  await control?.drop()
  rmSync(home, { recursive: true, force: true })
})

const as = (role: Role | null): Credentials => (role === null ? {} : { token: tokens[role] as string })

/** The least that the schema takes for a value; it is never used, as whoever may is not asked. */
const least = (type: GraphQLInputType): string => {
  if (isNonNullType(type)) return least(type.ofType)
  if (isListType(type)) return '[]'
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ''
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(field => isNonNullType(field.type) && field.defaultValue === undefined)
    return `{ ${needed.map(field => `${field.name}: ${least(field.type)}`).join(', ')} }`
  }
  return { Int: '1', Float: '1', Boolean: 'true' }[type.name] ?? '"x"'
}

const fieldText = ({ name, args, type }: GraphQLField<unknown, unknown>): string => {
  const needed = args.filter(arg => isNonNullType(arg.type) && arg.defaultValue === undefined)
  const given = needed.length === 0 ? '' : `(${needed.map(arg => `${arg.name}: ${least(arg.type)}`).join(', ')})`
  return `${name}${given}${isLeafType(getNamedType(type)) ? '' : ' { __typename }'}`
}

/** Each root field with whoever may not ask for it. */
const refusals = (): { readonly field: string; readonly document: string; readonly role: Role | null; readonly code: string }[] =>
  ([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()] as const).flatMap(type =>
    Object.values(type?.getFields() ?? {}).flatMap(field => {
      const name = `${type?.name}.${field.name}`
      const rule = RULES[name]
      if (rule === undefined) throw new Error(`${name} has no rule`)
      if (rule === 'ANYBODY') return []
      const document = `${String(type?.name).toLowerCase()} { ${fieldText(field as GraphQLField<unknown, unknown>)} }`
      const lesser = rule === 'SIGNED_IN' ? [] : ROLES.filter(role => !allows(role, rule))
      return [null, ...lesser].map(role => ({ field: name, document, role, code: role === null ? 'UNAUTHENTICATED' : 'FORBIDDEN' }))
    }),
  )

describe('every field of the API', () => {
  it('is refused over HTTP to whoever has not signed in, and to each lesser role', async () => {
    const asked = refusals().filter(({ field }) => !field.startsWith('Subscription'))
    expect(asked.length).toBeGreaterThan(100)
    const wrong: string[] = []
    for (const { field, document, role, code } of asked) {
      const answer = await askAs(server.url, as(role), document)
      if (codeOf(answer) !== code || Object.values(answer.data ?? {}).some(value => value !== null))
        wrong.push(`${field} as ${role}: ${JSON.stringify(answer)}`)
    }
    expect(wrong).toEqual([])
  })

  it('is refused over a WebSocket just the same', async () => {
    const asked = refusals()
    const sockets = asked.filter(({ field }, i) => field.startsWith('Subscription') || i % 7 === 0)
    const wrong: string[] = []
    for (const { field, document, role, code } of sockets) {
      const found = await askSocketAs(server.url, as(role), document)
      if (found !== code) wrong.push(`${field} as ${role}: ${found}`)
    }
    expect(wrong).toEqual([])
  })

  it('has been asked for in vain: the audit log tells who tried what', async () => {
    const { data } = await askAs<{ auditLog: { totalCount: number; edges: { node: Record<string, string> }[] } }>(
      server.url,
      as('ADMIN'),
      '{ auditLog(filter: { actor: "token VIEWER", action: "startRun" }) { totalCount edges { node { actor action outcome subjectId detail } } } }',
    )
    expect(data?.auditLog.edges[0]?.node).toEqual({
      actor: 'token VIEWER',
      action: 'startRun',
      outcome: 'REFUSED',
      subjectId: 'x',
      detail: expect.stringMatching(/"refusal":"FORBIDDEN"/),
    })
  })
})

describe('without signing in', () => {
  it('one learns that the server is there, and no more', async () => {
    const health = { ok: true, version: '0.1.0', controlDatabase: '', serverNow: null, activeRuns: null, problem: null }
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual(health)
    const { data } = await askAs(
      server.url,
      {},
      '{ health { ok version controlDatabase serverNow activeRuns problem } viewer { name role method signInRequired userId } }',
    )
    expect(data).toEqual({ health, viewer: { name: null, role: null, method: 'NONE', signInRequired: true, userId: null } })
  })

  it('one gets no files, and brings none', async () => {
    const file = `${server.url}/exports/${'a'.repeat(32)}/run.csv`
    expect((await fetch(file)).status).toBe(401)
    expect((await fetch(file, { headers: { authorization: `Bearer ${tokens.VIEWER}` } })).status).toBe(404)
    const send = (headers: Record<string, string>) =>
      fetch(`${server.url}/bundles`, { method: 'POST', headers: { 'content-type': 'application/gzip', ...headers }, body: 'x' })
    expect((await send({})).status).toBe(401)
    expect((await send({ authorization: `Bearer ${tokens.VIEWER}` })).status).toBe(403)
    expect((await send({ authorization: `Bearer ${tokens.OPERATOR}` })).status).toBe(201)
  })
})
