import { withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile, printTable, tell } from './report.ts'

/** From the moment in which startRun was accepted to the first operation of the first worker, by the database's clock. */
export const benchStart = async ({ tries, workers, rows }: BenchOptions): Promise<void> => {
  const fleet = workers ?? 1
  tell(`${tries} starts of ${fleet} ${fleet === 1 ? 'worker' : 'workers'} with 8 connections`)
  await withBenchServer(rows, async bench => {
    const [toAgreed, toFirst, skews] = [[] as number[], [] as number[], [] as number[]]
    for (let i = 0; i < tries; i++) {
      const id = await bench.prepare({ workers: fleet, targetConnections: 8, warmupSeconds: 0, durationSeconds: 1 })
      await bench.start(id)
      const { timing } = await bench.end(id)
      const { startRequestedAtMs, startAtMs } = await bench.record(id)
      const offsets = (await bench.heartbeats(id)).flatMap(({ startOffsetMs }) => startOffsetMs ?? [])
      toAgreed.push((startAtMs ?? Number.NaN) - (startRequestedAtMs ?? Number.NaN))
      toFirst.push((startAtMs ?? Number.NaN) + Math.min(...offsets) - (startRequestedAtMs ?? Number.NaN))
      skews.push(timing.startSkewMs ?? Number.NaN)
    }
    const row = (name: string, values: readonly number[]): string[] => [
      name,
      ...[Math.min(...values), median(values), percentile(values, 99), Math.max(...values)].map(value => value.toFixed(1)),
    ]
    printTable(
      ['ms', 'least', 'median', 'p99', 'most'],
      [row('startRun to the agreed start', toAgreed), row('startRun to the first operation', toFirst), row('skew between workers', skews)],
    )
  })
}
