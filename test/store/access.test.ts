import {
  countAuditEntries,
  countUsers,
  deleteSessionsOfUser,
  deleteUser,
  deleteUserSession,
  insertApiToken,
  insertAuditEntry,
  insertUser,
  insertUserSession,
  isDuplicateKey,
  listApiTokens,
  listAuditEntries,
  listTokenGrants,
  listUserSessions,
  listUsers,
  type NewUser,
  NoAdminLeft,
  newId,
  readApiToken,
  readTokenGrant,
  readUser,
  readUserByName,
  readUserSession,
  replacePasswordHash,
  revokeApiToken,
  type SqlClient,
  updateUser,
} from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { sweepAuditLog } from '../../server/src/retention/sweepExecutions.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'

const user = (change: Partial<NewUser> = {}): NewUser => ({
  id: newId(),
  name: 'Ada',
  passwordHash: 'scrypt$…',
  role: 'ADMIN',
  isDisabled: false,
  ...change,
})

const ALL = { actor: null, action: null, subjectId: null, outcome: null, fromMs: null, toMs: null }

const token = (change: Partial<Parameters<typeof insertApiToken>[1]> = {}) => ({
  id: newId(),
  name: 'CI',
  role: 'ADMIN' as const,
  hash: `hash of ${newId()}`,
  userId: null,
  createdBy: null,
  days: 1,
  ...change,
})

const expire = (db: SqlClient, table: string, column: string): Promise<number> =>
  db.execute(`UPDATE ${table} SET ${column} = DATEADD('second', -90000, CURRENT_TIMESTAMP)`)

describe('users', () => {
  it('come back as they were saved, and no two differ in case alone', async () => {
    const { db } = await freshControlDatabase()
    const ada = user({ name: 'Ada Löw' })
    await insertUser(db, ada)
    expect(await readUserByName(db, ' ADA lÖW ')).toMatchObject({ ...ada, lastSignInAtMs: null })
    expect(await insertUser(db, user({ name: 'ada löw' })).catch(isDuplicateKey)).toBe(true)
    const eve = user({ name: 'Eve', role: 'VIEWER' })
    await insertUser(db, eve)
    expect(await updateUser(db, { ...eve, name: 'Eva', role: 'AUTHOR' })).toBe(true)
    expect((await listUsers(db)).map(({ name, role }) => `${name} ${role}`)).toEqual(['Ada Löw ADMIN', 'Eva AUTHOR'])
    expect(await deleteUser(db, eve.id)).toBe(true)
    expect(await deleteUser(db, eve.id)).toBe(false)
    expect(await readUser(db, eve.id)).toBeNull()
  })

  it('are never left without an admin who can sign in, not even by two at once', async () => {
    const { db } = await freshControlDatabase()
    await expect(insertUser(db, user({ role: 'AUTHOR' }))).rejects.toThrow(NoAdminLeft)
    await expect(insertUser(db, user({ isDisabled: true }))).rejects.toThrow(NoAdminLeft)
    const [ada, eve] = [user(), user({ name: 'Eve' })]
    await insertUser(db, ada)
    await expect(deleteUser(db, ada.id)).rejects.toThrow(NoAdminLeft)
    await expect(updateUser(db, { ...ada, isDisabled: true })).rejects.toThrow(NoAdminLeft)
    await expect(updateUser(db, { ...ada, role: 'AUTHOR' })).rejects.toThrow(NoAdminLeft)
    await insertUser(db, eve)
    const both = await Promise.allSettled([deleteUser(db, ada.id), updateUser(db, { ...eve, role: 'VIEWER' })])
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1)
    expect((await countUsers(db)).enabledAdmins).toBe(1)
  })
})

describe('a session', () => {
  it('lasts until it ends by itself, is ended, or its user may not sign in any more', async () => {
    const { db } = await freshControlDatabase()
    const [ada, eve] = [user(), user({ name: 'Eve' })]
    await insertUser(db, ada)
    await insertUser(db, eve)
    for (const hash of ['a', 'b', 'c', 'd']) await insertUserSession(db, hash, eve)
    expect(await readUserSession(db, 'a', true)).toMatchObject({ userId: eve.id, name: 'Eve', role: 'ADMIN' })
    expect((await readUser(db, eve.id))?.lastSignInAtMs).toBeGreaterThan(0)
    await updateUser(db, { ...eve, role: 'VIEWER', passwordHash: null })
    expect(await readUserSession(db, 'a', true)).toMatchObject({ role: 'VIEWER' })
    await deleteUserSession(db, 'a')
    expect(await readUserSession(db, 'a', true)).toBeNull()
    await deleteSessionsOfUser(db, eve.id, 'c')
    expect(await readUserSession(db, 'b', true)).toBeNull()
    expect(await readUserSession(db, 'c', true)).not.toBeNull()
    await expire(db, 'user_sessions', 'last_used_at')
    expect(await readUserSession(db, 'c', true)).toBeNull()
    await insertUserSession(db, 'e', eve)
    await expire(db, 'user_sessions', 'expires_at')
    expect(await readUserSession(db, 'e', true)).toBeNull()
    await insertUserSession(db, 'f', eve)
    expect(await db.query('SELECT session_hash FROM user_sessions')).toEqual([{ session_hash: 'f' }])
    await updateUser(db, { ...eve, isDisabled: true })
    expect(await readUserSession(db, 'f', true)).toBeNull()
  })
})

describe('a change of a user', () => {
  it('writes what is given alone, and ends sessions where it is the password', async () => {
    const { db } = await freshControlDatabase()
    const [ada, eve] = [user(), user({ name: 'Eve', role: 'VIEWER' })]
    await insertUser(db, ada)
    await insertUser(db, eve)
    const change = { id: eve.id, name: 'Eve', role: 'AUTHOR' as const, passwordHash: null, isDisabled: null }
    for (const hash of ['a', 'b']) expect(await insertUserSession(db, hash, eve)).toBe(true)
    expect(await replacePasswordHash(db, eve, 'second', 'a')).toBe(true)
    expect(await readUserSession(db, 'a', false)).not.toBeNull()
    expect(await readUserSession(db, 'b', false)).toBeNull()
    // Both had found the first one right.
    expect(await insertUserSession(db, 'c', eve)).toBe(false)
    expect(await replacePasswordHash(db, eve, 'third', 'a')).toBe(false)
    await updateUser(db, change)
    expect(await readUser(db, eve.id)).toMatchObject({ passwordHash: 'second', role: 'AUTHOR', isDisabled: false })
    expect(await readUserSession(db, 'a', false)).toMatchObject({ role: 'AUTHOR' })
    await insertUserSession(db, 'd', { ...eve, passwordHash: 'second' })
    await updateUser(db, { ...change, passwordHash: 'fourth' }, 'd')
    expect(await db.query('SELECT session_hash FROM user_sessions')).toEqual([{ session_hash: 'd' }])
    await updateUser(db, { ...change, isDisabled: true })
    expect(await insertUserSession(db, 'e', { ...eve, passwordHash: 'fourth' })).toBe(false)
    await updateUser(db, change)
    expect(await readUser(db, eve.id)).toMatchObject({ passwordHash: 'fourth', isDisabled: true })
  })
})

describe('a look at whether somebody may', () => {
  it('is no use of their session or token', async () => {
    const { db } = await freshControlDatabase()
    const ada = user()
    await insertUser(db, ada)
    const own = token({ userId: ada.id })
    await insertApiToken(db, own)
    await insertUserSession(db, 'a', ada)
    await db.execute("UPDATE user_sessions SET last_used_at = DATEADD('second', -43000, CURRENT_TIMESTAMP)")
    const idle = async () =>
      Number((await db.query("SELECT TIMESTAMPDIFF('second', last_used_at, CURRENT_TIMESTAMP) AS s FROM user_sessions"))[0]?.['s'])
    expect(await readUserSession(db, 'a', false)).not.toBeNull()
    expect(await readTokenGrant(db, own.hash, false)).not.toBeNull()
    expect(await idle()).toBeGreaterThan(42_000)
    expect((await readApiToken(db, own.id))?.lastUsedAtMs).toBeNull()
    expect(await readUserSession(db, 'a', true)).not.toBeNull()
    expect(await idle()).toBeLessThan(1_000)
  })
})

describe('many sessions and tokens', () => {
  it('are looked at with one statement, as each would be by itself', async () => {
    const { db } = await freshControlDatabase()
    const [ada, eve] = [user(), user({ name: 'Eve', role: 'OPERATOR' })]
    await insertUser(db, ada)
    await insertUser(db, eve)
    for (const [hash, whose] of [
      ['a', ada],
      ['b', eve],
      ['c', eve],
    ] as const)
      await insertUserSession(db, hash, whose)
    const tokens = [token({ userId: eve.id, createdBy: 'Eve' }), token({ role: 'VIEWER' }), token()]
    for (const one of tokens) await insertApiToken(db, one)
    await revokeApiToken(db, tokens[2]?.id ?? '')
    await deleteUserSession(db, 'c')
    const sessions = await listUserSessions(db, ['a', 'b', 'c', 'nobody'])
    expect([...sessions.keys()].sort()).toEqual(['a', 'b'])
    expect(sessions.get('b')).toMatchObject({ userId: eve.id, name: 'Eve', role: 'OPERATOR' })
    const hashes = tokens.map(({ hash }) => hash)
    const grants = await listTokenGrants(db, hashes)
    for (const hash of hashes) expect(grants.get(hash) ?? null).toEqual(await readTokenGrant(db, hash, false))
    expect(grants.size).toBe(2)
    await updateUser(db, { ...eve, isDisabled: true })
    expect([...(await listUserSessions(db, ['a', 'b'])).keys()]).toEqual(['a'])
    expect((await listUserSessions(db, [])).size + (await listTokenGrants(db, [])).size).toBe(0)
  })
})

describe('a token', () => {
  it("that is nobody's ends with the first user, and not with the next", async () => {
    const { db } = await freshControlDatabase()
    const [before, after] = [token(), token()]
    await insertApiToken(db, before)
    expect(await insertUser(db, user())).toBe(1)
    await insertApiToken(db, after)
    expect(await insertUser(db, user({ name: 'Eve' }))).toBe(0)
    expect(await readTokenGrant(db, before.hash, true)).toBeNull()
    expect(await readTokenGrant(db, after.hash, true)).not.toBeNull()
  })

  it('grants the lesser of its own role and that of its user, until either ends', async () => {
    const { db } = await freshControlDatabase()
    const [ada, eve] = [user(), user({ name: 'Eve', role: 'OPERATOR' })]
    await insertUser(db, ada)
    await insertUser(db, eve)
    const [own, open, late] = [token({ userId: eve.id, createdBy: 'Eve' }), token({ role: 'VIEWER' }), token()]
    for (const one of [own, open]) await insertApiToken(db, one)
    expect(await readTokenGrant(db, own.hash, true)).toMatchObject({ role: 'OPERATOR', userName: 'Eve' })
    expect(await readTokenGrant(db, open.hash, true)).toMatchObject({ role: 'VIEWER', userName: null })
    expect(await readTokenGrant(db, 'another', true)).toBeNull()
    expect((await readApiToken(db, own.id))?.lastUsedAtMs).toBeGreaterThan(0)
    expect((await listApiTokens(db, null)).map(({ id, ownerName }) => [id, ownerName])).toEqual([
      [open.id, null],
      [own.id, 'Eve'],
    ])
    expect((await listApiTokens(db, eve.id)).map(({ id }) => id)).toEqual([own.id])
    await updateUser(db, { ...eve, isDisabled: true })
    expect(await readTokenGrant(db, own.hash, true)).toBeNull()
    expect((await readApiToken(db, own.id))?.revokedAtMs).toBeGreaterThan(0)
    await revokeApiToken(db, open.id)
    expect(await readTokenGrant(db, open.hash, true)).toBeNull()
    await insertApiToken(db, late)
    await expire(db, 'api_tokens', 'expires_at')
    expect(await readTokenGrant(db, late.hash, true)).toBeNull()
  })
})

describe('the audit log', () => {
  it('is kept for as long as is set, or for ever', async () => {
    const { db } = await freshControlDatabase()
    for (let i = 0; i < 6; i += 1)
      await insertAuditEntry(db, { actor: 'Ada', action: `a${i}`, subjectId: null, outcome: 'DONE', detail: null })
    await db.execute("UPDATE audit_log SET recorded_at = DATEADD('day', -366, CURRENT_TIMESTAMP) WHERE action <> 'a3'")
    const sweep = (keepAuditDays: number) =>
      sweepAuditLog({ db, log: { info: () => undefined } as never, keepAuditDays }, new AbortController().signal, 2)
    await sweep(0)
    await sweep(367)
    expect(await countAuditEntries(db, ALL)).toBe(6)
    await sweep(365)
    expect((await listAuditEntries(db, ALL, 10, null)).map(({ action }) => action)).toEqual(['a3'])
  })

  it('is read newest first, in pages, and by what happened', async () => {
    const { db } = await freshControlDatabase()
    for (const [action, outcome] of [
      ['startRun', 'DONE'],
      ['stopRun', 'REFUSED'],
      ['startRun', 'FAILED'],
    ] as const)
      await insertAuditEntry(db, { actor: 'Ada', action, subjectId: 'r1', outcome, detail: { arguments: { id: "it's" } } })
    const all = await listAuditEntries(db, ALL, 10, null)
    expect(all.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(['startRun FAILED', 'stopRun REFUSED', 'startRun DONE'])
    expect(all[0]).toMatchObject({ actor: 'Ada', subjectId: 'r1', detail: { arguments: { id: "it's" } } })
    expect(await listAuditEntries(db, ALL, 1, all[0]?.id ?? '')).toEqual([all[1]])
    expect(await countAuditEntries(db, { ...ALL, action: 'startRun', actor: 'Ada', outcome: 'DONE' })).toBe(1)
    expect(await countAuditEntries(db, { ...ALL, fromMs: all[2]?.atMs ?? 0, toMs: (all[0]?.atMs ?? 0) + 1 })).toBe(3)
    expect(await countAuditEntries(db, { ...ALL, toMs: all[2]?.atMs ?? 0, subjectId: 'r1' })).toBe(0)
  })
})
