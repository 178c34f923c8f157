import { describe, expect, it } from 'vitest'
import { curveMarks, curvePoints, nextText, stepProgress, stepsCsv } from '../../client/src/features/run/findMaxView.ts'
import { headlineOf } from '../../client/src/features/run/headline.ts'
import { pickedStep } from '../../client/src/features/run/pickedInterval.ts'
import { qpsFacts } from '../../client/src/features/run/qpsView.ts'
import { changeText, OUTCOME_LOOKS } from '../../client/src/features/run/stepWords.ts'
import { meanText } from '../../client/src/ui/words/numbers.ts'
import { atMs, historyPoint, metrics } from '../kit/sampleConsole.ts'
import { controllerStep, findMax, findMaxStep, guardrailStatus, qpsController, resultArrivals } from '../kit/sampleLoad.ts'
import { runPlan } from '../kit/sampleRunDetail.ts'

describe('the step under way', () => {
  it.each([
    [9, 'Settling', '0:28', 0],
    [12, 'Observing', '0:25', 0],
    [24.5, 'Observing', '0:13', 0.5],
    [40, 'Judging', '0:00', 1],
  ] as const)('at %d s is %s with %s to go', (now, word, countdown, progress) => {
    expect(stepProgress(findMaxStep(), atMs(now))).toEqual({ word, countdown, progress })
  })

  it('has no countdown while connections are being opened', () => {
    expect(stepProgress(findMaxStep({ observedFrom: null, endsAt: null }), atMs(9))).toEqual({
      word: 'Opening connections',
      countdown: '',
      progress: null,
    })
  })

  it('tells what comes then', () => {
    expect(nextText({ nextIfGood: 45, nextIfBad: 30 })).toBe('45 if it holds, 30 if not')
    expect(nextText({ nextIfGood: null, nextIfBad: 30 })).toBe('the end if it holds, 30 if not')
    expect(nextText({ nextIfGood: 30, nextIfBad: 30 })).toBe('30')
    expect(nextText({ nextIfGood: null, nextIfBad: null })).toBe('the search ends')
  })
})

describe('the curve of a search', () => {
  it('has a point for each observed step in order of connections, with what it says', () => {
    const steps = [
      controllerStep(1, 5),
      controllerStep(2, 25, { outcome: 'QPS_DROP' }),
      controllerStep(3, 15, { outcome: 'WORKER_LOST' }),
      controllerStep(4, 15),
      controllerStep(5, 20, { outcome: 'CONNECTIONS_REFUSED', observedSeconds: 0 }),
    ]
    expect(curvePoints(steps).map(({ x, step, look }) => [x, step, look])).toEqual([
      [5, 1, 'good'],
      [15, 3, 'void'],
      [15, 4, 'good'],
      [25, 2, 'bad'],
    ])
  })

  it('is saved with what it was read from, step by step', () => {
    const { columns, rows } = stepsCsv([controllerStep(1, 5), controllerStep(2, 15, { outcome: 'LATENCY_RISE', reason: 'p95 rose' })])
    const cells = rows.map(row => Object.fromEntries(columns.map((head, at) => [head, row[at]])))
    expect(cells[0]).toMatchObject({ step: 1, connections: 5, qps: 500, p95_ms: 2, qps_vs_best_percent: null })
    expect(cells[1]).toMatchObject({ observed_from_seconds: 40, observed_to_seconds: 65, outcome: 'LATENCY_RISE', reason: 'p95 rose' })
  })

  it('leads to what a step was judged by, where it came so far', () => {
    expect(pickedStep(controllerStep(2, 15))).toEqual({ fromSeconds: 40, toSeconds: 65, counted: true })
    expect(pickedStep(controllerStep(2, 15, { observedSeconds: 0 }))).toBeNull()
  })

  it('marks the best, the first that did not hold and the one under way, each once', () => {
    const words = (change: Parameters<typeof findMax>[0]): readonly string[] => curveMarks(findMax(change), false).map(mark => mark.words)
    expect(words({})).toEqual([])
    expect(words({ lastGood: 15, firstBad: 25, step: findMaxStep({ targetConnections: 20 }) })).toEqual([
      'best so far 15',
      '25 did not hold',
      'now 20',
    ])
    expect(words({ lastGood: 15, step: findMaxStep({ targetConnections: 15 }) })).toEqual(['best so far 15'])
    const cut = findMax({ lastGood: 15, step: findMaxStep({ targetConnections: 20 }) })
    expect(curveMarks(cut, true).map(mark => mark.words)).toEqual(['best 15'])
  })
})

describe('the words of a step', () => {
  it('show a change with its sign', () => {
    expect([4.21, -12.4, 0.02, -0.04, 1_234, null].map(changeText)).toEqual(['+4.2 %', '−12 %', '0 %', '0 %', '+1,234 %', '—'])
  })

  it('tell what speaks of the database from what does not', () => {
    const withoutVerdict = Object.entries(OUTCOME_LOOKS).filter(([, look]) => look.tone === 'warn')
    expect(withoutVerdict.map(([outcome]) => outcome).sort()).toEqual(['BACKED_OFF', 'CLIENT_LIMITED', 'WORKER_LOST'])
  })
})

describe('the facts of an arrival rate', () => {
  const plan = runPlan({}, { mode: 'QPS', targetQps: 100 })
  const facts = (change: Partial<Parameters<typeof qpsFacts>[0]>) => {
    const told = qpsFacts({
      controller: qpsController({ targetQps: 100 }),
      plan,
      guardrail: null,
      arrivals: resultArrivals({ planned: 6_000, started: 5_998, missed: 2, achievedRate: 99.96 }),
      waiting: 7,
      nowMs: atMs(30),
      isOver: false,
      ...change,
    })
    return new Map(told.map(fact => [fact.word, fact]))
  }

  it('are those of the measurement as the server tells them, to the last hundredth', () => {
    const live = facts({})
    expect(live.get('Achieved')).toMatchObject({ text: '100 /s · 99.96 %', title: '99.96 /s started, over the measurement so far' })
    expect(live.get('Missed')?.text).toBe('2 · 0.03 %')
    expect(live.get('Missed')?.title).toContain('free for 10 s, or it still waited at the end')
    expect(live.get('Waiting')?.text).toBe('7')
  })

  it('say "so far" only while it goes on, and nothing before it has begun', () => {
    expect(facts({ isOver: true }).get('Achieved')?.title).toBe('99.96 /s started, over the measurement')
    expect(facts({ arrivals: null }).get('Achieved')?.text).toBe('—')
    expect(facts({ arrivals: resultArrivals({ planned: 0, achievedRate: 0 }) }).get('Achieved')?.text).toBe('—')
  })

  it('know what guardrails took, and of no change before the first', () => {
    const guardrail = guardrailStatus({ ceilings: [{ workerId: 'worker-0', connections: 4 }] })
    expect(facts({ guardrail }).get('Connections')?.text).toBe('12 of 24')
    expect(facts({}).get('Last change')?.text).toBe('none yet')
    expect(facts({ controller: qpsController({ recent: [controllerStep(1, 12)] }) }).get('Last change')?.text).toBe('10 s ago')
  })
})

describe('the figures at the head', () => {
  const history = [
    historyPoint(1, { phase: 'WARMUP', activeConnections: 9, targetConnections: 9 }),
    historyPoint(2, { activeConnections: 1, targetConnections: 2 }),
    historyPoint(3, { activeConnections: 2, targetConnections: 3 }),
    historyPoint(4, { activeConnections: 4, targetConnections: 8 }),
  ]
  const best = { connections: 3, workers: 1, qps: 300, p50Ms: 1, p95Ms: 2, p99Ms: 4, errorRate: 0.01, stepNumber: 2 }
  const result = { ...best, maxType: 'TRUE_MAX', isConfirmed: true, reason: 'p95 rose' } as const
  const step = controllerStep(2, 3, { elapsedSeconds: 3, observedSeconds: 1, operations: 300 })

  it('set the mean of the connections that were wanted beside those that were used', () => {
    const whole = headlineOf({ aggregateMetrics: metrics({ targetConnections: null }), controller: null }, history)
    expect(whole).toMatchObject({ active: 7 / 3, target: 13 / 3, scope: 'Whole measurement, 10 s' })
    expect([meanText(7 / 3), meanText(13 / 3), meanText(4), meanText(38.4), meanText(null)]).toEqual(['2.3', '4.3', '4', '38', '—'])
  })

  it('are those of the best step once a search is over, or say that they are of all steps', () => {
    const found = { findMax: findMax({ steps: [step], result }), qps: null }
    expect(headlineOf({ aggregateMetrics: metrics(), controller: found }, history)).toMatchObject({
      qps: 300,
      errorRate: 0.01,
      active: 2,
      target: 3,
      isBestStep: true,
      scope: 'Best step, 3 connections, 1 s',
    })
    const none = { findMax: findMax({ steps: [step] }), qps: null }
    expect(headlineOf({ aggregateMetrics: metrics(), controller: none }, history)).toMatchObject({
      qps: 100,
      isBestStep: false,
      scope: 'All steps together, 10 s',
    })
  })

  it('are of the newest interval while a search goes on', () => {
    const now = metrics({ scope: 'LAST_INTERVAL', windowSeconds: 1, qps: 42, targetConnections: 5 })
    expect(headlineOf({ aggregateMetrics: now, controller: { findMax: findMax({ result }), qps: null } }, history)).toMatchObject({
      qps: 42,
      target: 5,
      scope: 'Last second',
    })
  })
})
