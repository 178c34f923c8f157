import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { askSocketAs, codeOf, PASSWORD, sessionOf, signIn } from '../kit/accessKit.ts'
import { type AccessServer, openAccessServer, PUBLIC_URL } from '../kit/accessServer.ts'
import { until } from '../kit/processes.ts'

let kit: AccessServer
beforeAll(async () => {
  kit = await openAccessServer()
})
afterAll(() => kit?.close())

const VIEWER = '{ viewer { name role method signInRequired } }'

describe('signing in', () => {
  it('sets a cookie that no script reads and no other site has sent, and that leads back in', async () => {
    const { data, setCookie } = await signIn(kit.server.url, 'ADMIN ', PASSWORD)
    expect(data).toEqual({ signIn: { name: 'admin', role: 'ADMIN', method: 'SESSION' } })
    expect(setCookie).toMatch(/^flakebench_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    const cookie = setCookie?.split(';')[0] as string
    expect((await kit.ask({ cookie }, VIEWER)).data).toEqual({
      viewer: { name: 'admin', role: 'ADMIN', method: 'SESSION', signInRequired: true },
    })
    const out = await kit.ask({ cookie }, 'mutation { signOut { name role } }')
    expect(out.data).toEqual({ signOut: { name: null, role: null } })
    expect(out.setCookie).toMatch(/^flakebench_session=; Max-Age=0; Path=\//)
    expect(await kit.roleOf({ cookie })).toBeNull()
    expect(codeOf(await kit.ask({ cookie }, '{ users { id } }'))).toBe('UNAUTHENTICATED')
  })

  it('is refused for a wrong password as for a wrong name, and more slowly each time', async () => {
    const refusals: (string | undefined)[] = []
    for (const name of ['nobody-1', 'viewer', 'viewer', 'viewer', 'viewer', 'viewer']) {
      const { errors } = await signIn(kit.server.url, name, 'wrong-password-1')
      refusals.push(errors?.[0]?.message)
    }
    expect(new Set(refusals)).toEqual(new Set(['Name or password is not right']))
    const { errors } = await signIn(kit.server.url, 'viewer', PASSWORD)
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/try again in \d seconds/),
      extensions: { code: 'TOO_MANY_REQUESTS' },
    })
    // Others sign in meanwhile.
    expect((await signIn(kit.server.url, 'operator', PASSWORD)).data).toBeTruthy()
  })

  it('is no matter of a WebSocket, which carries no cookies; nor is signing out', async () => {
    for (const query of [`mutation { signIn(name: "admin", password: "${PASSWORD}") { name } }`, 'mutation { signOut { name } }'])
      expect(await askSocketAs(kit.server.url, kit.admin, query)).toBe('WRONG_STATE')
    expect(await kit.roleOf(kit.admin)).toBe('ADMIN')
  })

  it('out is no change where nobody has signed in: only the cookie goes', async () => {
    const rows = () => kit.control.db.query("SELECT COUNT(*) AS n FROM audit_log WHERE action = 'signOut' AND outcome = 'DONE'")
    const before = await rows()
    const { data, setCookie } = await kit.ask({}, 'mutation { signOut { role } }')
    expect(data).toEqual({ signOut: { role: null } })
    expect(setCookie).toMatch(/^flakebench_session=; Max-Age=0/)
    expect(await rows()).toEqual(before)
  })
})

describe('a page', () => {
  const signOut = (headers: Readonly<Record<string, string>>) => kit.ask({ ...kit.admin, headers }, 'mutation { signOut { name } }')

  it('of another site, or of none that is known, may not even end the session', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://bench.example.com:81', 'http://localhost.evil.example'])
      expect((await signOut({ origin })).status).toBe(403)
    expect(await kit.roleOf(kit.admin)).toBe('ADMIN')
  })

  it('of this server may', async () => {
    const session = await sessionOf(kit.server.url, 'operator', PASSWORD)
    const { status, data } = await kit.ask({ ...session, headers: { origin: PUBLIC_URL } }, 'mutation { signOut { role } }')
    expect({ status, data }).toEqual({ status: 200, data: { signOut: { role: null } } })
  })

  it('of another site opens no WebSocket', async () => {
    const refused = await new Promise<string>(resolve => {
      const socket = new WebSocket(`${kit.server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
        origin: 'https://evil.example',
      })
      socket.on('error', error => resolve(error.message))
      socket.on('open', () => resolve('open'))
    })
    expect(refused).toMatch(/401|403|400/)
  })

  it('of another site can send no form', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const body = JSON.stringify({ query: 'mutation { signOut { name } }' })
      const response = await fetch(`${kit.server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type, cookie: kit.admin.cookie ?? '' },
        body,
      })
      expect(response.status).toBe(400)
    }
    const asked = await fetch(`${kit.server.url}/graphql?query=${encodeURIComponent(VIEWER)}`, {
      headers: { cookie: kit.admin.cookie ?? '' },
    })
    expect(asked.status).toBe(405)
    expect(await kit.roleOf(kit.admin)).toBe('ADMIN')
  })

  it('under a foreign name that leads here is not answered', async () => {
    const { status } = await askForeign()
    expect(status).toBe(403)
  })
})

/** `fetch` lets nobody set Host. */
const askForeign = async (): Promise<{ status: number | undefined }> => {
  return await new Promise((resolve, reject) =>
    request(`${kit.server.url}/graphql`, { method: 'POST', headers: { host: 'evil.example' } }, response => {
      response.resume()
      resolve({ status: response.statusCode })
    })
      .on('error', reject)
      .end(),
  )
}

describe('the settings of the server', () => {
  it('are told to whoever has signed in', async () => {
    const { data } = await kit.ask(
      kit.admin,
      '{ serverSettings { host port controlEngine home keepExecutionsDays keepAuditDays credentialKeySource nodeVersion startedAt controlDatabase } }',
    )
    expect(data).toMatchObject({
      serverSettings: {
        host: '127.0.0.1',
        port: kit.server.port,
        controlEngine: 'PostgreSQL',
        home: kit.home,
        keepAuditDays: 400,
        nodeVersion: process.versions.node,
      },
    })
    expect(JSON.stringify(data)).not.toContain(new URL(kit.control.url).password)
  })
})

describe('while the control database is away', () => {
  it('nobody gets in, and everybody again when it is back', async () => {
    const token = (await kit.createToken(kit.admin, { name: 'during an outage', role: 'VIEWER' })).text
    await kit.door.refuse()
    try {
      for (const who of [{ token }, { cookie: `flakebench_session=${'a'.repeat(43)}` }]) {
        expect(codeOf(await kit.ask(who, '{ serverSettings { host } }'))).toBe('CONTROL_DATABASE_UNAVAILABLE')
        expect(codeOf(await kit.ask(who, VIEWER))).toBe('CONTROL_DATABASE_UNAVAILABLE')
      }
      expect(codeOf(await kit.ask({}, '{ serverSettings { host } }'))).toBe('UNAUTHENTICATED')
      expect(codeOf(await signIn(kit.server.url, 'admin', PASSWORD))).toBe('CONTROL_DATABASE_UNAVAILABLE')
    } finally {
      await kit.door.accept()
    }
    await until(
      'it is back',
      () => kit.roleOf({ token }),
      role => role === 'VIEWER',
    )
  })
})
