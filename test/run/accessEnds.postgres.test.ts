import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  deleteUser,
  insertApiToken,
  insertUser,
  newId,
  readTokenGrant,
  replacePasswordHash,
  type SavedUser,
  type SqlClient,
  updateUser,
} from '@flakebench/store'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Access, openAccess } from '../../server/src/access/access.ts'
import { OPEN_ACTOR } from '../../server/src/access/actor.ts'
import { isSignInRequired } from '../../server/src/access/openGate.ts'
import type { PasswordWork } from '../../server/src/access/passwords.ts'
import type { Places } from '../../server/src/access/places.ts'
import { openReadings } from '../../server/src/access/readings.ts'
import { requireAdmin } from '../../server/src/access/requireAdmin.ts'
import { hashOfSecret, newTokenText } from '../../server/src/access/secrets.ts'
import { openSignIns } from '../../server/src/access/signIns.ts'
import { CLOSE, type Line } from '../../server/src/api/fanout/line.ts'
import { openLines } from '../../server/src/api/fanout/lines.ts'
import type { RightsPace } from '../../server/src/api/fanout/rightsRound.ts'
import { logTo } from '../../server/src/log.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'

const places = (change: Partial<Places> = {}): Places => ({ host: '127.0.0.1', publicUrl: null, machine: 'box', ...change })
const log = logTo({ write: () => true } as never)

const addUser = async (db: SqlClient, name: string): Promise<Pick<SavedUser, 'id' | 'passwordHash'>> => {
  const user = { id: newId(), name, passwordHash: 'first', role: 'ADMIN', isDisabled: false } as const
  await insertUser(db, user)
  return user
}

/** A password is its own hash, and `meanwhile` happens after it was found right. */
const plainWork = (meanwhile: () => Promise<unknown> = async () => undefined): PasswordWork => ({
  hash: async password => password,
  isRight: async (password, kept) => {
    await meanwhile()
    return password === kept
  },
})

describe('a server on this machine that others reach by FLAKEBENCH_PUBLIC_URL', () => {
  it('wants an admin before it starts, and everybody to sign in', async () => {
    const { db } = await freshControlDatabase()
    const proxied = places({ publicUrl: 'https://bench.example.com' })
    await expect(requireAdmin(db, proxied)).rejects.toThrow(
      /as https:\/\/bench\.example\.com, and nobody could sign in[\s\S]*add-user -- NAME --role ADMIN[\s\S]*leave out FLAKEBENCH_PUBLIC_URL,/,
    )
    await requireAdmin(db, places({ publicUrl: 'http://localhost:8080' }))
    const readings = openReadings(db, () => 0)
    expect(await isSignInRequired(proxied, readings)).toBe(true)
    expect(await isSignInRequired(places(), readings)).toBe(false)
    await addUser(db, 'ada')
    await requireAdmin(db, proxied)
  })
})

describe('an old password', () => {
  const opened = async (change: (db: SqlClient, user: Pick<SavedUser, 'id' | 'passwordHash'>) => Promise<unknown>) => {
    const { db } = await freshControlDatabase()
    const user = await addUser(db, 'ada')
    const readings = openReadings(db, () => 0)
    return { db, signIns: openSignIns({ db, passwords: plainWork(() => change(db, user)), readings, monotonicMs: () => 0 }), user }
  }

  it('that is changed while it is compared begins no session', async () => {
    const { db, signIns } = await opened((db, user) => replacePasswordHash(db, user, 'second', 'none'))
    await expect(signIns.signIn('ada', 'first', '')).rejects.toThrow('Name or password is not right')
    expect(await db.query('SELECT session_hash FROM user_sessions')).toEqual([])
  })

  it('that is changed while it is compared does not undo the change', async () => {
    const { signIns, user } = await opened((db, { id }) =>
      updateUser(db, { id, name: 'ada', role: 'ADMIN', passwordHash: 'of an admin', isDisabled: null }),
    )
    const actor = { ...OPEN_ACTOR, method: 'SESSION', userId: user.id, clientId: 'session x' } as const
    await expect(signIns.changePassword(actor, 'first', 'another-password')).rejects.toThrow('was changed meanwhile')
  })

  it('is no reason to slow down everybody behind one proxy', async () => {
    const { signIns } = await opened(async () => undefined)
    const codes: string[] = []
    for (let i = 0; i < 22; i += 1)
      codes.push(await signIns.signIn(`stranger ${i}`, 'wrong', null).catch((error: { code: string }) => error.code))
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']))
    for (let i = 0; i < 22; i += 1)
      codes.push(await signIns.signIn(`other ${i}`, 'wrong', '10.0.0.1').catch((error: { code: string }) => error.code))
    expect(codes.at(-1)).toBe('TOO_MANY_REQUESTS')
  })
})

const toClose: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

const EVERY_HOUR_MS = 3_600_000
const HOURLY = { askRightsMs: EVERY_HOUR_MS, lookForChangesIdleMs: EVERY_HOUR_MS }

interface Followed {
  readonly line: Line
  readonly closedWith: Promise<number>
}

/** Sockets of a server, let in with what their clients send. @param pace of the rounds that ask whether they still may */
const openSockets = async (access: Access, pace: RightsPace) => {
  const lines = openLines(access.gate, log, pace)
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  toClose.push(
    () => new Promise(resolve => server.close(resolve)),
    () => sockets.close(),
    () => lines.close(),
  )
  const join = async (headers: IncomingHttpHeaders): Promise<Followed> => {
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const [[socket]] = (await Promise.all([once(sockets, 'connection'), once(client, 'open')])) as [[WebSocket], unknown]
    const line = lines.open(socket)
    expect(await lines.letIn(line, headers, undefined)).toBe(true)
    return { line, closedWith: once(client, 'close').then(([code]) => code as number) }
  }
  return { lines, join }
}

const followed = async (access: Access, cookie: string) => {
  const { lines, join } = await openSockets(access, HOURLY)
  return { access, lines, ...(await join({ cookie })) }
}

describe('an open socket', () => {
  const opened = async () => {
    const { db } = await freshControlDatabase()
    const clock = { nowMs: 0 }
    const access = openAccess({ db, places: places(), isSecure: false, log, monotonicMs: () => clock.nowMs })
    return { db, clock, access }
  }
  const signedIn = async () => {
    const { db, clock, access } = await opened()
    await addUser(db, 'ada')
    const user = await addUser(db, 'eve')
    const signIns = openSignIns({ db, passwords: plainWork(), readings: openReadings(db, () => 0), monotonicMs: () => 0 })
    const cookie = `flakebench_session=${await signIns.signIn('eve', 'first', null)}`
    const demote = () => updateUser(db, { id: user.id, name: 'eve', role: 'VIEWER', passwordHash: null, isDisabled: null })
    return { clock, demote, ...(await followed(access, cookie)) }
  }

  it('is closed at once when rights are changed on this server', async () => {
    const { access, demote, closedWith } = await signedIn()
    await demote()
    access.forget()
    expect(await closedWith).toBe(CLOSE.FORBIDDEN)
  })

  it('is asked again before each operation, where they are changed elsewhere', async () => {
    const { clock, demote, lines, line, closedWith } = await signedIn()
    expect(await lines.mayStill(line)).toBe(true)
    await demote()
    clock.nowMs = 6_000
    expect(await lines.mayStill(line)).toBe(false)
    expect(await closedWith).toBe(CLOSE.FORBIDDEN)
  })

  it('is closed when one signs out', async () => {
    const { access, line, closedWith } = await signedIn()
    await access.signIns.signOut(line.actor)
    expect(await closedWith).toBe(CLOSE.FORBIDDEN)
  })

  it('of everybody is closed with the first user', async () => {
    const { db, access } = await opened()
    const { closedWith } = await followed(access, '')
    await addUser(db, 'ada')
    access.forget()
    expect(await closedWith).toBe(CLOSE.FORBIDDEN)
  })
})

describe('the round that asks whether those who only listen still may', () => {
  const CHANGES: readonly [string, (db: SqlClient, id: string) => Promise<unknown>][] = [
    ['disabled', (db, id) => updateUser(db, { id, name: 'eve', role: 'ADMIN', passwordHash: null, isDisabled: true })],
    ['given a lower role', (db, id) => updateUser(db, { id, name: 'eve', role: 'VIEWER', passwordHash: null, isDisabled: null })],
    ['deleted', (db, id) => deleteUser(db, id)],
  ]

  it.each(CHANGES)('closes what they follow who were %s at another server, and asks about all of them at once', async (_, change) => {
    const { db } = await freshControlDatabase()
    const asked: string[] = []
    const watched: SqlClient = {
      ...db,
      query: (sql, binds) => {
        asked.push(sql)
        return db.query(sql, binds)
      },
    }
    const clock = { nowMs: 0 }
    const access = openAccess({ db: watched, places: places(), isSecure: false, log, monotonicMs: () => clock.nowMs })
    await addUser(db, 'ada')
    const { id } = await addUser(db, 'eve')
    const signIns = openSignIns({ db, passwords: plainWork(), readings: openReadings(db, () => 0), monotonicMs: () => 0 })
    const cookieOf = async (name: string) => ({ cookie: `flakebench_session=${await signIns.signIn(name, 'first', null)}` })
    const text = newTokenText()
    const token = { id: newId(), name: 'CI', role: 'VIEWER', hash: hashOfSecret(text), userId: id, createdBy: 'eve', days: 1 } as const
    await insertApiToken(db, token)
    // While nothing is told, nobody is asked about.
    const { join } = await openSockets(access, { askRightsMs: 1, lookForChangesIdleMs: EVERY_HOUR_MS })
    const staying = [await join(await cookieOf('ada')), await join(await cookieOf('ada'))]
    const ending = [await join(await cookieOf('eve')), await join(await cookieOf('eve'))]
    const byToken = await join({ authorization: `Bearer ${text}` })
    await change(db, id)
    clock.nowMs = 6_000
    asked.length = 0
    staying[0]?.line.receiver('1', 'EVENTS').send(Buffer.from('{}}'))
    expect(await Promise.all(ending.map(one => one.closedWith))).toEqual([CLOSE.FORBIDDEN, CLOSE.FORBIDDEN])
    const mayLook = (await readTokenGrant(db, token.hash, false)) !== null
    if (!mayLook) expect(await byToken.closedWith).toBe(CLOSE.FORBIDDEN)
    expect([...staying, ...(mayLook ? [byToken] : [])].map(({ line }) => line.isOpen)).not.toContain(false)
    expect(asked.map(sql => /user_sessions|api_tokens/.exec(sql)?.[0]).sort()).toEqual(['api_tokens', 'user_sessions'])
  })
})
