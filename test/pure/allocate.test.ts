import type { ArrivalShare, WorkerTargets } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { allocateConnections, partsOf, type Seat } from '../../server/src/decide/allocate.ts'
import { decideShares } from '../../server/src/decide/decideShares.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

const seatsOf = (...ceilings: number[]): Seat[] => ceilings.map((ceiling, i) => ({ workerId: `worker-${i}`, ceiling }))
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0)
const allocate = (total: number, ...ceilings: number[]): number[] => Object.values(allocateConnections(total, seatsOf(...ceilings), 1))

describe('connections over workers', () => {
  it('are the same for all where they can be: 5 × 200 and 2 × 500 exactly', () => {
    expect(allocate(1_000, 200, 200, 200, 200, 200)).toEqual([200, 200, 200, 200, 200])
    expect(allocate(1_000, 500, 500)).toEqual([500, 500])
    expect(allocate(1_000, 800, 800)).toEqual([500, 500])
  })

  it('differ by one, the lowest group ids first, whatever the order in which the workers come', () => {
    expect(allocate(11, 50, 50, 50, 50)).toEqual([3, 3, 3, 2])
    const seats = [10, 2, 9].map(id => ({ workerId: `worker-${id}`, ceiling: 50 }))
    expect(Object.entries(allocateConnections(4, seats, 1))).toEqual([
      ['worker-2', 2],
      ['worker-9', 1],
      ['worker-10', 1],
    ])
  })

  it('go to others where a ceiling binds, and to nobody where all do', () => {
    expect(allocate(30, 4, 50, 50)).toEqual([4, 13, 13])
    expect(allocate(300, 4, 50, 50)).toEqual([4, 50, 50])
    expect(allocate(5)).toEqual([])
  })

  it('sum to the total or to all ceilings, differ by one at most below a ceiling, and leave nobody below the least where it can be had', () => {
    forAll(random => {
      const seats = seatsOf(...Array.from({ length: random.whole(1, 12) }, () => random.whole(1, 60)))
      const total = random.whole(0, 600)
      const minEach = random.whole(1, 10)
      const targets = allocateConnections(total, seats, minEach)
      const held = seats.map(({ workerId }) => targets[workerId] as number)
      expect(sum(held)).toBe(Math.min(total, sum(seats.map(({ ceiling }) => ceiling))))
      expect(held.every((target, i) => target >= 0 && target <= (seats[i]?.ceiling ?? 0))).toBe(true)
      const free = held.filter((target, i) => target < (seats[i]?.ceiling ?? 0))
      if (free.length > 0) expect(Math.max(...held) - Math.min(...free)).toBeLessThanOrEqual(1)
      if (total >= minEach * seats.length) {
        expect(held.every((target, i) => target >= Math.min(minEach, seats[i]?.ceiling ?? 0))).toBe(true)
      }
    })
  })
})

describe('parts of the arrivals', () => {
  it('are all 1 for even targets, also for the few that differ by one, and for those that hardly differ', () => {
    expect(partsOf({ 'worker-0': 3, 'worker-1': 2 })).toEqual({ 'worker-0': 1, 'worker-1': 1 })
    expect(partsOf({ 'worker-0': 2, 'worker-1': 1, 'worker-2': 1 })).toEqual({ 'worker-0': 1, 'worker-1': 1, 'worker-2': 1 })
    expect(partsOf({ 'worker-0': 100, 'worker-1': 100 })).toEqual({ 'worker-0': 1, 'worker-1': 1 })
    expect(partsOf({ 'worker-0': 10, 'worker-1': 10, 'worker-2': 9 })).toEqual({ 'worker-0': 1, 'worker-1': 1, 'worker-2': 1 })
  })

  it('follow uneven targets in small whole numbers, and leave out who holds nothing', () => {
    expect(partsOf({ 'worker-0': 200, 'worker-1': 160 })).toEqual({ 'worker-0': 5, 'worker-1': 4 })
    expect(partsOf({ 'worker-0': 1, 'worker-1': 3 })).toEqual({ 'worker-0': 1, 'worker-1': 3 })
    expect(partsOf({ 'worker-0': 4, 'worker-1': 0 })).toEqual({ 'worker-0': 1 })
    expect(partsOf({ 'worker-0': 0 })).toEqual({})
  })

  it('are whole, and where targets differ by more than one, off by no more than 8 % for who holds at least an eighth of what another does', () => {
    forAll(random => {
      const counts = Array.from({ length: random.whole(1, 10) }, () => random.whole(10, 600))
      const parts = Object.values(partsOf(Object.fromEntries(counts.map((count, i) => [`worker-${i}`, count]))))
      for (const [i, count] of counts.entries()) {
        const wanted = count / sum(counts)
        const error = Math.abs((parts[i] as number) / sum(parts) - wanted) / wanted
        if (count * 8 > Math.max(...counts)) expect(error).toBeLessThan(0.08 + 1e-9)
        expect(Number.isInteger(parts[i]) && (parts[i] as number) > 0).toBe(true)
      }
    })
  })
})

const EVEN = { 'worker-0': 10, 'worker-1': 10 }
const partsAt = (shares: readonly ArrivalShare[], atMs: number): ArrivalShare['parts'] =>
  shares.findLast(share => share.fromMs <= atMs)?.parts ?? {}

describe('shares of the arrivals', () => {
  it('hold from the very start at first, and stay the same object as long as nobody’s part changes', () => {
    const first = decideShares(null, EVEN, -400, 500)
    expect(first).toEqual([{ fromMs: 0, parts: { 'worker-0': 1, 'worker-1': 1 } }])
    expect(decideShares(first, { 'worker-0': 20, 'worker-1': 20 }, 3_000, 500)).toBe(first)
  })

  it('change from a moment on that every worker will have heard of, also when a worker is lost', () => {
    const first = decideShares(null, EVEN, 0, 500)
    const lost = decideShares(first, { 'worker-1': 20 }, 4_000.2, 500)
    expect(lost).toEqual([...first, { fromMs: 4_501, parts: { 'worker-1': 1 } }])
  })

  it('of a change that nobody can hear of in time any more are kept, and followed by the next', () => {
    const two = decideShares(decideShares(null, EVEN, 0, 500), { 'worker-1': 20 }, 4_000, 500)
    const three = decideShares(two, { ...EVEN, 'worker-2': 10 }, 4_200, 500)
    expect(three.map(({ fromMs }) => fromMs)).toEqual([0, 4_500, 4_700])
  })

  it('of a change that all can still hear of are replaced, or taken back', () => {
    const two = decideShares(decideShares(null, EVEN, 0, 500), { 'worker-1': 20 }, 4_000, 2_000)
    expect(decideShares(two, { 'worker-0': 20 }, 4_200, 500)).toEqual([two[0], { fromMs: 4_700, parts: { 'worker-0': 1 } }])
    expect(decideShares(two, EVEN, 4_200, 500)).toEqual([two[0]])
  })

  it('do not become more with time: of those that are long over there remain those that say when a worker first had arrivals', () => {
    let shares = decideShares(null, EVEN, 0, 500)
    for (let nowMs = 1_000; nowMs <= 600_000; nowMs += 1_000) {
      const targets = { 'worker-0': nowMs % 2_000 === 0 ? 10 : 20, 'worker-1': 10, ...(nowMs > 30_000 ? { 'worker-2': 10 } : {}) }
      const before = shares
      shares = decideShares(before, targets, nowMs, 500)
      for (const atMs of [nowMs - 60_000, nowMs - 59_500, nowMs - 30_000, nowMs, nowMs + 499]) {
        if (atMs >= 0) expect(partsAt(shares, atMs), `at ${atMs}`).toEqual(partsAt(before, atMs))
      }
    }
    expect(shares.slice(0, 3).map(({ fromMs }) => fromMs)).toEqual([0, 31_500, 539_500])
    expect(shares).toHaveLength(64)
  })

  it('never change for a moment that a worker may have reached without having heard of it', () => {
    forAll(random => {
      let shares = decideShares(null, someTargets(random), 0, 500)
      const lists: { nowMs: number; marginMs: number; shares: readonly ArrivalShare[] }[] = [{ nowMs: 0, marginMs: 0, shares }]
      for (let nowMs = 0, i = 0; i < 20; i++) {
        nowMs += random.whole(1, 900)
        const marginMs = random.whole(100, 1_500)
        shares = decideShares(shares, someTargets(random), nowMs, marginMs)
        lists.push({ nowMs, marginMs, shares })
      }
      for (const [i, { shares: heard }] of lists.entries()) {
        const untilMs = Math.min(...lists.slice(i + 1).map(next => next.nowMs + next.marginMs))
        const moments = Array.from({ length: 150 }, () => random.whole(0, Math.min(untilMs, 20_000) - 1))
        expect(moments.filter(atMs => JSON.stringify(partsAt(heard, atMs)) !== JSON.stringify(partsAt(shares, atMs)))).toEqual([])
      }
      expect(shares.every((share, i) => i === 0 || share.fromMs > (shares[i - 1]?.fromMs ?? 0))).toBe(true)
    }, 100)
  })
})

const someTargets = (random: Seeded): WorkerTargets =>
  Object.fromEntries(Array.from({ length: random.whole(1, 3) }, (_, i) => [`worker-${i}`, random.whole(1, 4) * 10]))
