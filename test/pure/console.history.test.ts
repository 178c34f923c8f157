import { describe, expect, it } from 'vitest'
import type { HistoryPoint } from '../../client/src/api/documents/runFields.ts'
import { leavesGap, mergePoints } from '../../client/src/stores/historyPoints.ts'
import { type ClockOffset, nextOffset } from '../../client/src/stores/nextOffset.ts'
import { measuredOnly, newerState } from '../../client/src/stores/runState.ts'
import { at, historyOf, historyPoint, metrics, runState } from '../kit/sampleConsole.ts'

const seconds = (points: readonly HistoryPoint[]): readonly number[] => points.map(point => point.elapsedSeconds)

describe('the history of a run', () => {
  it.each([
    ['appends', [1, 2], [3], [1, 2, 3]],
    ['starts with nothing', [], [1, 2], [1, 2]],
    ['keeps what it has when nothing comes', [1, 2], [], [1, 2]],
    ['replaces the same moment', [1, 2, 3], [3, 4], [1, 2, 3, 4]],
    ['sorts what comes out of order', [1, 4], [3, 2], [1, 2, 3, 4]],
    ['takes what fills a gap', [1, 2, 5], [3, 4], [1, 2, 3, 4, 5]],
  ])('%s', (_, known, newest, expected) => {
    expect(seconds(mergePoints(historyOf(...known), historyOf(...newest)))).toEqual(expected)
  })

  it('believes the newer of two points of one moment', () => {
    const merged = mergePoints([historyPoint(1), historyPoint(2, { qps: 5 })], [historyPoint(2, { qps: 7 })])
    expect(merged.map(point => point.qps)).toEqual([100, 7])
  })

  it('leaves out a second that lies inside a merged stretch, and takes the one after it', () => {
    const merged = historyPoint(10, { intervalSeconds: 10 })
    expect(seconds(mergePoints([merged], [historyPoint(9), historyPoint(10), historyPoint(11)]))).toEqual([10, 11])
    expect(mergePoints([merged], [historyPoint(10)])).toEqual([merged])
  })

  it.each([
    [[], [1], false],
    [[], [3], true],
    [[1, 2], [], false],
    [[1, 2], [3], false],
    [[1, 2], [2], false],
    [[1, 2], [3.7], false],
    [[1, 2], [3.8], true],
    [[1, 2], [9], true],
  ])('of %j leaves a gap before %j: %s', (known, newest, expected) => {
    expect(leavesGap(historyOf(...known), historyOf(...newest))).toBe(expected)
  })
})

describe('what the server told', () => {
  it('is replaced by what it told later, not by what it told before', () => {
    const [early, late] = [runState({}, { serverNow: at(1) }), runState({}, { serverNow: at(2) })]
    expect(newerState(null, early)).toBe(early)
    expect(newerState(early, late)).toBe(late)
    expect(newerState(late, early)).toBe(late)
  })

  it.each(['COMPLETED', 'CANCELLED', 'FAILED'] as const)('stays %s once it is', status => {
    const over = runState({ status }, { serverNow: at(1) })
    const straggler = runState({ status: 'RUNNING' }, { serverNow: at(2) })
    expect(newerState(over, straggler)).toBe(over)
  })

  it('holds no figures where nothing was measured', () => {
    expect(measuredOnly(null)).toBeNull()
    expect(measuredOnly(metrics({ windowSeconds: 0, qps: 0 }))).toBeNull()
    expect(measuredOnly(metrics({ qps: 0 }))).toMatchObject({ qps: 0 })
  })
})

describe('the offset to the clock of the server', () => {
  const after = (...readings: readonly number[]): ClockOffset | null =>
    readings.reduce<ClockOffset | null>((known, reading) => nextOffset(known, reading), null)

  it.each([
    ['is the first reading', [100], 100],
    ['is the greatest: an answer is late, never early', [100, 140, 90], 140],
    ['ignores a slow answer', [100, -5_000], 100],
    ['ignores two slow answers', [100, -5_000, -5_000], 100],
    ['starts anew after three: the local clock jumped', [100, -5_000, -5_000, -5_100], -5_100],
    ['forgets slow answers when one agrees', [100, -5_000, -5_000, 90, -5_000, -5_000], 100],
    ['follows at once when the local clock was set back', [100, 9_000], 9_000],
  ])('%s', (_, readings, expected) => {
    expect(after(...readings)?.offsetMs).toBe(expected)
  })
})
