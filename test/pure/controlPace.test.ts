import { readFileSync } from 'node:fs'
import { CONTROL_PACE, LOAD_MODES, standbyPace } from '@flakebench/contract'
import { LEASE_SECONDS } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { isRoundDue } from '../../server/src/api/fanout/rightsRound.ts'
import { decideStartMargin, isStartShort } from '../../server/src/decide/startMargin.ts'
import { areTablesDue } from '../../server/src/decide/tablesDue.ts'
import { decidePace, paceOfMode } from '../../worker/src/control/decidePace.ts'

describe.each(Object.entries(CONTROL_PACE))('the pace on %s', (_, pace) => {
  it('keeps a lease, and a worker that writes its heartbeats, alive through two that are missed', () => {
    expect(pace.renewLeaseMs * 3).toBeLessThan(LEASE_SECONDS * 1_000)
    expect(pace.beatMs * 3).toBeLessThanOrEqual(pace.staleSeconds * 1_000)
    expect(pace.staleSeconds).toBeLessThan(pace.deadSeconds)
  })

  it('has every worker look twice before the agreed start', () => {
    expect(pace.followWaitingMs * 2).toBeLessThanOrEqual(pace.startMarginMs)
  })

  it('lets a server that stands by take a run over within 15 s', () => {
    const { lookForWorkMs, lookForWorkIdleMs } = standbyPace(pace)
    for (const lookMs of [lookForWorkMs, lookForWorkIdleMs]) expect(LEASE_SECONDS * 1_000 + lookMs).toBeLessThan(15_000)
  })

  it('has every worker look before new arrival shares hold, and twice if nothing but its looks can tell it', () => {
    for (const mode of LOAD_MODES) {
      const { followMs } = paceOfMode(pace, mode)
      expect(followMs + pace.runningMs).toBeLessThan(pace.shareMarginMs)
      expect(decidePace(paceOfMode(pace, mode), false).followMs * 2).toBeLessThanOrEqual(pace.shareMarginMs)
    }
    expect(pace.followSteeredMs).toBeLessThanOrEqual(pace.followMs)
  })

  it('asks within a minute whether those who are told something still may, and of those who are not as seldom as anything', () => {
    expect(pace.askRightsMs).toBeLessThanOrEqual(60_000)
    const quietMs = Math.max(pace.askRightsMs, pace.lookForChangesIdleMs)
    const due = (isTold: boolean, sinceMs: number): boolean => isRoundDue({ sinceMs, isTold }, pace)
    expect([due(true, pace.askRightsMs - 1), due(true, pace.askRightsMs)]).toEqual([false, true])
    expect([due(false, quietMs - 1), due(false, quietMs)]).toEqual([false, true])
  })

  it('takes no pause between two beats for a gap', () => {
    for (const ms of [pace.startingMs, pace.runningMs, pace.endingMs]) expect(ms * 3).toBeLessThanOrEqual(pace.gapMs)
  })
})

describe('the pace of a worker', () => {
  it('on PostgreSQL is the same, heard or not', () => {
    expect(decidePace(CONTROL_PACE.postgres, false)).toEqual(CONTROL_PACE.postgres)
    expect(decidePace(CONTROL_PACE.postgres, true)).toBe(CONTROL_PACE.postgres)
  })

  it('on Snowflake is quicker while nobody takes what it pushes', () => {
    expect(decidePace(CONTROL_PACE.snowflake, true)).toBe(CONTROL_PACE.snowflake)
    expect(decidePace(CONTROL_PACE.snowflake, false)).toMatchObject({
      followWaitingMs: 1_000,
      followMs: 1_000,
      beatMs: 1_000,
      snapshotBatchMs: 0,
    })
  })

  it.each(['QPS', 'FIND_MAX_CONCURRENCY'] as const)(
    'on Snowflake looks no more often at a run that is steered while it is heard: %s',
    mode => {
      const steered = paceOfMode(CONTROL_PACE.snowflake, mode)
      expect([decidePace(steered, true).followMs, decidePace(steered, false).followMs]).toEqual([3_000, 1_000])
    },
  )
})

describe('the pace on Snowflake', () => {
  const pace = CONTROL_PACE.snowflake
  it('gives a worker that cannot push the time that it takes by way of the tables', () => {
    const untilReadMs = 1_000
    expect(pace.settleMs).toBeGreaterThan(pace.snapshotBatchMs + untilReadMs)
  })

  it('lets the warehouse sleep while nothing runs', () => {
    const roles = readFileSync(new URL('../../sql/schema/snowflake/roles.sql', import.meta.url), 'utf8')
    const suspendMs = Number(/AUTO_SUSPEND = (\d+)/.exec(roles)?.[1]) * 1_000
    for (const idleMs of [pace.lookForWorkIdleMs, pace.lookForChangesIdleMs]) expect(idleMs).toBeGreaterThanOrEqual(5 * suspendMs)
  })
})

describe('the agreed start', () => {
  it('is later by what has passed and by what the statements take until the last worker has heard of it', () => {
    expect(decideStartMargin({ sinceReadMs: 0, statementMs: 0, startMarginMs: 300 })).toBe(300)
    expect(decideStartMargin({ sinceReadMs: 450, statementMs: 150, startMarginMs: 300 })).toBe(450 + 9 * 150 + 300)
  })

  it('is short when less than half of the margin is left after it was written', () => {
    expect([151, 150, 149, -20].map(leftMs => isStartShort(leftMs, 300))).toEqual([false, false, true, true])
  })
})

describe('the tables', () => {
  const view = { nowMs: 100_000, readAtMs: 99_500, isHeard: true, gapSinceMs: null }
  it.each([
    { what: 'each time on PostgreSQL', view, pace: CONTROL_PACE.postgres, due: true },
    { what: 'not yet on Snowflake', view, pace: CONTROL_PACE.snowflake, due: false },
    {
      what: 'not while a gap may still close',
      view: { ...view, readAtMs: 98_000, gapSinceMs: 98_001 },
      pace: CONTROL_PACE.snowflake,
      due: false,
    },
    { what: 'when a gap stays', view: { ...view, readAtMs: 98_000, gapSinceMs: 98_000 }, pace: CONTROL_PACE.snowflake, due: true },
    { what: 'when not all workers push', view: { ...view, readAtMs: 99_000, isHeard: false }, pace: CONTROL_PACE.snowflake, due: true },
    { what: 'no more than once a second then', view: { ...view, isHeard: false }, pace: CONTROL_PACE.snowflake, due: false },
    { what: 'at their pace', view: { ...view, readAtMs: 95_000 }, pace: CONTROL_PACE.snowflake, due: true },
  ])('are read $what', ({ view, pace, due }) => {
    expect(areTablesDue(view, pace)).toBe(due)
  })
})
