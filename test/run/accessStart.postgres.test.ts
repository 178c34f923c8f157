import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { countUsers, insertApiToken, newId, readUserByName } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { openPasswordWork } from '../../server/src/access/passwords.ts'
import { hashOfSecret, newTokenText } from '../../server/src/access/secrets.ts'
import { openPushPlace } from '../../server/src/push/pushPlace.ts'
import { addUsers, codeOf, PASSWORD, sessionOf, signIn } from '../kit/accessKit.ts'
import { makeAuthority } from '../kit/certificates.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { listProcessesOn } from '../kit/embeddedHome.ts'
import { onTerminal, TERMINAL_AS_BEFORE } from '../kit/onTerminal.ts'
import { ownServers } from '../kit/ownServers.ts'
import { type Exit, runServer } from '../kit/startServer.ts'

const { home, serve } = ownServers()

const small = (url: string): Readonly<Record<string, string>> => ({ CONTROL_DATABASE_URL: url, FLAKEBENCH_DEMO_ROWS: '0' })
const EVERYWHERE = ['--port', '0', '--host', '0.0.0.0']

describe('a server for other machines', () => {
  it('does not start before there is an admin, and then wants everybody to sign in', async () => {
    const control = await freshControlDatabase()
    const settings = { home: home(), environment: small(control.url) }
    const { code, output } = await runServer({ ...settings, args: EVERYWHERE })
    expect(code).toBe(1)
    expect(output).toContain('npm run add-user -- NAME --role ADMIN')
    expect(output).not.toMatch(/^\s+at /m)

    const addUser = (role: string, input: string): Promise<Exit> =>
      runServer({ ...settings, args: ['add-user', 'ada', '--role', role], input: `${input}\n` })
    expect(await addUser('ADMIN', 'short')).toMatchObject({ code: 1, output: expect.stringContaining('12 to 200 characters') })
    expect(await addUser('BOSS', PASSWORD)).toMatchObject({ code: 1, output: expect.stringContaining('VIEWER, OPERATOR, AUTHOR, ADMIN') })
    expect(await addUser('AUTHOR', PASSWORD)).toMatchObject({ code: 1, output: expect.stringContaining('must be an ADMIN') })
    expect(await addUser('ADMIN', PASSWORD)).toMatchObject({ code: 0, output: 'ada can sign in as ADMIN.\n' })

    const server = await serve({ ...settings, args: EVERYWHERE })
    expect(server.output()).toContain('passwords travel unencrypted')
    const { setCookie } = await signIn(server.url, 'ada', PASSWORD)
    expect(setCookie).not.toMatch(/Secure/)
    expect(codeOf(await signIn(server.url, 'ada', 'wrong-password-1'))).toBe('UNAUTHENTICATED')

    const text = newTokenText()
    await insertApiToken(control.db, {
      id: newId(),
      name: 'x',
      role: 'VIEWER',
      hash: hashOfSecret(text),
      userId: null,
      createdBy: null,
      days: 1,
    })
    const watching = (token: string): Promise<Exit> =>
      runServer({
        home: settings.home,
        environment: { FLAKEBENCH_TOKEN: token },
        args: ['watch', 'no-such-run', '--port', String(server.port)],
      })
    expect(await watching(text)).toMatchObject({ code: 1, output: expect.stringContaining('no-such-run') })
    expect((await watching('fbt_wrong')).output).not.toContain('no-such-run')
  })

  it('says which of its settings are wrong', async () => {
    const { code, output } = await runServer({
      home: home(),
      environment: { FLAKEBENCH_HOST: 'two words', FLAKEBENCH_PUBLIC_URL: 'bench.example.com/path', FLAKEBENCH_TLS_CERT: '/nowhere' },
    })
    expect(code).toBe(1)
    expect(output).toContain('the host must be an address or a name alone, such as 0.0.0.0; it is "two words"')
    expect(output).toContain('FLAKEBENCH_PUBLIC_URL must be as https://bench.example.com, with no path; it is "bench.example.com/path"')
    expect(output).toContain('FLAKEBENCH_TLS_CERT and FLAKEBENCH_TLS_KEY must both be given, or neither')
  })

  it('speaks HTTPS with a certificate of its own', async () => {
    const control = await freshControlDatabase()
    await addUsers(control.db, ['ADMIN'])
    const path = home()
    const authority = makeAuthority('An authority')
    const { certificate, key } = authority.issue({ addresses: ['127.0.0.1'] })
    const [certificateFile, keyFile] = [join(path, 'own.pem'), join(path, 'own.key')]
    writeFileSync(certificateFile, certificate)
    writeFileSync(keyFile, key)
    const tls = { FLAKEBENCH_TLS_CERT: certificateFile, FLAKEBENCH_TLS_KEY: keyFile }
    const server = await serve({ home: path, environment: { ...small(control.url), ...tls } })
    const cookie = await new Promise<string>((resolve, reject) => {
      const body = JSON.stringify({ query: `mutation { signIn(name: "admin", password: "${PASSWORD}") { name } }` })
      const headers = { 'content-type': 'application/json' }
      request(`${server.url}/graphql`, { method: 'POST', ca: authority.certificate, headers }, response => {
        response.resume()
        resolve(String(response.headers['set-cookie']))
      })
        .on('error', reject)
        .end(body)
    })
    expect(cookie).toMatch(/^flakebench_session=.*; Secure/)
    expect(server.output()).not.toContain('unencrypted')
    const broken = await runServer({ home: home(), environment: { ...small(control.url), ...tls, FLAKEBENCH_TLS_KEY: certificateFile } })
    expect(broken).toMatchObject({ code: 1, output: expect.stringMatching(/The certificate of FLAKEBENCH_TLS_CERT .* cannot be used/) })
  })
})

describe('a password that is asked for on a terminal', () => {
  const asked = async () => {
    const control = await freshControlDatabase()
    const terminal = onTerminal({ home: home(), environment: small(control.url), args: ['add-user', 'ada', '--role', 'ADMIN'] })
    return { db: control.db, terminal }
  }
  const INTERRUPT = '\u0003'
  const RUBOUT = '\u007f'

  it('is typed twice, and never shown, not even what is typed ahead', async () => {
    const { db, terminal } = await asked()
    await terminal.type('Password: ', `${PASSWORD.slice(0, 9)}x${RUBOUT}${PASSWORD.slice(9)}\r${PASSWORD}\r`)
    expect(await terminal.exited).toBe(0)
    const written = terminal.written()
    expect(written).toContain('ada can sign in as ADMIN.')
    expect(written).toContain(TERMINAL_AS_BEFORE)
    for (const part of PASSWORD.split('-')) expect(written).not.toContain(part)
    expect(await openPasswordWork().isRight(PASSWORD, (await readUserByName(db, 'ada'))?.passwordHash ?? null)).toBe(true)
  })

  it.each([
    ['at the first time', [['Password: ', `correct${INTERRUPT}`]], 'Nothing was changed.'],
    [
      'at the second time',
      [
        ['Password: ', `${PASSWORD}\r`],
        ['Once more: ', `correct${INTERRUPT}`],
      ],
      'Nothing was changed.',
    ],
    [
      'by typing another one',
      [
        ['Password: ', `${PASSWORD}\r`],
        ['Once more: ', `${PASSWORD}!\r`],
      ],
      'The two are not the same: nothing was changed.',
    ],
  ] as const)('that is given up %s makes no user, and leaves the terminal as it was', async (_, typed, words) => {
    const { db, terminal } = await asked()
    for (const [prompt, keys] of typed) await terminal.type(prompt, keys)
    expect(await terminal.exited).toBe(1)
    expect(terminal.written()).toContain(words)
    expect(terminal.written()).toContain(TERMINAL_AS_BEFORE)
    expect(terminal.written()).not.toContain('correct')
    expect((await countUsers(db)).users).toBe(0)
  })
})

describe('what workers push to', () => {
  const reports: Parameters<typeof openPushPlace>[1] = (request, response, next) => {
    if (request.path === '/runs/r/reports') response.end()
    else next()
  }
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:4000'],
    ['0.0.0.0', 'http://127.0.0.1:4000'],
    ['::', 'http://[::1]:4000'],
    ['10.0.0.5', 'http://10.0.0.5:4000'],
    ['fe80::1', 'http://[fe80::1]:4000'],
  ])('is the server itself on %s', async (host, url) => {
    const place = await openPushPlace({ host, port: 4000, isTls: false }, reports)
    await place.close()
    expect(place.url).toBe(url)
  })

  it('is a listener for this machine alone where the server speaks HTTPS, and takes nothing but reports', async () => {
    const place = await openPushPlace({ host: '0.0.0.0', port: 4000, isTls: true }, reports)
    expect(place.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${place.url}/runs/r/reports`, { method: 'POST' })).status).toBe(200)
    for (const path of ['/graphql', '/health', '/exports/a/b', '/']) expect((await fetch(`${place.url}${path}`)).status).toBe(404)
    await place.close()
    await expect(fetch(`${place.url}/`)).rejects.toThrow('fetch failed')
  })
})

describe('a user of the embedded control database', () => {
  it('is added whether its server runs or not', async () => {
    const path = home()
    const environment = { FLAKEBENCH_DEMO_ROWS: '0' }
    const add = (password: string): Promise<Exit> =>
      runServer({ home: path, environment, args: ['add-user', 'ada', '--role', 'ADMIN'], input: `${password}\n` })
    expect(await add(PASSWORD)).toMatchObject({ code: 0, output: 'ada can sign in as ADMIN.\n' })
    expect(listProcessesOn(path)).toEqual([])
    const server = await serve({ home: path, environment })
    const session = await sessionOf(server.url, 'ada', PASSWORD)
    expect(session.cookie).toMatch(/flakebench_session/)
    expect(await add('another-password')).toMatchObject({ code: 0, output: 'ada has another password, and the role ADMIN.\n' })
    expect(codeOf(await signIn(server.url, 'ada', PASSWORD))).toBe('UNAUTHENTICATED')
    expect((await signIn(server.url, 'ada', 'another-password')).data).toBeTruthy()
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  })
})
