import { describe, expect, it } from 'vitest'
import { decideWait, type StartedSut } from '../../server/src/decide/contention.ts'
import { sutOf } from '../../server/src/orchestrator/sutOf.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'
import { forAll } from '../kit/seeded.ts'

const runOn = (sut: readonly string[], startRequestedAtMs: number, shareSut = false, phaseStartedAtMs = startRequestedAtMs) =>
  sampleRun({ id: 'RUN-B', status: 'STARTING', startRequestedAtMs, phaseStartedAtMs, plan: samplePlan({ sut, advanced: { shareSut } }) })
const other = (id: string, startRequestedAtMs: number, ...sut: readonly string[]): StartedSut => ({
  id,
  startRequestedAtMs,
  sut,
  status: 'STARTING',
  phaseStartedAtMs: startRequestedAtMs,
  workersRegistered: 0,
})
const running = { status: 'RUNNING' } as const

describe('a run that is told to start', () => {
  const run = runOn(['pg:1', 'pg:2'], 100)
  it.each([
    { what: 'nobody else loads anything', started: [], waitsFor: null },
    { what: 'it is alone among the started', started: [other('RUN-B', 100, 'pg:1')], waitsFor: null },
    { what: 'others load something else', started: [other('RUN-A', 50, 'pg:3')], waitsFor: null },
    { what: 'another one that loads the same came before', started: [other('RUN-A', 50, 'pg:2', 'pg:9')], waitsFor: 'RUN-A' },
    { what: 'it came before the other', started: [other('RUN-A', 150, 'pg:2')], waitsFor: null },
    { what: 'both came at once, the other with a lower id', started: [other('RUN-A', 100, 'pg:1')], waitsFor: 'RUN-A' },
    { what: 'both came at once, the other with a higher id', started: [other('RUN-C', 100, 'pg:1')], waitsFor: null },
    { what: 'one that came after it runs', started: [{ ...other('RUN-C', 150, 'pg:1'), ...running }], waitsFor: 'RUN-C' },
    {
      what: 'the workers of one that came after it have registered',
      started: [{ ...other('RUN-C', 150, 'pg:1'), workersRegistered: 1 }],
      waitsFor: 'RUN-C',
    },
    {
      what: 'one that came after it has left the queue',
      started: [{ ...other('RUN-C', 150, 'pg:1'), phaseStartedAtMs: 190 }],
      waitsFor: 'RUN-C',
    },
    {
      what: 'one came before it and another one runs',
      started: [other('RUN-A', 50, 'pg:1'), { ...other('RUN-C', 150, 'pg:1'), ...running }],
      waitsFor: 'RUN-C',
    },
    { what: 'several came before', started: [other('RUN-D', 90, 'pg:1'), other('RUN-C', 80, 'pg:2')], waitsFor: 'RUN-C' },
  ])('waits for $waitsFor when $what', ({ started, waitsFor }) => {
    expect(decideWait(run, started)).toBe(waitsFor)
  })

  it('waits for nobody once it has left the queue, so that two that have never wait for each other', () => {
    expect(decideWait(runOn(['pg:1'], 100, false, 101), [{ ...other('RUN-A', 50, 'pg:1'), ...running }])).toBeNull()
  })

  it('waits for nobody when it may share', () => {
    expect(decideWait(runOn(['pg:1'], 100, true), [other('RUN-A', 50, 'pg:1')])).toBeNull()
  })

  it('never waits in a circle, and some run of any crowd goes on', () => {
    forAll(random => {
      const crowd = Array.from({ length: random.whole(2, 6) }, (_, i) => {
        const one = other(`RUN-${i}`, random.whole(1, 3), `pg:${random.whole(1, 2)}`)
        return random.fraction() < 0.3 ? { ...one, phaseStartedAtMs: one.startRequestedAtMs + random.whole(1, 3) } : one
      })
      const waits = new Map(
        crowd.map(({ sut, ...one }) => [one.id, decideWait(sampleRun({ ...one, plan: samplePlan({ sut }) }), crowd)] as const),
      )
      expect([...waits.values()]).toContain(null)
      for (const { id } of crowd) {
        let [next, hops]: [string | null, number] = [id, 0]
        while (next !== null && hops <= crowd.length) [next, hops] = [waits.get(next) ?? null, hops + 1]
        expect(hops).toBeLessThanOrEqual(crowd.length)
      }
    })
  })
})

describe('what a run loads', () => {
  const { target } = samplePlan()
  const postgres = (host: string, port = 5432) =>
    sutOf(target, {
      id: 'C',
      name: 'c',
      type: 'POSTGRES',
      sealedCredentials: 'sealed',
      settings: { host, port, user: 'u', database: 'd', tls: 'OFF', ca: null },
    })
  it('is the server of a PostgreSQL, by whatever name of this machine', () => {
    expect(postgres('localhost')).toEqual(['postgres://127.0.0.1:5432'])
    for (const host of ['127.0.0.1', '::1', '[::1]', 'LOCALHOST', '127.0.1.1']) expect(postgres(host)).toEqual(postgres('localhost'))
    expect(postgres('DB.example.com.')).toEqual(['postgres://db.example.com:5432'])
    expect(postgres('db.example.com', 5433)).not.toEqual(postgres('db.example.com'))
  })

  it('is the warehouse and the table in a Snowflake account', () => {
    const settings = { account: 'org-acc', user: 'u', role: null, authenticator: 'PASSWORD', tokenFile: null, accessUrl: null } as const
    const snowflake = { id: 'C', name: 'c', type: 'SNOWFLAKE', sealedCredentials: null, settings } as const
    const at = { ...target, tableType: 'HYBRID', warehouse: 'bench', database: 'db', schema: 'PUBLIC', table: 'orders' } as const
    expect(sutOf(at, snowflake)).toEqual(['snowflake://ORG-ACC/warehouse/BENCH', 'snowflake://ORG-ACC/table/DB.PUBLIC.ORDERS'])
  })

  it('is not known without a connection', () => {
    expect(sutOf(target, null)).toEqual([])
  })
})
