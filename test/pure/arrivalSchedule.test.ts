import { type ArrivalPlan, type ArrivalShare, arrivalPlanOf, arrivalsOf, countArrivals } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { samplePlan } from '../kit/samplePlan.ts'
import { forAll, type Seeded, seeded } from '../kit/seeded.ts'

const EVERYBODY = 'the whole run'
const ALL: readonly ArrivalShare[] = [{ fromMs: 0, parts: { [EVERYBODY]: 1 } }]

/** A worker's arrivals in [fromMs, toMs). */
const listArrivals = (plan: ArrivalPlan, shares: readonly ArrivalShare[], workerId: string, fromMs: number, toMs: number): number[] => {
  const arrivals = arrivalsOf(plan, shares, workerId, fromMs)
  const all: number[] = []
  for (let atMs = arrivals.next(); atMs < toMs; atMs = arrivals.next()) all.push(atMs)
  return all
}
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

const anyPlan = (random: Seeded): ArrivalPlan => ({
  rate: random.pick([0.5, 3, 7.3, 100, 333.33, 1_000, 5_000]),
  arrival: random.pick(['CONSTANT', 'POISSON'] as const),
  seed: random.whole(0, 2 ** 31 - 1),
})

/** Up to five workers with any parts, which change up to four times. */
const anyShares = (random: Seeded): ArrivalShare[] => {
  let fromMs = 0
  return Array.from({ length: random.whole(1, 5) }, () => {
    const workers = Array.from({ length: random.whole(1, 5) }, () => [`worker-${random.whole(0, 11)}`, random.whole(1, 9)] as const)
    const share = { fromMs, parts: Object.fromEntries(workers) }
    fromMs += random.fraction() * 700
    return share
  })
}

describe('the arrivals of an open loop', () => {
  it('are those of a plan with a rate, and of no other', () => {
    const load = { mode: 'QPS', targetQps: 250, arrival: 'POISSON' } as const
    expect(arrivalPlanOf(samplePlan({ load, seed: 5 }))).toEqual({ rate: 250, arrival: 'POISSON', seed: 5 })
    expect(arrivalPlanOf(samplePlan())).toBeNull()
  })

  it('come at n·1000/rate where they are constant', () => {
    const plan: ArrivalPlan = { rate: 400, arrival: 'CONSTANT', seed: 1 }
    expect(listArrivals(plan, ALL, EVERYBODY, 0, 10)).toEqual([0, 2.5, 5, 7.5])
    expect(listArrivals(plan, ALL, EVERYBODY, 2.5, 5)).toEqual([2.5])
    expect(countArrivals(plan, 0, 60_000)).toBe(24_000)
    expect(countArrivals(plan, 0, 60_000.1)).toBe(24_001)
  })

  it('are as many as are counted, from any moment on', () => {
    forAll(random => {
      const plan = anyPlan(random)
      const fromMs = random.pick([0, 100, 1_234.5, random.fraction() * 5_000])
      const toMs = fromMs + random.pick([0, 1, 100, random.fraction() * 2_000])
      const all = listArrivals(plan, ALL, EVERYBODY, fromMs, toMs)
      expect(all.length).toBe(countArrivals(plan, fromMs, toMs))
      expect(all).toEqual(ascending(all))
      if (all.length > 0) expect(all[0]).toBeGreaterThanOrEqual(fromMs)
    })
  })

  it('are counted in parts as they are together', () => {
    forAll(random => {
      const plan = anyPlan(random)
      const [a = 0, b = 0, c = 0] = ascending([random.fraction() * 3_000, random.whole(0, 30) * 100, random.fraction() * 3_000])
      expect(countArrivals(plan, a, b) + countArrivals(plan, b, c)).toBe(countArrivals(plan, a, c))
    })
  })

  it('are each exactly one worker’s, whatever their parts are and however they change', () => {
    forAll(random => {
      const plan = anyPlan(random)
      const shares = anyShares(random)
      const toMs = (shares.at(-1)?.fromMs ?? 0) + 400
      const workers = new Set(shares.flatMap(({ parts }) => Object.keys(parts)))
      const own = [...workers].flatMap(workerId => listArrivals(plan, shares, workerId, 0, toMs))
      expect(ascending(own)).toEqual(listArrivals(plan, ALL, EVERYBODY, 0, toMs))
    })
  })

  it('are read from the middle as they are from the start', () => {
    forAll(random => {
      const plan = anyPlan(random)
      const shares = anyShares(random)
      const fromMs = random.fraction() * 2_000
      const fromStart = listArrivals(plan, shares, 'worker-1', 0, 3_000).filter(atMs => atMs >= fromMs)
      expect(listArrivals(plan, shares, 'worker-1', fromMs, 3_000)).toEqual(fromStart)
    })
  })

  it.each(['CONSTANT', 'POISSON'] as const)('go round in proportion to the parts (%s)', arrival => {
    const plan: ArrivalPlan = { rate: 2_000, arrival, seed: 7 }
    const shares = [{ fromMs: 0, parts: { 'worker-0': 1, 'worker-2': 3, 'worker-10': 4 } }]
    const counts = ['worker-0', 'worker-2', 'worker-10'].map(id => listArrivals(plan, shares, id, 0, 20_000).length)
    const total = countArrivals(plan, 0, 20_000)
    for (const [i, part] of [1, 3, 4].entries()) expect(Math.abs((counts[i] ?? 0) / total - part / 8)).toBeLessThan(0.002)
  })

  it('belong to nobody before the first share, and to a worker only as long as it has a part', () => {
    const plan: ArrivalPlan = { rate: 10, arrival: 'CONSTANT', seed: 1 }
    const shares = [
      { fromMs: 300, parts: { a: 1 } },
      { fromMs: 500, parts: { b: 1 } },
      { fromMs: 800, parts: { a: 2 } },
      { fromMs: 1_000, parts: { b: 1 } },
    ]
    expect(listArrivals(plan, shares, 'a', 0, 10_000)).toEqual([300, 400, 800, 900])
    expect(arrivalsOf(plan, shares, 'c', 0).next()).toBe(Number.POSITIVE_INFINITY)
    expect(arrivalsOf(plan, [], 'a', 0).next()).toBe(Number.POSITIVE_INFINITY)
  })

  it('do not look at shares that are over', () => {
    const over = (fromMs: number): ArrivalShare => ({
      fromMs,
      get parts() {
        return expect.fail('it is over')
      },
    })
    const plan: ArrivalPlan = { rate: 10, arrival: 'CONSTANT', seed: 1 }
    const shares = [over(0), over(100), { fromMs: 300, parts: { a: 1 } }]
    expect(arrivalsOf(plan, shares, 'a', 300).next()).toBe(300)
  })

  it('follow the later of two shares from the same moment', () => {
    const plan: ArrivalPlan = { rate: 10, arrival: 'CONSTANT', seed: 1 }
    const shares = [
      { fromMs: 0, parts: { a: 1 } },
      { fromMs: 0, parts: { b: 1 } },
    ]
    expect(arrivalsOf(plan, shares, 'a', 0).next()).toBe(Number.POSITIVE_INFINITY)
    expect(arrivalsOf(plan, shares, 'b', 0).next()).toBe(0)
  })
})

describe('Poisson arrivals', () => {
  const list = (rate: number, seed: number, toMs: number): number[] =>
    listArrivals({ rate, arrival: 'POISSON', seed }, ALL, EVERYBODY, 0, toMs)

  it('are the same for the same seed, and others for another', () => {
    expect(list(100, 1, 5_000)).toEqual(list(100, 1, 5_000))
    expect(list(100, 1, 5_000)).not.toEqual(list(100, 2, 5_000))
  })

  it.each([20, 95, 105, 1_000, 20_000])('have the mean and the variance of %i per second', rate => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const windows = 4_000
    const windowMs = 100
    const counts = new Array<number>(windows).fill(0)
    const plan: ArrivalPlan = { rate, arrival: 'POISSON', seed }
    for (let i = 0; i < windows; i++) counts[i] = countArrivals(plan, i * windowMs, (i + 1) * windowMs)
    const expected = (rate * windowMs) / 1_000
    const mean = counts.reduce((sum, count) => sum + count, 0) / windows
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (windows - 1)
    const words = `seed ${seed}: mean ${mean}, variance ${variance}, both should be ${expected}`
    // Five standard deviations: of the mean, and of the variance of a Poisson distribution.
    expect(Math.abs(mean - expected), words).toBeLessThan(5 * Math.sqrt(expected / windows))
    expect(Math.abs(variance - expected), words).toBeLessThan(5 * Math.sqrt((expected + 2 * expected ** 2) / windows))
  })

  it('have gaps of an exponential distribution', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const all = list(500, seed, 60_000)
    const gaps = ascending(all.slice(1).map((atMs, i) => (atMs - (all[i] as number)) / 2))
    // The largest distance between the distributions (Kolmogorov and Smirnov), which exceeds 3/√n once in thirty million times.
    const distance = Math.max(...gaps.map((gap, i) => Math.abs(1 - Math.exp(-gap) - (i + 0.5) / gaps.length)))
    expect(distance, `seed ${seed}`).toBeLessThan(3 / Math.sqrt(gaps.length))
  })

  it('say nothing of each other in neighbouring blocks and seeds', () => {
    const random = seeded(Math.floor(Math.random() * 2 ** 31))
    const seed = random.whole(0, 2 ** 30)
    const counts = Array.from({ length: 5_000 }, (_, i) =>
      [0, 1].map(more => countArrivals({ rate: 1_000, arrival: 'POISSON', seed: seed + more }, i * 100, (i + 1) * 100) - 100),
    )
    const together = (a: number, b: number, lag: number): number =>
      counts.slice(lag).reduce((sum, pair, i) => sum + (pair[a] as number) * (counts[i]?.[b] as number), 0) / (counts.length * 100)
    for (const correlation of [together(0, 0, 1), together(0, 1, 0), together(0, 1, 1)]) {
      expect(Math.abs(correlation), `seed ${seed}`).toBeLessThan(5 / Math.sqrt(counts.length))
    }
  })
})
