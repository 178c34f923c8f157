import { deleteUser } from '@flakebench/store'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Credentials, codeOf, PASSWORD, sessionOf, signIn } from '../kit/accessKit.ts'
import { type AccessServer, openAccessServer } from '../kit/accessServer.ts'
import { until } from '../kit/processes.ts'

let kit: AccessServer
beforeAll(async () => {
  kit = await openAccessServer()
})
afterAll(() => kit?.close())

const VIEWER = '{ viewer { name role method signInRequired } }'
const idOf = async (name: string): Promise<string> => {
  const { data } = await kit.ask<{ users: { id: string; name: string }[] }>(kit.admin, '{ users { id name } }')
  return data?.users.find(one => one.name === name)?.id ?? ''
}

const CREATE = 'mutation ($input: UserInput!) { createUser(input: $input) { id name role isDisabled } }'
const UPDATE = 'mutation ($id: ID!, $input: UserInput!) { updateUser(id: $id, input: $input) { id role isDisabled } }'
const DELETE = 'mutation ($id: ID!) { deleteUser(id: $id) }'
const TOKEN = 'mutation ($input: ApiTokenInput!) { createApiToken(input: $input) { token { id role ownerName expiresAt } text } }'

describe('users', () => {
  it('are made, changed and deleted, with every problem told at its field', async () => {
    const refused = await kit.ask(kit.admin, CREATE, { input: { name: ' ', role: 'VIEWER', password: 'short' } })
    expect(refused.errors?.[0]?.extensions.problems?.map(({ path }) => path)).toEqual(['name', 'password'])
    expect(
      (await kit.ask(kit.admin, CREATE, { input: { name: 'ADMIN', role: 'VIEWER', password: PASSWORD } })).errors?.[0]?.message,
    ).toMatch(/There is a user "ADMIN" already/)
    const made = await kit.ask<{ createUser: { id: string } }>(kit.admin, CREATE, {
      input: { name: 'Grace', role: 'AUTHOR', password: PASSWORD },
    })
    const id = made.data?.createUser.id as string
    const grace = await sessionOf(kit.server.url, 'grace', PASSWORD)
    const changed = await kit.ask(kit.admin, UPDATE, { id, input: { name: 'Grace', role: 'VIEWER' } })
    expect(changed.data).toEqual({ updateUser: { id, role: 'VIEWER', isDisabled: false } })
    expect(await kit.roleOf(grace)).toBe('VIEWER')
    await kit.ask(kit.admin, UPDATE, { id, input: { name: 'Grace', role: 'VIEWER', isDisabled: true } })
    expect(await kit.roleOf(grace)).toBeNull()
    expect(codeOf(await signIn(kit.server.url, 'grace', PASSWORD))).toBe('UNAUTHENTICATED')
    expect((await kit.ask(kit.admin, DELETE, { id })).data).toEqual({ deleteUser: id })
    expect(codeOf(await kit.ask(kit.admin, DELETE, { id }))).toBe('NOT_FOUND')
  })

  it('always have an admin among them who can sign in', async () => {
    const id = await idOf('admin')
    for (const change of [
      { query: DELETE, variables: { id } },
      { query: UPDATE, variables: { id, input: { name: 'admin', role: 'AUTHOR' } } },
      { query: UPDATE, variables: { id, input: { name: 'admin', role: 'ADMIN', isDisabled: true } } },
    ])
      expect((await kit.ask(kit.admin, change.query, change.variables)).errors?.[0]).toMatchObject({
        message: '"admin" is the last admin who can sign in: make another one first',
        extensions: { code: 'CONFLICT' },
      })
    expect(await kit.roleOf(kit.admin)).toBe('ADMIN')
  })

  it('change their own password, which ends their other sessions', async () => {
    const id = await kit.createUser('Barbara', 'VIEWER')
    const [here, there] = [await sessionOf(kit.server.url, 'barbara', PASSWORD), await sessionOf(kit.server.url, 'barbara', PASSWORD)]
    const change = (currentPassword: string, newPassword: string) =>
      kit.ask(here, 'mutation ($c: String!, $n: String!) { changePassword(currentPassword: $c, newPassword: $n) { name } }', {
        c: currentPassword,
        n: newPassword,
      })
    const problemOf = async (c: string, n: string) => (await change(c, n)).errors?.[0]?.extensions.problems?.[0]?.path
    expect(await problemOf('wrong-password-2', 'another-password')).toBe('currentPassword')
    expect(await problemOf(PASSWORD, 'short')).toBe('newPassword')
    expect((await change(PASSWORD, 'another-password')).data).toEqual({ changePassword: { name: 'Barbara' } })
    expect(await kit.roleOf(here)).toBe('VIEWER')
    expect(await kit.roleOf(there)).toBeNull()
    expect(codeOf(await signIn(kit.server.url, 'barbara', PASSWORD))).toBe('UNAUTHENTICATED')
    await kit.ask(kit.admin, DELETE, { id })
  })
})

describe('a token', () => {
  it('may no more than whoever it belongs to may now, and ends with them', async () => {
    const id = await kit.createUser('linus', 'OPERATOR')
    const session = await sessionOf(kit.server.url, 'linus', PASSWORD)
    expect((await kit.ask(session, TOKEN, { input: { name: 'x', role: 'ADMIN' } })).errors?.[0]?.extensions.problems?.[0]?.path).toBe(
      'role',
    )
    expect(codeOf(await kit.ask(session, TOKEN, { input: { name: 'x', role: 'VIEWER', expiresInDays: 400 } }))).toBe('VALIDATION_FAILED')
    const own = await kit.createToken(session, { name: 'CI', role: 'OPERATOR' })
    expect(own.text).toMatch(/^fbt_[\w-]{43}$/)
    const who = { token: own.text }
    expect((await kit.ask(who, VIEWER)).data).toEqual({
      viewer: { name: 'linus', role: 'OPERATOR', method: 'TOKEN', signInRequired: true },
    })
    expect(codeOf(await kit.ask(who, TOKEN, { input: { name: 'more', role: 'VIEWER' } }))).toBe('FORBIDDEN')
    const ofAdmin = { token: (await kit.createToken(kit.admin, { name: 'script', role: 'ADMIN' })).text }
    const input = { name: 'mallory', role: 'ADMIN', password: PASSWORD }
    for (const [query, variables] of [[CREATE, { input }] as const, [UPDATE, { id, input }] as const, [DELETE, { id }] as const])
      expect(await kit.ask(ofAdmin, query, variables)).toMatchObject({
        errors: [{ message: 'A token neither makes nor changes users: sign in for that', extensions: { code: 'FORBIDDEN' } }],
      })
    await kit.ask(kit.admin, UPDATE, { id, input: { name: 'linus', role: 'VIEWER' } })
    expect(await kit.roleOf(who)).toBe('VIEWER')
    const others = await kit.createToken(kit.admin, { name: 'of the admin', role: 'ADMIN', expiresInDays: 1 })
    const seen = (asker: Credentials) => kit.ask<{ apiTokens: { name: string }[] }>(asker, '{ apiTokens { name ownerName } }')
    expect((await seen(session)).data?.apiTokens).toEqual([{ name: 'CI', ownerName: 'linus' }])
    expect((await seen(kit.admin)).data?.apiTokens.map(({ name }) => name)).toEqual(['of the admin', 'script', 'CI'])
    const revoke = (asker: Credentials, token: string) =>
      kit.ask(asker, 'mutation ($id: ID!) { revokeApiToken(id: $id) { revokedAt } }', { id: token })
    expect(codeOf(await revoke(session, others.id))).toBe('NOT_FOUND')
    expect((await revoke(kit.admin, others.id)).data).toEqual({ revokeApiToken: { revokedAt: expect.any(String) } })
    expect(await kit.ask({ token: others.text }, VIEWER)).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
    await kit.ask(kit.admin, UPDATE, { id, input: { name: 'linus', role: 'VIEWER', isDisabled: true } })
    expect((await kit.ask(who, VIEWER)).status).toBe(401)
    await kit.ask(kit.admin, DELETE, { id })
  })

  it.each(['fbt_wrong', `fbt_${'a'.repeat(43)}`, 'x', ''])('that is not right is refused, and not passed over: "%s"', async token => {
    expect((await kit.ask({ ...kit.admin, token }, VIEWER)).status).toBe(401)
  })
})

describe('a session, and what is followed with a token', () => {
  it('end when their time is over, or their user is gone', async () => {
    const id = await kit.createUser('ken', 'VIEWER')
    const session = await sessionOf(kit.server.url, 'ken', PASSWORD)
    const { text } = await kit.createToken(session, { name: 'follows', role: 'VIEWER' })
    const follower = follow(text)
    await until('it follows', async () => follower.isFollowing(), Boolean)
    expect(await kit.roleOf(session)).toBe('VIEWER')
    await kit.control.db.execute("UPDATE user_sessions SET last_used_at = DATEADD('second', -43300, CURRENT_TIMESTAMP) WHERE user_id = ?", [
      id,
    ])
    // By somebody else than this server: readings are kept for a few seconds.
    await until(
      'the session has ended',
      () => kit.roleOf(session),
      role => role === null,
    )
    await deleteUser(kit.control.db, id)
    expect(await follower.closedWith).toBeGreaterThanOrEqual(4_000)
  })
})

const follow = (token: string): { readonly isFollowing: () => boolean; readonly closedWith: Promise<number> } => {
  let isFollowing = false
  const closedWith = new Promise<number>((resolve, reject) => {
    const client = createClient({
      url: `${kit.server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
      on: {
        connected: () => {
          isFollowing = true
        },
        closed: event => resolve((event as { code: number }).code),
      },
    })
    client.subscribe(
      { query: 'subscription { runsChanged { __typename } }' },
      { next: () => undefined, error: reject, complete: () => undefined },
    )
  })
  return { isFollowing: () => isFollowing, closedWith }
}

describe('the audit log', () => {
  it('has a row for each change, without secrets', async () => {
    const password = 'very-secret-password-1'
    await kit.ask(kit.admin, CREATE, { input: { name: 'audited', role: 'VIEWER', password } })
    await kit.ask(kit.admin, 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id } }', {
      input: { name: 'Audited', postgres: { host: 'db', user: 'u', database: 'd', password } },
    })
    await signIn(kit.server.url, 'audited', `${password}x`)
    const { data } = await kit.ask<{
      auditLog: { edges: { node: { actor: string; action: string; outcome: string; detail: string } }[]; totalCount: number }
    }>(
      kit.admin,
      '{ auditLog(first: 3) { totalCount pageInfo { hasNextPage } edges { node { actor action outcome subjectId detail at } } } }',
    )
    const admin = { userId: await idOf('admin'), tokenId: null, address: '127.0.0.1' }
    expect(data?.auditLog.edges.map(({ node }) => (JSON.parse(node.detail) as { by: unknown }).by)).toEqual([
      { userId: null, tokenId: null, address: '127.0.0.1' },
      admin,
      admin,
    ])
    const told = data?.auditLog.edges.map(({ node }) => `${node.actor} ${node.action} ${node.outcome}`)
    expect(told).toEqual(['nobody signIn REFUSED', 'admin createConnection DONE', 'admin createUser DONE'])
    expect(data?.auditLog.totalCount).toBeGreaterThan(10)
    const rows = await kit.control.db.query('SELECT detail FROM audit_log')
    const text = JSON.stringify(rows)
    for (const secret of [password, PASSWORD, 'fbt_', kit.admin.cookie?.split('=')[1] as string]) expect(text).not.toContain(secret)
    expect(text).toContain('audited')
    await kit.ask(kit.admin, DELETE, { id: await idOf('audited') })
  })
})
