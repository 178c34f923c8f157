import type { Template } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { type ControlPlace, isInDoubt, prepareProblems, type TargetConnection } from '../../server/src/decide/prepareProblems.ts'
import { decideRunNotes } from '../../server/src/decide/runNotes.ts'
import { controlPlaceOf } from '../../server/src/orchestrator/checkTarget.ts'
import { soundPlan, soundTemplate } from '../kit/templateInput.ts'

const targetOf = (change: Partial<Template['target']> = {}): Template['target'] => ({
  ...soundTemplate({
    name: 'orders',
    target: { table: 'ORDERS', tableType: 'HYBRID', database: 'BENCH', schema: 'PUBLIC', warehouse: 'BENCH_WH', connectionId: 'c-1' },
    operations: { pointLookup: { weight: 100 } },
  }).target,
  ...change,
})

const SNOWFLAKE: TargetConnection = { name: 'Prod', type: 'SNOWFLAKE', account: 'ORG-ACCOUNT' }
const POSTGRES: TargetConnection = { name: 'Orders', type: 'POSTGRES', account: null }
const CONTROL: ControlPlace = { account: 'org-account', database: 'FLAKEBENCH', warehouse: 'FLAKEBENCH_WH' }

const pathsOf = (target: Template['target'], connection: TargetConnection | null, control: ControlPlace | null = null): string[] =>
  prepareProblems({ target, connection, control }).map(problem => problem.path)

describe('the target of a run', () => {
  it('needs a saved connection that exists', () => {
    expect(prepareProblems({ target: targetOf({ connectionId: null }), connection: null, control: null })).toEqual([
      { path: 'target.connectionId', message: 'Choose the saved connection to benchmark' },
    ])
    expect(prepareProblems({ target: targetOf(), connection: null, control: CONTROL })).toEqual([
      { path: 'target.connectionId', message: 'There is no saved connection with id c-1: choose another' },
    ])
  })

  it.each(['STANDARD', 'HYBRID', 'INTERACTIVE', 'DYNAMIC', 'VIEW'] as const)(
    'that is a %s table is reached through Snowflake alone',
    tableType => {
      expect(pathsOf(targetOf({ tableType }), SNOWFLAKE)).toEqual([])
      expect(prepareProblems({ target: targetOf({ tableType }), connection: POSTGRES, control: null })).toEqual([
        {
          path: 'target.connectionId',
          message: `A ${tableType} table is reached through a connection to Snowflake; "Orders" is one to PostgreSQL: choose another connection, or another target.tableType`,
        },
      ])
    },
  )

  it('that is a POSTGRES table is reached through PostgreSQL alone', () => {
    const target = targetOf({ tableType: 'POSTGRES', warehouse: null })
    expect(pathsOf(target, POSTGRES, CONTROL)).toEqual([])
    expect(pathsOf(target, SNOWFLAKE)).toEqual(['target.connectionId'])
  })

  it('is neither in the database nor on the warehouse of the control tables, and both are told at once', () => {
    expect(
      prepareProblems({
        target: targetOf({ database: 'flakebench', warehouse: '"FLAKEBENCH_WH"' }),
        connection: SNOWFLAKE,
        control: CONTROL,
      }),
    ).toEqual([
      { path: 'target.database', message: 'The database flakebench holds the control tables: benchmark a table of another one' },
      { path: 'target.warehouse', message: 'The warehouse "FLAKEBENCH_WH" serves the control tables: benchmark through another one' },
    ])
    expect(pathsOf(targetOf({ warehouse: 'flakebench_wh' }), SNOWFLAKE, CONTROL)).toEqual(['target.warehouse'])
    expect(pathsOf(targetOf(), SNOWFLAKE, CONTROL)).toEqual([])
  })

  it('may have the names of the control tables on another account, and in another case between quotes', () => {
    const same = { database: 'FLAKEBENCH', warehouse: 'FLAKEBENCH_WH' }
    expect(pathsOf(targetOf(same), { ...SNOWFLAKE, account: 'OTHER' }, CONTROL)).toEqual([])
    expect(pathsOf(targetOf(same), { ...SNOWFLAKE, account: 'org_account' }, CONTROL)).toEqual(['target.database', 'target.warehouse'])
    expect(pathsOf(targetOf({ database: '"flakebench"', warehouse: '"flakebench_wh"' }), SNOWFLAKE, CONTROL)).toEqual([])
    expect(pathsOf(targetOf(same), SNOWFLAKE, null)).toEqual([])
  })

  it('on an account with another spelling is judged by what both accounts call themselves, which only names in common are worth asking', () => {
    const connection = { ...SNOWFLAKE, account: 'xy12345.eu-central-1' }
    const facts = { target: targetOf({ database: 'FLAKEBENCH' }), connection, control: CONTROL }
    expect(isInDoubt(facts)).toBe(true)
    expect(prepareProblems({ ...facts, isSameAccount: true }).map(({ path }) => path)).toEqual(['target.database'])
    for (const isSameAccount of [false, null]) expect(prepareProblems({ ...facts, isSameAccount })).toEqual([])
    expect(isInDoubt({ ...facts, target: targetOf() })).toBe(false)
    expect(isInDoubt({ ...facts, connection: SNOWFLAKE })).toBe(false)
    expect(isInDoubt({ ...facts, control: null })).toBe(false)
  })
})

describe('the place of the control tables', () => {
  it('is read from their address, and is none on PostgreSQL', () => {
    expect(controlPlaceOf('postgresql://flakebench:secret@localhost:5432/flakebench')).toBeNull()
    expect(controlPlaceOf('snowflake://FB:secret@ORG-ACCOUNT/FLAKEBENCH?warehouse=FB_WH&role=FB')).toEqual({
      account: expect.stringMatching(/^org-account$/i),
      database: 'FLAKEBENCH',
      warehouse: 'FB_WH',
    })
  })
})

describe('the notes of a run', () => {
  const notesOf = (target: object, advanced: object = {}): string[] =>
    decideRunNotes(
      soundPlan({ target: { table: 'ORDERS', database: 'BENCH', schema: 'PUBLIC', warehouse: 'BENCH_WH', ...target }, advanced }),
    )

  it('are none where nothing bounds it', () => {
    expect(decideRunNotes(soundPlan())).toEqual([])
    expect(notesOf({ tableType: 'STANDARD' })).toEqual([])
    expect(notesOf({ tableType: 'INTERACTIVE' }, { statementTimeoutSeconds: 5 })).toEqual([])
  })

  it('say that an interactive warehouse ends statements after five seconds', () => {
    expect(notesOf({ tableType: 'INTERACTIVE' })).toEqual([
      expect.stringMatching(/^An interactive warehouse ends statements after 5 s: .* 60 s is never reached/),
    ])
  })

  it('say at what rate hybrid tables are throttled, and what the result cache does to a measurement', () => {
    expect(notesOf({ tableType: 'HYBRID' })).toEqual([expect.stringContaining('16,000 operations per second')])
    expect(notesOf({ tableType: 'HYBRID', useCachedResult: true })).toHaveLength(2)
    expect(notesOf({ tableType: 'STANDARD', useCachedResult: true })).toEqual([expect.stringMatching(/^The result cache is on/)])
    expect(notesOf({ tableType: 'DYNAMIC' })).toEqual([expect.stringContaining('refreshed in the background')])
  })

  it('say that without a warmup the first operations may wait for the warehouse, where there is one', () => {
    const cold = { load: { warmupSeconds: 0 } }
    expect(decideRunNotes(soundPlan(cold))).toEqual([])
    const target = { tableType: 'STANDARD', table: 'ORDERS', database: 'BENCH', schema: 'PUBLIC', warehouse: 'BENCH_WH' } as const
    expect(decideRunNotes(soundPlan({ ...cold, target }))).toEqual([
      'The first operations may wait for the warehouse to resume: give the run a warmup',
    ])
  })
})
