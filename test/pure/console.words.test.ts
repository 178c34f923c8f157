import { describe, expect, it } from 'vitest'
import { agoText, clockText, shortClockText, spanText } from '../../client/src/ui/words/durations.ts'
import { operationWord, plainWord } from '../../client/src/ui/words/kinds.ts'
import {
  countAxis,
  countText,
  exactText,
  memoryText,
  msAxis,
  msText,
  percentAxis,
  percentText,
  qpsAxis,
  qpsText,
  rateText,
  threeDigits,
} from '../../client/src/ui/words/numbers.ts'
import { loadGoalText, loadTimeText, mixText, spreadText } from '../../client/src/ui/words/plans.ts'
import { workerLook } from '../../client/src/ui/words/statuses.ts'

const TEXTS = { qpsText, msText, percentText, rateText, countText, memoryText }

describe('a number on the page', () => {
  it.each(Object.entries(TEXTS))('is an em dash where nothing was measured: %s', (_, text) => {
    for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(text(nothing)).toBe('—')
  })

  it.each([
    [0, '0'],
    [0.000001, '0.000001'],
    [0.00142, '0.00142'],
    [0.142, '0.142'],
    [0.99949, '0.999'],
    [0.9996, '1.00'],
    [1, '1.00'],
    [9.994, '9.99'],
    [9.996, '10.0'],
    [14.24, '14.2'],
    [99.94, '99.9'],
    [99.96, '100'],
    [142.4, '142'],
    [999.4, '999'],
    [1_420, '1,420'],
  ])('has three significant digits: %d is %s', (value, text) => {
    expect(threeDigits(value)).toBe(text)
  })

  it.each([
    [0, '0 /s'],
    [0.5, '0.500 /s'],
    [999.4, '999 /s'],
    [999.6, '1.00 k/s'],
    [18_340, '18.3 k/s'],
    [999_499, '999 k/s'],
    [999_600, '1.00 M/s'],
    [2.5e9, '2.50 G/s'],
  ])('says %d operations a second as %s', (value, text) => {
    expect(qpsText(value)).toBe(text)
  })

  it.each([
    [0, '0 ms'],
    [0.0242, '0.0242 ms'],
    [1.424, '1.42 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [61_000, '61.0 s'],
  ])('says %d milliseconds as %s', (value, text) => {
    expect(msText(value)).toBe(text)
  })

  it.each([
    [0, '0.00 %'],
    [0.001, '< 0.01 %'],
    [0.0049, '< 0.01 %'],
    [0.005, '0.01 %'],
    [0.02, '0.02 %'],
    [9.994, '9.99 %'],
    [9.996, '10.0 %'],
    [99.94, '99.9 %'],
    [99.96, '99.96 %'],
    [99.9999, '> 99.99 %'],
    [100, '100 %'],
    [250, '250 %'],
  ])('says %d percent as %s', (value, text) => {
    expect(percentText(value)).toBe(text)
    expect(rateText(value / 100)).toBe(text)
  })

  it.each([
    [countText(0), '0'],
    [countText(138_487), '138,487'],
    [countText(15.6), '16'],
    [memoryText(107.3), '107 MB'],
    [memoryText(1_000), '1,000 MB'],
    [memoryText(1_023.6), '1.00 GB'],
    [memoryText(2_048), '2.00 GB'],
    [exactText(5.844991, 'ms'), '5.845 ms'],
    [exactText(1_234.5, '/s', 1), '1,234.5 /s'],
    [exactText(null, 'ms'), '—'],
    [exactText(16, ''), '16'],
    [qpsAxis(0), '0 /s'],
    [qpsAxis(1_500), '1.5 k/s'],
    [msAxis(0), '0'],
    [msAxis(0.5), '0.5 ms'],
    [msAxis(1_000), '1 s'],
    [percentAxis(50), '50 %'],
    [countAxis(12), '12'],
    [countAxis(2_000), '2 k'],
  ])('is also said as %s', (text, expected) => {
    expect(text).toBe(expected)
  })
})

describe('a span of time', () => {
  it.each([
    [-5, '00:00:00', '0:00', '0 s'],
    [0, '00:00:00', '0:00', '0 s'],
    [0.999, '00:00:00', '0:00', '1 s'],
    [59.4, '00:00:59', '0:59', '59 s'],
    [59.6, '00:00:59', '0:59', '1 min'],
    [60, '00:01:00', '1:00', '1 min'],
    [102, '00:01:42', '1:42', '1 min 42 s'],
    [3_599.9, '00:59:59', '59:59', '1 h'],
    [3_600, '01:00:00', '1:00:00', '1 h'],
    [3_702, '01:01:42', '1:01:42', '1 h 1 min'],
    [360_000, '100:00:00', '100:00:00', '100 h'],
  ])('of %d seconds is never negative: %s, %s, %s', (seconds, clock, short, words) => {
    expect([clockText(seconds), shortClockText(seconds), spanText(seconds)]).toEqual([clock, short, words])
  })

  it.each([
    [-10, 'just now'],
    [0, 'just now'],
    [4.9, 'just now'],
    [5, '5 s ago'],
    [59.9, '59 s ago'],
    [60, '1 min ago'],
    [3_599, '59 min ago'],
    [3_600, '1 h ago'],
    [86_399, '23 h ago'],
    [86_400, '1 d ago'],
    [86_400 * 14 - 1, '13 d ago'],
  ])('since %d seconds ago is "%s"', (seconds, text) => {
    const nowMs = Date.UTC(2026, 0, 31, 12)
    expect(agoText(nowMs - seconds * 1_000, nowMs)).toBe(text)
  })

  it('gives the date from two weeks on', () => {
    expect(agoText(Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 0, 31, 12))).toBe('2026-01-01')
  })
})

describe('the words of a plan', () => {
  const LOAD = { mode: 'CONCURRENCY', targetConnections: 1, durationSeconds: 300, warmupSeconds: 30 } as const

  it.each([
    [loadGoalText(LOAD), '1 connection'],
    [loadGoalText({ ...LOAD, targetConnections: 1_600 }), '1,600 connections'],
    [loadGoalText({ ...LOAD, targetConnections: null }), 'connections as scaled'],
    [loadGoalText({ ...LOAD, mode: 'QPS', targetQps: 2_000 }), '2.00 k/s on a schedule'],
    [loadGoalText({ ...LOAD, mode: 'QPS' }), 'on a schedule'],
    [loadGoalText({ ...LOAD, mode: 'FIND_MAX_CONCURRENCY' }), 'find max connections'],
    [loadTimeText(LOAD), '5 min after 30 s warmup'],
    [loadTimeText({ ...LOAD, warmupSeconds: 0 }), '5 min, no warmup'],
    [spreadText(2, 32), '2 × 16 connections'],
    [spreadText(3, 3), '3 × 1 connection'],
    [spreadText(3, 16), '16 connections on 3 workers'],
    [spreadText(0, 16), '16 connections on 0 workers'],
    [mixText([80, 20]), '80/20'],
    [mixText([33.33, 66.67]), '33.3/66.7'],
    [operationWord('POINT_LOOKUP', 'POINT_LOOKUP'), 'Point lookup'],
    [operationWord('POINT_LOOKUP', null), 'Point lookup'],
    [operationWord('GENERIC_SQL', ''), 'Generic SQL'],
    [operationWord('GENERIC_SQL', 'Newest order'), 'Newest order'],
    [plainWord('MISSING_OBJECT'), 'Missing object'],
  ])('include "%s"', (text, expected) => {
    expect(text).toBe(expected)
  })
})

describe('a worker', () => {
  it.each([
    ['RUNNING', 'HEALTHY', 'Healthy', 'good'],
    ['RUNNING', 'STALE', 'Stale', 'warn'],
    ['RUNNING', 'DEAD', 'Dead', 'bad'],
    ['STARTING', 'HEALTHY', 'Starting', 'accent'],
    ['STARTING', 'DEAD', 'Dead', 'bad'],
    ['READY', 'HEALTHY', 'Ready', 'accent'],
    ['DRAINING', 'HEALTHY', 'Draining', 'accent'],
    ['COMPLETED', 'HEALTHY', 'Done', 'neutral'],
    ['COMPLETED', 'DEAD', 'Done', 'neutral'],
    ['FAILED', 'HEALTHY', 'Failed', 'bad'],
  ] as const)('that is %s and %s is called %s', (status, health, word, tone) => {
    expect(workerLook(status, health)).toMatchObject({ word, tone })
  })
})
