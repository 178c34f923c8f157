import type { ClusterCount } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { type AskedAgain, decideAskAgain } from '../../server/src/decide/enrichment/askAgain.ts'
import { clusterFigures } from '../../server/src/decide/enrichment/clusterFigures.ts'
import { clipWindows, decideWindows, halveWindow, type Slot, type Window } from '../../server/src/decide/enrichment/historyWindows.ts'
import { judgeLooks, nextAggregateLook, nextRetry } from '../../server/src/decide/enrichment/nextLook.ts'
import { sourcesOf } from '../../server/src/decide/enrichment/sourcesOf.ts'
import { hasMeasured } from '../../server/src/enrichment/look.ts'
import { stepsAfterLoad } from '../../server/src/orchestrator/processing/stepsAfterLoad.ts'
import type { RunLog } from '../../server/src/orchestrator/runLog.ts'
import type { TickDeps } from '../../server/src/orchestrator/tickDeps.ts'
import { NOTHING_LEFT } from '../kit/nothingLeft.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { sampleRun } from '../kit/sampleRun.ts'
import { forAll } from '../kit/seeded.ts'

const RULES = { slotMs: 10_000, most: 7_000, marginMs: 15_000 }

describe('windows of QUERY_HISTORY', () => {
  it('cover whatever is unmatched with its margins, in order, and nothing twice', () => {
    forAll(({ whole, fraction }) => {
      const slots: Slot[] = []
      for (let atMs = 0; atMs < 400_000; atMs += RULES.slotMs) {
        if (fraction() < 0.2) continue
        const executions = whole(1, 60_000)
        slots.push({ atMs, executions, matched: fraction() < 0.5 ? executions : whole(0, executions - 1) })
      }
      const windows = decideWindows(slots, RULES)
      windows.forEach((window, i) => {
        expect(window.toMs).toBeGreaterThan(window.fromMs)
        if (i > 0) expect(window.fromMs).toBeGreaterThanOrEqual((windows[i - 1] as Window).toMs)
      })
      for (const { atMs, executions, matched } of slots.filter(one => one.matched < one.executions)) {
        expect(matched).toBeLessThan(executions)
        for (const momentMs of [atMs - RULES.marginMs, atMs, atMs + RULES.slotMs / 3, atMs + RULES.slotMs + RULES.marginMs - 1])
          expect(windows.some(({ fromMs, toMs }) => fromMs <= momentMs && momentMs < toMs)).toBe(true)
      }
    })
  })
  it('hold about as many executions as are given at once', () => {
    const busy = Array.from({ length: 36 }, (_, i) => ({ atMs: i * 10_000, executions: 20_000, matched: 0 }))
    const windows = decideWindows(busy, RULES)
    expect(windows.length).toBeLessThan(150)
    for (const { fromMs, toMs } of windows) expect((Math.min(toMs, 360_000) - Math.max(fromMs, 0)) * 2).toBeLessThanOrEqual(RULES.most + 1)
    expect(
      decideWindows(
        busy.map(slot => ({ ...slot, executions: 10 })),
        RULES,
      ),
    ).toHaveLength(1)
  })
  it('are none where all is matched', () => {
    expect(decideWindows([{ atMs: 0, executions: 5, matched: 5 }], RULES)).toEqual([])
  })
  it('end where the server forgets', () => {
    const windows = [
      { fromMs: 0, toMs: 10 },
      { fromMs: 10, toMs: 30 },
      { fromMs: 30, toMs: 40 },
    ]
    expect(clipWindows(windows, 20)).toEqual([
      { fromMs: 20, toMs: 30 },
      { fromMs: 30, toMs: 40 },
    ])
    expect(clipWindows(windows, -5)).toEqual(windows)
  })
  it('are halved down to the smallest', () => {
    expect(halveWindow({ fromMs: 0, toMs: 9 })).toEqual([
      { fromMs: 0, toMs: 5 },
      { fromMs: 5, toMs: 9 },
    ])
    expect(halveWindow({ fromMs: 4, toMs: 6 })).toEqual([])
  })
})

describe('looks', () => {
  it.each([
    [[0, 90], 100, 'ENOUGH'],
    [[0, 89], 100, 'AGAIN'],
    [[89, 89, 89], 100, 'AGAIN'],
    [[0, 89, 89, 89, 89], 100, 'STALLED'],
    [[0, 0, 0, 0], 100, 'STALLED'],
    [[0, 10, 10, 10, 11], 100, 'AGAIN'],
    [[0], 0, 'ENOUGH'],
  ] as const)('after %j of %d: %s', (matched, expected, verdict) => {
    expect(judgeLooks(matched, expected)).toBe(verdict)
  })
  it('at the aggregates come ever later, for three and a half hours', () => {
    const dues: number[] = []
    for (let nowSeconds = 0; ; ) {
      const next = nextAggregateLook(nowSeconds)
      if (next === null) break
      nowSeconds += next
      dues.push(nowSeconds / 60)
    }
    expect(dues[0]).toBe(5)
    expect(dues.at(-1)).toBe(210)
    expect(dues.length).toBeLessThan(12)
  })
  it('that failed are tried again ever later, a few times', () => {
    expect([1, 2, 3, 4, 5].map(failures => nextRetry('QUERY_HISTORY', failures, 3_000))).toEqual([60, 180, 600, 1_800, null])
  })
  it('at the aggregates that failed go on as long as they may come', () => {
    expect(nextRetry('AGGREGATE_QUERY_HISTORY', 2, 3_000)).toBe(180)
    expect(nextRetry('AGGREGATE_QUERY_HISTORY', 5, 3_000)).toBe(nextAggregateLook(3_000))
    expect(nextRetry('AGGREGATE_QUERY_HISTORY', 5, 4 * 3_600)).toBeNull()
  })
})

describe('the sources of a run', () => {
  const ofTable = (tableType: 'POSTGRES' | 'HYBRID' | 'STANDARD', keepExecutions = true) => {
    const plan = samplePlan({ advanced: { keepExecutions } })
    return sourcesOf({ ...plan, target: { ...plan.target, tableType } }).map(({ source, status }) => `${source} ${status}`)
  }
  it('are those that can tell the truth of its table', () => {
    expect(ofTable('POSTGRES')).toEqual(['STATEMENT_STATISTICS PENDING'])
    expect(ofTable('POSTGRES', false)).toEqual(['STATEMENT_STATISTICS PENDING'])
    expect(ofTable('STANDARD')).toEqual(['QUERY_HISTORY PENDING'])
    expect(ofTable('HYBRID')).toEqual(['QUERY_HISTORY SKIPPED', 'AGGREGATE_QUERY_HISTORY PENDING'])
    expect(ofTable('STANDARD', false)).toEqual(['QUERY_HISTORY SKIPPED'])
  })
})

it('knows whether a run came to its measurement', () => {
  const run = {
    nowMs: 90,
    endedAtMs: 80,
    stopRequestedAtMs: null,
    phaseStartedAtMs: 60,
    phase: 'COMPLETED',
    measurementStartsAtMs: 50,
  } as const
  expect(hasMeasured(run)).toBe(true)
  expect(hasMeasured({ ...run, stopRequestedAtMs: 40 })).toBe(false)
  expect(hasMeasured({ ...run, phase: 'PROCESSING', phaseStartedAtMs: 45 })).toBe(false)
  expect(hasMeasured({ ...run, endedAtMs: 45 })).toBe(false)
  expect(hasMeasured({ ...run, measurementStartsAtMs: null })).toBe(false)
})

it('reads what the system under test counted before the executions are loaded', async () => {
  const done: string[] = []
  const enrichment = {
    ...NOTHING_LEFT.enrichment,
    loadEnded: async () => {
      done.push('read')
      throw new Error('far enough')
    },
  }
  const loadExecutions: TickDeps['loadExecutions'] = async () => {
    done.push('loaded')
    return { unread: [], fault: null }
  }
  const deps = { loadExecutions, enrichment } as unknown as TickDeps
  const [first] = stepsAfterLoad(sampleRun(), { epoch: 1, log: { note: () => undefined } as unknown as RunLog }, [], deps)
  await expect(first?.act(() => undefined, new AbortController().signal)).rejects.toThrow('far enough')
  expect(done).toEqual(['read'])
})

describe('asking again', () => {
  const plan = samplePlan({ advanced: { keepExecutions: true } })
  const asked = (tableType: 'POSTGRES' | 'HYBRID' | 'STANDARD', over: Partial<AskedAgain> = {}) =>
    decideAskAgain({
      plan: { ...plan, target: { ...plan.target, tableType } },
      isImported: false,
      executions: 'COMPLETE',
      secondsSinceEnd: 60,
      known: [],
      ...over,
    })
  const done = { status: 'COMPLETED', note: null } as const
  const DAYS_8 = 8 * 86_400

  it('opens what was told, and puts down what was never asked for', () => {
    expect(asked('STANDARD', { known: [{ ...done, source: 'QUERY_HISTORY' }] })).toEqual({ missing: [], again: ['QUERY_HISTORY'] })
    expect(asked('STANDARD')).toMatchObject({ missing: [{ source: 'QUERY_HISTORY', dueInSeconds: 0 }], again: [] })
    const known = [{ ...done, source: 'AGGREGATE_QUERY_HISTORY' } as const]
    expect(asked('HYBRID', { secondsSinceEnd: DAYS_8, known })).toMatchObject({ again: ['AGGREGATE_QUERY_HISTORY'] })
  })
  it.each<readonly [string, 'POSTGRES' | 'STANDARD', Partial<AskedAgain>, string]>([
    ['an imported run', 'STANDARD', { isImported: true }, 'imported'],
    ['a run whose executions were removed', 'POSTGRES', { executions: 'REMOVED' }, 'FLAKEBENCH_KEEP_EXECUTIONS_DAYS'],
    ['a run that QUERY_HISTORY has forgotten', 'STANDARD', { secondsSinceEnd: DAYS_8 }, '7 days'],
    [
      'readings that were never made',
      'POSTGRES',
      { known: [{ source: 'STATEMENT_STATISTICS', status: 'SKIPPED', note: 'It was down.' }] },
      'It was down.',
    ],
  ])('is refused for %s', (_, tableType, over, why) => {
    expect(asked(tableType, over)).toMatchObject({ why: expect.stringContaining(why) as string })
  })
})

it('reads percentiles of a cluster from counts exactly', () => {
  forAll(({ whole }) => {
    const values = Array.from({ length: whole(1, 200) }, () => whole(1, 50))
    const all = values.map(
      (executionMs, i): ClusterCount => ({
        clusterNumber: 2,
        label: i % 2 === 0 ? 'a' : 'b',
        executionMs,
        executions: 1,
        queuedOverloadMs: 4,
        queuedProvisioningMs: 0,
      }),
    )
    const sorted = [...values].sort((one, other) => one - other)
    const at = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1]
    const elsewhere = { ...(all[0] as ClusterCount), clusterNumber: null }
    expect(clusterFigures([...all, elsewhere])).toMatchObject([
      { clusterNumber: 2, executions: values.length, p50Ms: at(50), p95Ms: at(95), maxMs: sorted.at(-1), meanQueuedOverloadMs: 4 },
    ])
  })
})
