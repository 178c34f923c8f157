import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

/** Snowflake locks a user after about so many refused sign-ins. */
const LOCKED_AFTER = 5
const user = (password: string) => ({ name: 'BENCH', password, defaultRole: 'BENCH_ROLE', roles: ['BENCH_ROLE'] })

let sut: SnowflakeSut
let kit: RunKit
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: 100, server: { users: [user('bench')] } })
  kit = await openRunKit({ snowflake: sut })
})
afterAll(async () => {
  await kit?.close()
  await sut?.drop()
})
beforeEach(() => {
  sut.wire.setUsers([user('bench')])
  sut.wire.clearLog()
})

describe('a run whose password is refused', () => {
  it('fails after one sign-in, however many workers and connections it has', async () => {
    const id = await kit.prepare({ workers: 6, targetConnections: 24, warmupSeconds: 0, durationSeconds: 5 }, { name: 'Wrong password' })
    sut.wire.setUsers([user('changed')])
    sut.wire.clearLog()
    await kit.start(id)
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'FAILED', cancellationReason: expect.stringMatching(/refused the user BENCH or the password/) })
    expect(sut.wire.counts().logins).toBeLessThan(LOCKED_AFTER)
  })

  it('tries one sign-in a worker when the password changes in the midst of it, and counts one error for it', async () => {
    const overrides = { workers: 2, targetConnections: 16, warmupSeconds: 0, durationSeconds: 8 }
    const id = await kit.prepare(overrides, { name: 'Changed password' })
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    sut.wire.setUsers([user('changed')])
    sut.wire.clearLog()
    await sut.wire.endSessions()
    await until(
      'every session is found to be lost',
      async () => (await kit.heartbeats(id)).reduce((sum, { errors }) => sum + errors, 0),
      errors => errors >= overrides.targetConnections + overrides.workers,
    )
    const run = await kit.end(id)
    expect(run.result?.errors.find(({ category }) => category === 'AUTHENTICATION')).toMatchObject({ count: overrides.workers })
    expect(run.result?.lostOperations).toBe(0)
    expect(sut.wire.counts().logins).toBeLessThan(LOCKED_AFTER)
  })
})
