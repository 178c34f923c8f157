import { testConnection } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresEngine } from '../../worker/src/engines/postgres.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { makeAuthority } from '../kit/certificates.ts'
import { problemsOf } from '../kit/connectionsApi.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { openTlsSut, type TlsSut } from '../kit/tlsSut.ts'

const own = makeAuthority('Own authority')
const other = makeAuthority('Another one')
const HERE = { names: ['localhost'], addresses: ['127.0.0.1'] }

let tls: TlsSut
let kit: RunKit
beforeAll(async () => {
  ;[tls, kit] = await Promise.all([openTlsSut(2_000, own.issue(HERE)), openRunKit({ rows: 0 })])
})
afterAll(async () => {
  await kit.close()
  await tls.close()
})

const TRY =
  'mutation ($input: ConnectionInput!, $id: ID) { tryConnection(input: $input, id: $id) { ok message version postgres { hints } } }'
const CREATE = 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id postgres { tls ca } } }'

const input = (change: object = {}) => {
  const { host, port, user, database, password } = tls.sut
  return { name: 'Over TLS', postgres: { host, port, user, database, password, tls: 'VERIFY', ca: own.certificate, ...change } }
}
const attempt = async (change: object): Promise<string> => {
  const { tryConnection } = await kit.graphql<{ tryConnection: { ok: boolean; message: string } }>(TRY, { input: input(change) })
  return `${tryConnection.ok ? 'ok' : 'refused'}: ${tryConnection.message}`
}

const countActive = ({ adminUrl, user }: TlsSut['sut']): Promise<number> =>
  asAdmin(
    adminUrl,
    async admin =>
      (await admin.query("SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state = 'active' AND query LIKE '%pg_sleep%'", [user])).rows
        .length,
  )

describe('a connection over TLS', () => {
  it('takes the certificate of its own authority, and no other', async () => {
    const { user, database, host, port } = tls.sut
    const signedIn = `ok: Signed in as ${user} to the database ${database}`
    expect(await attempt({})).toBe(signedIn)
    expect(await attempt({ host: 'localhost' })).toBe(signedIn)
    expect(await attempt({ ca: `${other.certificate}${own.certificate}` })).toBe(signedIn)
    expect(await attempt({ ca: other.certificate })).toBe(
      `refused: The certificate of ${host}:${port} does not come from the ca of the connection: give the certificate of the authority that it comes from`,
    )
    expect(await attempt({ ca: null })).toBe(
      `refused: The certificate of ${host}:${port} comes from an authority that this machine does not trust: give that authority's certificate as ca`,
    )
    expect(await attempt({ ca: null, tls: 'OFF' })).toBe(`refused: ${host}:${port} lets "${user}" in over TLS only: set tls to VERIFY`)
  })

  it('takes no certificate for another name, and none that has expired', async () => {
    const { host, port } = tls.sut
    await tls.show(own.issue({ names: ['localhost'] }))
    expect(await attempt({ host: 'localhost' })).toMatch(/^ok/)
    expect(await attempt({})).toMatch(/^refused: The certificate of 127.0.0.1:\d+ is not trusted, because it is for another name/)
    await tls.show(own.issue({ ...HERE, isExpired: true }))
    expect(await attempt({})).toBe(`refused: The certificate of ${host}:${port} has expired: have it renewed`)
    await tls.show(own.issue(HERE))
  })

  it('keeps certificates only', async () => {
    const problems = (ca: string, change: object = {}) => problemsOf(kit, CREATE, { input: input({ ca, ...change }) })
    expect(await problems('not a certificate')).toEqual([expect.stringMatching(/^postgres.ca: .* one or more certificates in PEM/)])
    expect(await problems(`${own.certificate}${own.key}`)).toEqual([expect.stringMatching(/^postgres.ca: .* no private key/)])
    expect(await problems(own.certificate, { tls: 'OFF' })).toEqual([expect.stringMatching(/^postgres.ca: .* with tls VERIFY only/)])
  })

  it('is what the workers of a run use', async () => {
    const { createConnection } = await kit.graphql<{ createConnection: { id: string; postgres: object } }>(CREATE, { input: input() })
    expect(createConnection.postgres).toEqual({ tls: 'VERIFY', ca: own.certificate })
    const run = await kit.run({ durationSeconds: 1, warmupSeconds: 0 }, { target: { connectionId: createConnection.id, table: 'orders' } })
    expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
    expect(run.result?.totalOperations).toBeGreaterThan(0)
  })

  it('is what a worker insists on, also for a request to cancel', async () => {
    const { host, port, user, database, password } = tls.sut
    const limits = { connectTimeoutMs: 10_000, statementTimeoutMs: 60_000, applicationName: 'cancelled', plan: samplePlan() }
    const address = { host, port, user, database, password, tls: 'VERIFY', ca: own.certificate } as const
    const wary = postgresEngine({ ...address, ca: other.certificate, ...limits })
    const refused: unknown = await wary.connect().catch(error => error)
    expect(wary.explainRefusal(refused)).toMatch(
      /^No session could be opened with PostgreSQL: the certificate of .* does not come from the ca/,
    )
    const session = await postgresEngine({ ...address, ...limits }).connect()
    const statement = { name: 'long', text: 'SELECT pg_sleep(50)', valueCount: 0 }
    await session.prepare(statement)
    const failure = new Promise(resolve => session.execute(statement, [], resolve))
    await until(
      'it is under way',
      () => countActive(tls.sut),
      active => active === 1,
    )
    session.cancel('CANCELLED')
    expect(await failure).toMatchObject({ category: 'CANCELLED' })
    await session.close()
  })

  it('is what a test in the store signs in over', async () => {
    const { host, port, user, database, password } = tls.sut
    const settings = { host, port, user, database, tls: 'VERIFY', ca: own.certificate } as const
    const found = await testConnection({ id: '', name: '', type: 'POSTGRES', settings, sealedCredentials: null }, password, null)
    expect(found.postgres).toMatchObject({ hasStatementStatistics: false, isSuperuser: false, isReadOnly: false })
  })
})
