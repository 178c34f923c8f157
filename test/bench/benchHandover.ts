import { type LogLineRead, listFreshLogLines, listSteps, logPositionAt } from '@flakebench/store'
import { withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile, printTable, tell } from './report.ts'

/** Of a search: what a newcomer's would be, but short. No rule of it fires soon, so that it climbs. */
const SEARCH = {
  startConnections: 2,
  connectionsIncrement: 1,
  stepDurationSeconds: 5,
  latencyStabilityPercent: 1_000,
  qpsStabilityPercent: 50,
  minSamples: 20,
}
const TARGET_CHANGE = /^Target \d+ → (\d+) connections/

/** From the end of a find-max step to the moments in which its successor's target was written, and in which the workers held it. */
export const benchHandover = async ({ tries, workers, rows }: BenchOptions): Promise<void> => {
  const fleet = workers ?? 1
  tell(`${tries} steps of a search with ${fleet} ${fleet === 1 ? 'worker' : 'workers'}`)
  await withBenchServer(rows, async bench => {
    const id = await bench.prepare({ loadMode: 'FIND_MAX_CONCURRENCY', workers: fleet, warmupSeconds: 1, findMax: SEARCH })
    await bench.start(id)
    const isOver = async (): Promise<boolean> => {
      const { status, findMax } = await bench.record(id)
      return status !== 'STARTING' && (status !== 'RUNNING' || (findMax?.steps.length ?? 0) > tries)
    }
    while (!(await isOver())) await new Promise(resolve => setTimeout(resolve, 500))
    await bench.stop(id)
    await bench.end(id)
    const { startAtMs } = await bench.record(id)
    const steps = await listSteps(bench.db, id)
    const lines: LogLineRead[] = []
    let position = logPositionAt(null)
    do {
      const page = await listFreshLogLines(bench.db, id, position, { levels: null, sources: ['load'] })
      lines.push(...page.lines)
      position = page.position
    } while (position.within !== null)
    const changes = lines
      .filter(({ message }) => TARGET_CHANGE.test(message))
      .map(({ atMs }) => atMs - (startAtMs ?? Number.NaN))
      .sort((a, b) => a - b)
    const [decided, held] = [[] as number[], [] as number[]]
    for (const [i, step] of steps.entries()) {
      const next = steps[i + 1]
      if (next === undefined || next.toConnections === step.toConnections) continue
      const afterwards = changes.filter(atMs => atMs >= step.endMs && atMs < next.endMs)
      decided.push(next.startMs - step.endMs)
      held.push(afterwards.length >= fleet ? (afterwards[fleet - 1] as number) - step.endMs : Number.NaN)
    }
    const row = (name: string, values: readonly number[]): string[] => [
      name,
      ...[Math.min(...values), median(values), percentile(values, 99), Math.max(...values)].map(value => value.toFixed(1)),
    ]
    printTable(
      [`ms after the step's end (${held.length} steps)`, 'least', 'median', 'p99', 'most'],
      [row('decided', decided), row('all workers told', held)],
    )
  })
}
