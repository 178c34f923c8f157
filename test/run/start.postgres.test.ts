import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newCredentialKey, putConnection, readConnection, sealSecret } from '@flakebench/store'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask, refusalOf } from '../kit/graphql.ts'
import { listProcessesWith } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'

let kit: RunKit
let slow: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    sutAddress: async sut => {
      slow = await startSlowSut(sut)
      return { host: '127.0.0.1', port: slow.port }
    },
  })
})
afterAll(async () => {
  await kit.close()
  await slow.close()
})

const START = 'mutation ($id: ID!) { startRun(id: $id) { id status } }'
const FAILED = { status: 'FAILED', phase: 'COMPLETED', completionReason: 'STARTUP_FAILURE', result: null }

describe('a start', () => {
  it('asked for twice at once is done once, and the other is refused', async () => {
    const id = await kit.prepare({ warmupSeconds: 0, durationSeconds: 1 })
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask<{ startRun: { status: string } }>(kit.server.url, START, { id })))
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1)
    expect(answers.flatMap(({ errors }) => errors ?? []).map(({ extensions }) => extensions.code)).toEqual(Array(7).fill('WRONG_STATE'))
    expect(await kit.end(id)).toMatchObject({ status: 'COMPLETED', workers: [{ workerId: 'worker-0' }] })
    expect((await refusalOf(kit.server.url, START, { id })).extensions.code).toBe('WRONG_STATE')
  })

  it('of a run that does not exist is refused', async () => {
    expect(await refusalOf(kit.server.url, START, { id: 'nothing' })).toMatchObject({
      extensions: { code: 'NOT_FOUND' },
      message: 'There is no run with id nothing',
    })
  })

  it('fails when the table does not exist, and says which', async () => {
    const run = await kit.run({}, { name: 'No table', target: { table: 'no_such_table' } })
    expect(run).toMatchObject(FAILED)
    expect(run.cancellationReason).toContain('no_such_table')
  })

  it('fails when a statement names a column that does not exist, and says which', async () => {
    const operations = { pointLookup: { weight: 100, sql: 'SELECT no_such_column FROM {table} WHERE order_id = ?' } }
    const run = await kit.run({}, { name: 'No column', operations })
    expect(run).toMatchObject(FAILED)
    expect(run.cancellationReason).toMatch(/point lookup.*no_such_column/)
  })

  it('fails when nothing listens where the connection leads', async () => {
    await slow.refuse()
    const run = await kit.run()
    await slow.accept()
    expect(run).toMatchObject(FAILED)
    expect(run.cancellationReason).toContain(`No PostgreSQL answers at 127.0.0.1:${slow.port}`)
  })

  it('fails when the workers are not ready in time, and says who was missing', async () => {
    slow.freeze()
    const advanced = { startupTimeoutSeconds: 1, connectTimeoutSeconds: 3, drainTimeoutSeconds: 0 }
    const run = await kit.run({ workers: 2 }, { name: 'Never ready', advanced })
    slow.thaw()
    expect(run).toMatchObject(FAILED)
    expect(run.cancellationReason).toMatch(/^Only 0 of 2 workers became ready in 1 seconds: worker-0 .*; worker-1 /)
    expect(listProcessesWith(run.id)).toEqual([])
  })
})

describe('a start with a saved connection', () => {
  const reseal = async (secret: string, key: string): Promise<void> => {
    const saved = await readConnection(kit.control.db, kit.connectionId)
    if (saved === null) throw new Error('no connection')
    await putConnection(kit.control.db, { ...saved, sealedCredentials: sealSecret(secret, saved.id, key) })
  }
  let sealed: string | null
  beforeAll(async () => {
    sealed = (await readConnection(kit.control.db, kit.connectionId))?.sealedCredentials ?? null
  })
  afterEach(async () => {
    const saved = await readConnection(kit.control.db, kit.connectionId)
    if (saved !== null) await putConnection(kit.control.db, { ...saved, sealedCredentials: sealed })
  })

  it('fails when the password is wrong, without saying it', async () => {
    await reseal('not the password', kit.credentialKey)
    const run = await kit.run()
    expect(run).toMatchObject(FAILED)
    expect(run.cancellationReason).toContain(`The password for ${kit.sut.user} at 127.0.0.1:${slow.port} was refused`)
    expect(run.cancellationReason).not.toContain('not the password')
  })

  it('fails when the credentials were sealed with another key', async () => {
    await reseal(kit.sut.password, newCredentialKey())
    const run = await kit.run()
    expect(run).toMatchObject(FAILED)
    expect(run.cancellationReason).toContain('FLAKEBENCH_CREDENTIAL_KEY')
  })
})

describe('workers that cannot be started', () => {
  it('fail the run, with the reason', async () => {
    const folder = join(kit.home, 'runs')
    rmSync(folder, { recursive: true, force: true })
    writeFileSync(folder, 'in the way')
    try {
      const run = await kit.run()
      expect(run.status).toBe('FAILED')
      expect(run.cancellationReason).toMatch(/EEXIST|ENOTDIR/)
    } finally {
      rmSync(folder)
      mkdirSync(folder)
    }
  })
})
