import { describe, expect, it } from 'vitest'
import { heatMapMaker } from '../../server/src/decide/figures/heatMap.ts'
import type { PhaseSpan } from '../../server/src/decide/figures/phaseSpan.ts'
import { forAll } from '../kit/seeded.ts'

describe('the heat map', () => {
  it('is done at once, whatever a run that was brought in says of its length', () => {
    for (const [endMs, intervalMs] of [
      [1e14, 1_000],
      [1e14, 1e-9],
      [86_400_000, 1e-9],
    ] as const) {
      const span: PhaseSpan = { phase: 'MEASUREMENT', intervals: 1, firstIndex: 0, lastIndex: 0, startMs: 0, endMs }
      const { columnEdgesMs } = heatMapMaker([span], 0, intervalMs).done()
      expect(columnEdgesMs.length).toBeLessThanOrEqual(241)
      expect(columnEdgesMs.at(-1)).toBe(endMs)
    }
  })

  it('makes its columns no wider than it must', () => {
    forAll(random => {
      const [warmup, measured] = [random.whole(0, 500), random.whole(1, 5_000)]
      const spans: PhaseSpan[] = [
        { phase: 'WARMUP', intervals: warmup, firstIndex: 0, lastIndex: warmup - 1, startMs: 0, endMs: 1_000 * warmup },
        {
          phase: 'MEASUREMENT',
          intervals: measured,
          firstIndex: warmup,
          lastIndex: warmup + measured - 1,
          startMs: 1_000 * warmup,
          endMs: 1_000 * (warmup + measured),
        },
      ]
      const { counts } = heatMapMaker(spans, 1_000 * warmup, 1_000).done()
      const columns = (intervals: number): number => Math.ceil(warmup / intervals) + Math.ceil(measured / intervals)
      let least = 1
      while (columns(least) > 240) least += 1
      expect(counts).toHaveLength(columns(least))
    }, 200)
  })
})
