import { OPERATION_KINDS, type WorkerSnapshot } from '@flakebench/contract'
import { BUSY_CLIENT, EASY_CLIENT, sampleKind, sampleSnapshot } from './sampleSnapshot.ts'
import type { Seeded } from './seeded.ts'

/** Latencies as databases have them: most alike, a few very long. */
export const someLatencies = (random: Seeded, count: number): number[] =>
  Array.from({ length: count }, () => Math.exp(random.normal() + (random.fraction() < 0.02 ? 4 : 0)))

/** A worker's interval in which a random mix of operations ended, some of them failed. */
export const someSnapshot = (random: Seeded, change: Partial<WorkerSnapshot>): WorkerSnapshot => {
  const byKind = OPERATION_KINDS.filter(() => random.fraction() < 0.6).map(kind =>
    sampleKind(someLatencies(random, random.whole(0, 40)), random.whole(0, 3), kind),
  )
  return sampleSnapshot({
    byKind,
    retriedOperations: random.whole(0, 3),
    cutOff: random.whole(0, 3),
    activeConnections: random.whole(0, 9),
    client: random.fraction() < 0.2 ? BUSY_CLIENT : EASY_CLIENT,
    ...change,
  })
}

/** What a fleet wrote in a run of two warmup intervals and some more: each worker a snapshot an interval, the last ones of what was left over. */
export const someRun = (random: Seeded, workers: number, intervals: number): WorkerSnapshot[] =>
  Array.from({ length: workers }, (_, workerGroupId) =>
    Array.from({ length: intervals + 1 }, (_, intervalIndex) => {
      const change = { workerGroupId, workerGroupCount: workers, intervalIndex }
      if (intervalIndex < intervals) return someSnapshot(random, change)
      return sampleSnapshot({ ...change, phase: 'PROCESSING', cutOff: random.whole(0, 5), started: 0 })
    }),
  ).flat()

/** The same in another order. */
export const shuffled = <T>(random: Seeded, all: readonly T[]): T[] => {
  const order = [...all]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.whole(0, i)
    ;[order[i], order[j]] = [order[j] as T, order[i] as T]
  }
  return order
}

/** The same in portions of one to five. */
export const inPortions = <T>(random: Seeded, all: readonly T[]): T[][] => {
  const portions: T[][] = []
  for (let i = 0; i < all.length; i += portions.at(-1)?.length ?? 0) portions.push(all.slice(i, i + random.whole(1, 5)))
  return portions
}

/** The value that so many percent of the samples do not exceed: nearest rank. */
export const exactPercentile = (samples: readonly number[], percent: number): number => {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] as number
}
