import pg from 'pg'
import { until } from '../kit/processes.ts'
import { withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile, printTable, tell } from './report.ts'

const SETTLED_MS = 1_000

/** From the moment in which stopRun was accepted to the last operation that a worker sent, by the database's clock; and that none follows. */
export const benchStop = async ({ tries, workers, rows }: BenchOptions): Promise<void> => {
  const fleet = workers ?? 1
  tell(`${tries} stops of ${fleet} ${fleet === 1 ? 'worker' : 'workers'} with 8 connections`)
  await withBenchServer(rows, async bench => {
    const sut = new pg.Client({ connectionString: bench.demoUrl })
    await sut.connect()
    const readCalls = async (): Promise<number> => {
      const { rows: found } = await sut.query<{ calls: string }>(
        `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements WHERE query LIKE '%flakebench kind=%'`,
      )
      return Number(found[0]?.calls)
    }
    const [toLast, toEnd] = [[] as number[], [] as number[]]
    let [after, unaccounted] = [0, 0]
    for (let i = 0; i < tries; i++) {
      const callsBefore = await readCalls()
      const id = await bench.prepare({ workers: fleet, targetConnections: 8, warmupSeconds: 0, durationSeconds: 600 })
      await bench.start(id)
      await until(
        'operations end',
        async () => (await bench.heartbeats(id)).reduce((sum, beat) => sum + beat.operations, 0),
        ended => ended > 0,
      )
      await bench.stop(id)
      await bench.end(id)
      const calls = await readCalls()
      await new Promise(resolve => setTimeout(resolve, SETTLED_MS))
      after += (await readCalls()) - calls
      const beats = await bench.heartbeats(id)
      unaccounted += Math.abs(calls - callsBefore - beats.reduce((sum, beat) => sum + beat.operationsStarted, 0))
      const { startAtMs, stopRequestedAtMs, endedAtMs } = await bench.record(id)
      const lastSentAtMs = (startAtMs ?? Number.NaN) + Math.max(...beats.flatMap(({ lastSentOffsetMs }) => lastSentOffsetMs ?? []))
      toLast.push(lastSentAtMs - (stopRequestedAtMs ?? Number.NaN))
      toEnd.push((endedAtMs ?? Number.NaN) - (stopRequestedAtMs ?? Number.NaN))
    }
    await sut.end()
    const row = (name: string, values: readonly number[]): string[] => [
      name,
      ...[Math.min(...values), median(values), percentile(values, 99), Math.max(...values)].map(value => value.toFixed(1)),
    ]
    printTable(
      ['ms', 'least', 'median', 'p99', 'most'],
      [row('stopRun to the last operation sent', toLast), row('stopRun to the end of the run', toEnd)],
    )
    tell(`the database counted ${after} operations after the end, and ${unaccounted} more or fewer than the workers had sent`)
  })
}
