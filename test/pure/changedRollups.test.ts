import { startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { ChangedRollups } from '../../server/src/decide/changedRollups.ts'
import { rollUp } from '../../server/src/decide/rollUp.ts'
import { ofSome } from '../kit/sampleLedger.ts'

beforeAll(() => startHistograms())

const rollup = (index: number, operations = 1) => rollUp(null, [ofSome(0, index, operations)], 1)

describe('what an update shows of the intervals', () => {
  it('is the newest at first, and then those too that are not as they were shown, for a few seconds', () => {
    const shown = new ChangedRollups()
    const all = Array.from({ length: 6 }, (_, index) => rollup(index))
    const pick = (atMs: number) => shown.pick(all, 2, atMs).map(one => [one.intervalIndex, one.operations])
    const newest = [
      [4, 1],
      [5, 1],
    ]
    expect(pick(0)).toEqual(newest)
    all[1] = rollup(1, 9)
    expect(pick(1_000)).toEqual([[1, 9], ...newest])
    expect(pick(5_999)).toEqual([[1, 9], ...newest])
    expect(pick(6_000)).toEqual(newest)
  })

  it('has every interval that could not be shown before, however many come at once', () => {
    const shown = new ChangedRollups()
    const all = Array.from({ length: 10 }, (_, index) => rollup(index))
    shown.pick(all.slice(0, 2), 3, 0)
    expect(shown.pick(all, 3, 8_000).map(one => one.intervalIndex)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
})
