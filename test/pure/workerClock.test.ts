import { describe, expect, it } from 'vitest'
import { type ClockEstimate, decideClock } from '../../worker/src/control/decideClock.ts'

const estimate = (takenAtMs: number, uncertaintyMs: number): ClockEstimate => ({ offsetMs: takenAtMs, uncertaintyMs, takenAtMs })

describe("a worker's idea of the database's clock at the start", () => {
  it.each([
    { what: 'the only one', estimates: [estimate(0, 1)], nowMs: 90_000, best: 0 },
    {
      what: 'the most certain one',
      estimates: [estimate(1_000, 0.5), estimate(3_000, 0.1), estimate(5_000, 0.4)],
      nowMs: 6_000,
      best: 3_000,
    },
    { what: 'the newest of equals', estimates: [estimate(1_000, 0.5), estimate(3_000, 0.5)], nowMs: 6_000, best: 3_000 },
    { what: 'none that is older than ten seconds', estimates: [estimate(1_000, 0.1), estimate(9_000, 4)], nowMs: 11_001, best: 9_000 },
    { what: 'the newest where all are old', estimates: [estimate(1_000, 0.1), estimate(2_000, 4)], nowMs: 60_000, best: 2_000 },
  ])('is $what', ({ estimates, nowMs, best }) => {
    expect(decideClock(estimates, nowMs).takenAtMs).toBe(best)
  })
})
