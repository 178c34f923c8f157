import { describe, expect, it } from 'vitest'
import { hashOf, seededRandom } from '../../worker/src/operations/random.ts'
import { walkCycle, weightedCycle } from '../../worker/src/operations/weighted.ts'

const countOf = (cycle: Iterable<number>, kinds: number): number[] => {
  const counts = new Array<number>(kinds).fill(0)
  for (const kind of cycle) counts[kind] = (counts[kind] as number) + 1
  return counts
}

describe('the mix', () => {
  const cases: readonly (readonly number[])[] = [
    [100],
    [50, 50],
    [70, 10, 10, 10],
    [25, 25, 35, 15],
    [99.99, 0.01],
    [33.33, 33.33, 33.34],
    [12.34, 56.78, 30.88],
    [0.01, 0.02, 99.97],
  ]
  it.each(cases.map(weights => [weights] as const))('is exact over 10,000 operations from any start: %j', weights => {
    const cycle = weightedCycle(weights)
    expect(10_000 % cycle.length).toBe(0)
    for (const offset of [0, 1, 777, 9_999]) {
      const next = walkCycle(cycle, offset)
      const counts = countOf(
        Array.from({ length: 10_000 }, () => next()),
        weights.length,
      )
      expect(counts).toEqual(weights.map(weight => Math.round(weight * 100)))
    }
  })

  it('is exact for any weights with two decimals that sum to 100', () => {
    const seed = 20_261_121
    const random = seededRandom(seed, 0, 'weights')
    for (let round = 0; round < 50; round++) {
      const points: number[] = []
      let left = 10_000
      for (let kind = 0; kind < 5; kind++) {
        const take = kind === 4 ? left : random.below(left + 1)
        points.push(take)
        left -= take
      }
      const weights = points.map(point => point / 100)
      const cycle = weightedCycle(weights)
      const times = 10_000 / cycle.length
      expect(
        countOf(cycle, 5).map(count => count * times),
        `seed ${seed}, weights ${weights}`,
      ).toEqual(points)
    }
  })

  it('is reduced by its common divisor, and smooth', () => {
    expect([...weightedCycle([50, 50])]).toEqual([0, 1])
    expect([...weightedCycle([60, 20, 20])]).toEqual([0, 1, 0, 2, 0])
  })

  it('never strays from its proportions by more than one operation of a kind', () => {
    const weights = [70, 10, 12.5, 7.5]
    const counts = [0, 0, 0, 0]
    weightedCycle(weights).forEach((kind, at) => {
      counts[kind] = (counts[kind] as number) + 1
      const strayed = weights.map((weight, i) => Math.abs((counts[i] as number) - ((at + 1) * weight) / 100))
      expect(Math.max(...strayed)).toBeLessThan(1.5)
    })
  })

  it('refuses weights that are all zero', () => {
    expect(() => weightedCycle([0, 0])).toThrow('at least one weight above zero')
  })

  it('begins elsewhere for each worker', () => {
    const offsets = [0, 1, 2, 3].map(group => hashOf(`42/${group}/mix`) % 10_000)
    expect(new Set(offsets).size).toBe(4)
  })
})
