import type { EncodedHistogram, WorkerSnapshot } from '@flakebench/contract'
import { listSnapshotsAfter } from '@flakebench/store'
import { decodeFromCompressedBase64, type JsHistogram } from 'hdr-histogram-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import type { WholeRun } from '../kit/wholeRun.ts'

const WORKERS = 4
/** What three significant digits allow. */
const PRECISION = 0.001
const NS_PER_MS = 1_000_000

let kit: RunKit
let run: WholeRun
let measured: readonly WorkerSnapshot[]
beforeAll(async () => {
  kit = await openRunKit()
  run = await kit.run(
    { workers: WORKERS, targetConnections: 6, warmupSeconds: 1, durationSeconds: 3 },
    { name: 'Two kinds', operations: { pointLookup: { weight: 70 }, rangeScan: { weight: 30 } } },
  )
  const cursors = (await kit.heartbeats(run.id)).map(({ workerId, attempt }) => ({ workerId, attempt, sequence: -1 }))
  measured = (await listSnapshotsAfter(kit.control.db, run.id, cursors)).filter(({ phase }) => phase === 'MEASUREMENT')
})
afterAll(() => kit.close())

type Counted = readonly [valueNs: number, count: number]

/** All values of these histograms, read by the library's own walk over its buckets, smallest first. */
const unionOf = (all: readonly (EncodedHistogram | null)[]): readonly Counted[] => {
  const union: Counted[] = []
  for (const encoded of all) {
    if (encoded === null) continue
    const { recordedValuesIterator } = decodeFromCompressedBase64(encoded.hdr, 64, false) as JsHistogram
    recordedValuesIterator.reset()
    while (recordedValuesIterator.hasNext()) {
      const { valueIteratedTo, countAddedInThisIterationStep } = recordedValuesIterator.next()
      union.push([valueIteratedTo, countAddedInThisIterationStep])
    }
  }
  return union.sort(([a], [b]) => a - b)
}

const countOf = (union: readonly Counted[]): number => union.reduce((sum, [, count]) => sum + count, 0)

/** Nearest rank: the smallest value that so many percent of all do not exceed. */
const percentileMs = (union: readonly Counted[], percent: number): number => {
  let left = Math.ceil((percent / 100) * countOf(union))
  for (const [valueNs, count] of union) {
    left -= count
    if (left <= 0) return valueNs / NS_PER_MS
  }
  throw new Error('nothing was recorded')
}

const histogramsOf = (snapshots: readonly WorkerSnapshot[], kind?: string): readonly (EncodedHistogram | null)[] =>
  snapshots.flatMap(({ byKind }) => byKind.filter(one => kind === undefined || one.kind === kind).map(({ latency }) => latency))

const expectEqual = (shown: number | null | undefined, exact: number): void => {
  expect(Math.abs((shown ?? Number.NaN) - exact), `${shown} is shown, ${exact} is exact`).toBeLessThanOrEqual(exact * PRECISION)
}

describe('the percentiles of a run with four workers', () => {
  it('are those of all values that the workers recorded', () => {
    const union = unionOf(histogramsOf(measured))
    expect(new Set(measured.map(({ workerId }) => workerId)).size).toBe(WORKERS)
    expect(countOf(union)).toBe(run.result?.totalOperations)
    expectEqual(run.result?.p50Ms, percentileMs(union, 50))
    expectEqual(run.result?.p95Ms, percentileMs(union, 95))
    expectEqual(run.result?.p99Ms, percentileMs(union, 99))
    expectEqual(run.result?.p999Ms, percentileMs(union, 99.9))
    expectEqual(run.result?.maxMs, percentileMs(union, 100))
  })

  it('are so for each kind', () => {
    expect(run.result?.byKind).toHaveLength(2)
    for (const { kind, operations, p50Ms, p95Ms, p99Ms, maxMs } of run.result?.byKind ?? []) {
      const union = unionOf(histogramsOf(measured, kind))
      expect(countOf(union)).toBe(operations)
      for (const [shown, percent] of [
        [p50Ms, 50],
        [p95Ms, 95],
        [p99Ms, 99],
        [maxMs, 100],
      ] as const) {
        expectEqual(shown, percentileMs(union, percent))
      }
    }
  })

  it('are so for each second', () => {
    const points = run.history.filter(({ phase }) => phase === 'MEASUREMENT')
    expect(points).toHaveLength(3)
    for (const { elapsedSeconds, operations, p50Ms, p95Ms, p99Ms, maxMs } of points) {
      const union = unionOf(histogramsOf(measured.filter(({ endMs }) => endMs === elapsedSeconds * 1_000)))
      expect(countOf(union)).toBe(operations)
      for (const [shown, percent] of [
        [p50Ms, 50],
        [p95Ms, 95],
        [p99Ms, 99],
        [maxMs, 100],
      ] as const) {
        expectEqual(shown, percentileMs(union, percent))
      }
    }
  })
})
