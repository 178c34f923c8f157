import type { Plan } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import type { Trial } from '../../server/src/decide/compare/trial.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { ARRIVALS, rated, STEADY, saying, steadyTrial as trial, withResult } from '../kit/steadyTrial.ts'

const withLookup = (change: object, plan: Plan = samplePlan()): Plan => ({
  ...plan,
  operations: plan.operations.map(operation => ({ ...operation, ...change })),
})
const ranges = (rangeSize: number): Plan => withLookup({ kind: 'RANGE_SCAN', label: 'RANGE_SCAN' }, samplePlan({ advanced: { rangeSize } }))
const picking = (values: readonly number[]): Plan => withLookup({ parameters: [{ name: 'id', strategy: 'CHOICE', values }] })

describe('a verdict is refused', () => {
  const plan = samplePlan()
  const [lookup] = plan.operations
  const updates =
    lookup === undefined
      ? []
      : [
          { ...lookup, weight: 98 },
          { ...lookup, kind: 'UPDATE' as const, label: 'UPDATE', weight: 2 },
        ]
  const cases: readonly (readonly [string, string, Trial, Trial, RegExp])[] = [
    ['another mix', 'P95', trial('1'), trial('2', 0, { plan: { ...plan, operations: updates } }), /^Another mix: 2 % of the operations/],
    [
      'a table of another size',
      'P95',
      trial('1', 0, { tableRows: 1_000_000 }),
      trial('2', 0, { tableRows: 880_000 }),
      /^Tables of another size: 880,000 rows against 1,000,000$/,
    ],
    [
      'a client that could have been the limit',
      'QPS',
      trial('1'),
      withResult(trial('2'), { clientLimitedSeconds: 18 }),
      /^The load generator could have been the limit in 10 % of run 2/,
    ],
    [
      'another way of loading',
      'P95',
      trial('1'),
      trial('2', 0, { plan: samplePlan({ load: { mode: 'QPS', targetQps: 100 } }) }),
      /^Another way of loading: a fixed number of connections against a fixed rate$/,
    ],
    [
      'the throughput of a fixed rate',
      'QPS',
      trial('1', 0, { plan: samplePlan({ load: { mode: 'QPS', targetQps: 400 } }) }),
      trial('2', 0, { plan: samplePlan({ load: { mode: 'QPS', targetQps: 400 } }) }),
      /^Both were sent at a fixed rate/,
    ],
    [
      'a search',
      'P95',
      trial('1', 0, { plan: samplePlan({ load: { mode: 'FIND_MAX_CONCURRENCY' } }) }),
      trial('2', 0, { plan: samplePlan({ load: { mode: 'FIND_MAX_CONCURRENCY' } }) }),
      /^Searches measure many loads/,
    ],
    [
      'range scans of another length',
      'P95',
      trial('1', 0, { plan: ranges(10) }),
      trial('2', 0, { plan: ranges(1_000) }),
      /^Other work: range scans of 1,000 keys against 10$/,
    ],
    [
      'other parameters',
      'QPS',
      trial('1', 0, { plan: picking([1, 2]) }),
      trial('2', 0, { plan: picking([1, 3]) }),
      /^Other work: POINT_LOOKUP was sent with other parameters$/,
    ],
    [
      'response times without those of many failures',
      'P95',
      trial('1'),
      withResult(trial('2', -0.3), { errorRate: 0.05 }),
      /^5 % of run 2's operations failed and have no response time, against 0 % of run 1's$/,
    ],
    [
      'response times without those of arrivals that were never sent',
      'P50',
      trial('1', 0, { plan: rated(400) }),
      withResult(trial('2', 0, { plan: rated(400) }), { arrivals: { ...ARRIVALS, missed: 2_000 } }),
      /^2 % of the operations that run 2 meant to send were never sent, and have no response time$/,
    ],
    [
      'a run of which nothing succeeded',
      'QPS',
      trial('1'),
      trial('2', 0, {}, { ...STEADY, errorRate: 1, errorSwing: 0 }),
      /^No operation of run 2 has succeeded$/,
    ],
    ['a run without a result', 'P95', trial('1'), { ...trial('2'), result: null }, /^run 2 has no figures of a measurement/],
    [
      'a measurement of seconds',
      'P50',
      trial('1'),
      trial('2', 0, {}, { ...STEADY, seconds: 10 }),
      /^Too few samples: run 2 was measured for 10 s/,
    ],
    [
      'a p99 of few operations',
      'P99',
      trial('1'),
      trial('2', 0, {}, { ...STEADY, qps: 10 }),
      /^Too few samples: 1,\d+ operations of run 2; p99 needs at least 3,000$/,
    ],
    [
      'swings that hide 10 %',
      'QPS',
      trial('1'),
      trial('2', 0, {}, { ...STEADY, seconds: 60, throughputSwing: 0.4 }),
      /^Too few samples: the figures swing so much that only a difference of \d+ % or more would surely be found/,
    ],
  ]
  it.each(cases)('for %s', (_, metric, baseline, candidate, reason) => {
    const verdict = saying(baseline, candidate, metric)
    expect(verdict.outcome).toBe('NOT_COMPARABLE')
    expect(verdict.reasons[0]).toMatch(reason)
    expect(verdict.sentence).toContain(verdict.reasons[0])
  })

  it('not for another table type or warehouse size: that is what is compared', () => {
    const target = { ...plan.target, tableType: 'HYBRID' as const, warehouseSize: 'LARGE' }
    expect(saying(trial('1'), trial('2', 0.2, { plan: { ...plan, target } })).outcome).toBe('WORSE')
  })
})

describe('a verdict with a caution', () => {
  it('tells of failures that are too few to forbid it, but not where failures are what is judged', () => {
    const failing = withResult(trial('2'), { errorRate: 0.006 })
    const words = "0.6 % of run 2's operations failed and have no response time, against 0 % of run 1's"
    expect(saying(trial('1'), failing, 'P99').cautions).toContain(words)
    expect(saying(trial('1'), failing, 'QPS').cautions).not.toContain(words)
  })

  it('tells of another statement timeout, rows that are not known, a load that was changed, and snapshots that never came', () => {
    const other = trial('2', 0, { plan: samplePlan({ advanced: { statementTimeoutSeconds: 5 } }), tableRows: 1_000 })
    const accounting = { started: 1, ended: 1, cutOff: 0, missingSnapshots: 3, silentWorkers: 0 }
    const seconds = samplePlan().advanced.statementTimeoutSeconds
    const { cautions } = saying(
      { ...trial('1'), held: { least: 8, most: 40 } },
      { ...withResult(other, { accounting }), held: { least: 4, most: 4 } },
    )
    expect(cautions.slice(0, -1)).toEqual([
      `Statements were given up after 5 s against ${seconds} s: what takes longer is a failure`,
      'How many rows the table of run 1 had is not known: it may have been of another size',
      'run 1 held 8 to 40 connections',
      'run 2 held 4 connections, and not the 8 of its plan',
      '3 snapshots of the workers of run 2 never arrived: what is in them is in no figure',
    ])
  })

  it('keeps its cautions where it is refused', () => {
    const { outcome, cautions } = saying(trial('1'), withResult(trial('2', 0, { status: 'FAILED' }), { errorRate: 0.05 }))
    expect(outcome).toBe('NOT_COMPARABLE')
    expect(cautions).toContain('run 2 ended early (FAILED)')
  })

  it('counts what a controller or a plan does with connections as no change of the load', () => {
    const held = { least: 2, most: 30 }
    const { cautions } = saying({ ...trial('1', 0, { plan: rated(400) }), held }, { ...trial('2', 0, { plan: rated(400) }), held })
    expect(cautions.filter(words => words.includes('held'))).toEqual([])
  })
})

describe('a verdict of fixed rates', () => {
  const [kept, slower] = [trial('1', 0, { plan: rated(400) }), trial('2', 0.2, { plan: rated(400) })]

  it('is of the throughput where one was not kept, whether it fell short or was not sent', () => {
    expect(saying(kept, slower, 'QPS').outcome).toBe('WORSE')
    const missing = withResult(trial('3', 0, { plan: rated(400) }), { arrivals: { ...ARRIVALS, missed: 1_500 } })
    const verdict = saying(kept, missing, 'QPS')
    expect(verdict.outcome).toBe('NO_EVIDENCE')
    expect(verdict.cautions).toContain('1.5 % of the operations that run 3 meant to send were never sent')
  })
})
