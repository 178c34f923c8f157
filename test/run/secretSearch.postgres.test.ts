import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { newId, putConnection, sealSecret } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { dropAfterTest } from '../kit/dropAfterTest.ts'
import { openSecretSearch } from '../kit/secretSearch.ts'
import { sharedClusters } from '../kit/sharedClusters.ts'
import { newHome } from '../kit/startServer.ts'
import { openStatementLog } from '../kit/statementLog.ts'

const SECRET = 'not+for/every_one%1234'

const search = (secret = SECRET) => {
  const one = openSecretSearch()
  one.note('a password', secret)
  return one
}

/** What is told of what was found; null: nothing was. */
const told = (one: ReturnType<typeof openSecretSearch>): string | null => {
  try {
    one.refuseFound()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('the search for secrets', () => {
  it('finds one in a control table, and says which, but not what', async () => {
    const control = await freshControlDatabase()
    const one = search()
    const id = newId()
    const key = randomBytes(32).toString('base64')
    const settings = { host: 'h', port: 5432, user: 'u', database: 'd', tls: 'OFF' as const, ca: null }
    const connection = { id, name: 'Sealed', type: 'POSTGRES' as const, settings, sealedCredentials: sealSecret(SECRET, id, key) }
    await putConnection(control.db, connection)
    await one.lookInTables(control)
    expect(told(one), 'sealed').toBeNull()

    await asAdmin(control.adminUrl, admin =>
      admin.query(`UPDATE ${control.adminSchema('test_results')}.connections SET settings = jsonb_build_object('user', $1::text)`, [
        SECRET,
      ]),
    )
    await one.lookInTables(control)
    const words = told(one)
    expect(words).toMatch(/a password: the table connections/i)
    expect(words).not.toContain(SECRET)
    expect(told(one), 'told once').toBeNull()
  })

  it('finds one in the statements of the control database, of which those that want it log all', async () => {
    const { controlLog } = sharedClusters()
    const log = openStatementLog(controlLog)
    const control = await freshControlDatabase({ logStatements: true })
    await asAdmin(control.adminUrl, async admin => {
      await admin.query('SELECT $1::text', [`value ${SECRET}`])
    })
    const one = search()
    one.lookInBytes('its log', log.read())
    expect(told(one)).toContain('a password: its log')
    await one.lookInTables(control)
    one.lookInBytes('its log', log.read())
    expect(told(one), 'not by looking for it').toBeNull()
  })

  it('finds a private key by its longest line, as JSON writes its ends in another way', async () => {
    const control = await freshControlDatabase()
    const line = randomBytes(48).toString('base64')
    const one = search(`-----BEGIN PRIVATE KEY-----\n${line}\nshort\n-----END PRIVATE KEY-----\n`)
    await asAdmin(control.adminUrl, admin =>
      admin.query(
        `INSERT INTO ${control.adminSchema('test_results')}.audit_log (audit_id, actor, action, outcome, detail) VALUES ('a', 'x', 'y', 'DONE', jsonb_build_object('key', $1::text))`,
        [`…\n${line}\n…`],
      ),
    )
    await one.lookInTables(control)
    expect(told(one)).toMatch(/audit_log/i)
  })

  it('finds one in an answer, but for the token that is shown once, and remembers that', () => {
    const one = search()
    one.lookInAnswer(JSON.stringify({ data: { createApiToken: { token: { id: 't' }, text: 'fbt_abcdefghijkl' } } }))
    expect(told(one)).toBeNull()
    one.lookInAnswer(JSON.stringify({ data: { apiTokens: [{ name: 'fbt_abcdefghijkl' }] } }))
    one.lookInAnswer(JSON.stringify({ errors: [{ message: `password ${SECRET} is wrong` }] }))
    expect(told(one)?.split('\n').slice(1)).toEqual(['an API token: an answer of the server', 'a password: an answer of the server'])
  })

  it('knows what is secret in variables by its name, also within a url', () => {
    const one = openSecretSearch()
    one.noteVariables({ input: { postgres: { password: 'first-secret', host: 'not-secret' }, url: 'postgresql://u:second%2Dsecret@h/d' } })
    for (const text of ['not-secret', 'first-secret', 'second-secret']) one.lookIn(text, text)
    expect(told(one)?.split('\n').slice(1)).toEqual([
      'the password that was sent: first-secret',
      'the password in the url that was sent: second-secret',
    ])
  })

  it('finds one in the files of a home', () => {
    const home = newHome()
    dropAfterTest(() => rm(home, { recursive: true }))
    mkdirSync(join(home, 'runs', 'r1'), { recursive: true })
    writeFileSync(join(home, 'runs', 'r1', 'worker-1.log'), `connect ${SECRET}\n`)
    const one = search()
    one.lookInFiles(home)
    expect(told(one)).toContain('a password: the file runs/r1/worker-1.log')

    mkdirSync(join(home, 'exports', 'e'), { recursive: true })
    writeFileSync(join(home, 'exports', 'e', 'run.bundle.gz'), gzipSync(`{"host":"${SECRET}"}`))
    mkdirSync(join(home, 'control', 'data'), { recursive: true })
    writeFileSync(join(home, 'control', 'data', 'flakebench.password'), 'kept-by-the-server')
    writeFileSync(join(home, 'control', 'postgres.log'), "STATEMENT:  ALTER ROLE postgres PASSWORD 'kept-by-the-server'")
    one.lookInFiles(home)
    const words = told(one)
    expect(words).toContain('a password: the file exports/e/run.bundle.gz')
    expect(words).toContain('the password of the control database: the file control/postgres.log')
  })

  it('leaves plain words and short ones alone, which stand everywhere', () => {
    const one = openSecretSearch()
    for (const weak of ['', 'bench', 'password']) one.note('weak', weak)
    one.lookIn('a text', 'bench password')
    expect(told(one)).toBeNull()
  })
})
