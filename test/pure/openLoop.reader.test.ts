import { type ArrivalPlan, type ArrivalShare, arrivalsOf } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { ArrivalReader } from '../../worker/src/pace/arrivalReader.ts'
import { MomentQueue } from '../../worker/src/pace/momentQueue.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

const WORKER = 'worker-0'
const MINE: readonly ArrivalShare[] = [{ fromMs: 0, parts: { [WORKER]: 1 } }]
const HUNDRED: ArrivalPlan = { rate: 100, arrival: 'CONSTANT', seed: 1 }

const JOINED: readonly ArrivalShare[] = [...MINE, { fromMs: 100, parts: { [WORKER]: 1, 'worker-1': 1 } }]

/** All that is due by then. */
const takeUntil = (reader: ArrivalReader, nowMs: number): number[] => {
  const taken: number[] = []
  while (reader.nextMs <= nowMs) taken.push(reader.take())
  return taken
}
const readerOf = (workerId: string, plan = HUNDRED): ArrivalReader => new ArrivalReader(plan, workerId, () => undefined)

describe('the reader of a worker’s arrivals', () => {
  it('keeps to what was read when a change is heard of too late', () => {
    const read: number[] = []
    const reader = new ArrivalReader(HUNDRED, WORKER, atMs => read.push(atMs))
    reader.setShares(MINE, -100)
    for (let i = 0; i < 5; i++) reader.take()
    reader.setShares([...MINE, { fromMs: 20, parts: { [WORKER]: 1, 'worker-1': 1 } }], 40)
    expect([reader.take(), reader.take()]).toEqual([60, 80])
    expect(read).toEqual([0, 10, 20, 30, 40, 60, 80])
  })

  it('gives what was read ahead before all else', () => {
    const reader = readerOf(WORKER)
    reader.setShares(MINE, 0)
    reader.readBefore(25)
    expect(reader.waiting).toBe(3)
    reader.setShares([...MINE, { fromMs: 25, parts: { 'worker-1': 1 } }], 25)
    expect([reader.take(), reader.take(), reader.take()]).toEqual([0, 10, 20])
    expect(reader.nextMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('takes nothing of the past for its own when it hears of its first share too late: others have sent it', () => {
    const joiner = readerOf('worker-1')
    joiner.setShares(MINE, 0)
    expect(joiner.nextMs).toBe(Number.POSITIVE_INFINITY)
    joiner.setShares(JOINED, 3_100)
    expect(takeUntil(joiner, 3_160)).toEqual([3_110, 3_130, 3_150])
  })

  it('takes nothing of the past either when the first it ever hears is that others had it', () => {
    const joiner = readerOf('worker-1')
    joiner.setShares(JOINED, 3_100)
    expect(takeUntil(joiner, 3_160)).toEqual([3_110, 3_130, 3_150])
  })

  it('makes up for what has been its own from the start, when it begins late', () => {
    const reader = readerOf(WORKER)
    reader.setShares(MINE, 35)
    expect(takeUntil(reader, 50)).toEqual([0, 10, 20, 30, 40, 50])
    const changed = readerOf(WORKER)
    changed.setShares(JOINED, 145)
    expect(takeUntil(changed, 190)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180])
  })

  it('takes of what is due when it hears of a change only what is still its own', () => {
    const reader = readerOf(WORKER)
    reader.setShares(MINE, 0)
    expect(takeUntil(reader, 55)).toHaveLength(6)
    reader.setShares(JOINED, 145)
    expect(takeUntil(reader, 185)).toEqual([60, 70, 80, 90, 100, 120, 140, 160, 180])
  })

  it('is not put out by shares that are over being left out of the list', () => {
    const all = [...JOINED, { fromMs: 200, parts: { 'worker-1': 1 } }, { fromMs: 300, parts: { [WORKER]: 1, 'worker-1': 1 } }]
    const reader = readerOf(WORKER)
    reader.setShares(all, 0)
    expect(takeUntil(reader, 335).at(-1)).toBe(320)
    reader.setShares([...MINE, ...all.slice(3), { fromMs: 400, parts: { [WORKER]: 1 } }], 355)
    expect(takeUntil(reader, 420)).toEqual([340, 360, 380, 400, 410, 420])
  })

  it('reads an arrival that another reads only where both hear too late of a change, and leaves one to nobody only where it hears too late', () => {
    forAll(random => {
      const plan: ArrivalPlan = { rate: 400, arrival: random.pick(['CONSTANT', 'POISSON'] as const), seed: random.whole(0, 99) }
      const before: ArrivalShare = { fromMs: 0, parts: anyParts(random) }
      const after: ArrivalShare = { fromMs: 500, parts: anyParts(random) }
      const workers = ['worker-0', 'worker-1', 'worker-2'].map(workerId => ({
        workerId,
        reader: readerOf(workerId, plan),
        hearsAtMs: random.whole(1, 1_000),
        hasHeard: false,
      }))
      const readBy = new Map<number, string[]>()
      const look = ({ workerId, reader }: (typeof workers)[number], nowMs: number): void => {
        for (const atMs of takeUntil(reader, nowMs)) readBy.set(atMs, [...(readBy.get(atMs) ?? []), workerId])
      }
      for (const { reader } of workers) reader.setShares([before], -100)
      for (let nowMs = 0; nowMs <= 1_500; nowMs += 5) {
        for (const worker of workers) {
          if (!worker.hasHeard && worker.hearsAtMs <= nowMs) {
            worker.hasHeard = true
            look(worker, worker.hearsAtMs)
            worker.reader.setShares([before, after], worker.hearsAtMs)
          }
          look(worker, nowMs)
        }
      }
      const ownerOf = (shares: readonly ArrivalShare[]): Map<number, string> =>
        new Map(workers.flatMap(({ workerId }) => listUntil(plan, shares, workerId, 1_500).map(atMs => [atMs, workerId])))
      const [old, now] = [ownerOf([before]), ownerOf([before, after])]
      const hearsAtMs = (workerId: string): number => workers.find(one => one.workerId === workerId)?.hearsAtMs ?? 0
      for (const [atMs, owner] of now) {
        const loser = old.get(atMs) as string
        const isKept = loser === owner
        const expected = [
          ...(!isKept && atMs >= 500 && atMs <= hearsAtMs(loser) ? [loser] : []),
          ...(isKept || atMs >= hearsAtMs(owner) ? [owner] : []),
        ]
        expect([...(readBy.get(atMs) ?? [])].sort(), `the arrival at ${atMs}`).toEqual(expected.sort())
      }
      expect([...readBy.keys()].filter(atMs => !now.has(atMs))).toEqual([])
    }, 40)
  })
})

const listUntil = (plan: ArrivalPlan, shares: readonly ArrivalShare[], workerId: string, untilMs: number): number[] => {
  const arrivals = arrivalsOf(plan, shares, workerId, 0)
  const all: number[] = []
  for (let atMs = arrivals.next(); atMs <= untilMs; atMs = arrivals.next()) all.push(atMs)
  return all
}
const anyParts = (random: Seeded): Record<string, number> =>
  Object.fromEntries(Array.from({ length: random.whole(1, 3) }, () => [`worker-${random.whole(0, 2)}`, random.whole(1, 3)]))

describe('a queue of moments', () => {
  it('gives back what was put in, in its order', () => {
    forAll(random => {
      const queue = new MomentQueue()
      const model: number[] = []
      for (let i = 0; i < 500; i++) {
        const chance = random.fraction()
        if (chance < 0.6) {
          queue.push(i)
          model.push(i)
        } else if (chance < 0.7) {
          queue.pushFirst(i)
          model.unshift(i)
        } else if (model.length > 0) expect(queue.shift()).toBe(model.shift())
        expect([queue.length, queue.first]).toEqual([model.length, model[0] ?? Number.POSITIVE_INFINITY])
      }
    }, 20)
  })
})
