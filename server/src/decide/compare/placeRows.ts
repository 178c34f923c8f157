import type { ControllerStep, StepOutcome } from '@flakebench/contract'
import type { ComparedRun } from './comparedRun.ts'

/** One step of a search for the most connections. */
export interface FindMaxCell {
  readonly qps: number | null
  readonly p95Ms: number | null
  readonly errorRate: number | null
  readonly outcome: StepOutcome
}

export interface FindMaxRow {
  readonly connections: number
  readonly cells: readonly (FindMaxCell | null)[]
}

export interface ClusterCell {
  readonly executions: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly byLabel: Readonly<Record<string, number>>
}

export interface ClusterRow {
  readonly clusterNumber: number
  readonly cells: readonly (ClusterCell | null)[]
}

export interface RunSpan {
  readonly runId: string
  readonly warmupSeconds: number
  readonly measuredSeconds: number
}

const ascending = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b)

/** Searches side by side, by connections. Where one was held twice the later counts, unless it says nothing of the database and the earlier does. */
export const findMaxRows = (runs: readonly ComparedRun[]): FindMaxRow[] => {
  const searches = runs.map(({ steps }) => steps.filter(step => step.type === 'FIND_MAX'))
  return ascending(searches.flatMap(steps => steps.map(step => step.toConnections))).map(connections => ({
    connections,
    cells: searches.map(steps => {
      const held = steps.filter(step => step.toConnections === connections)
      const step = held.findLast(({ outcome }) => !SAYS_NOTHING.has(outcome)) ?? held.at(-1)
      return step === undefined ? null : toCell(step)
    }),
  }))
}

const SAYS_NOTHING: ReadonlySet<StepOutcome> = new Set(['CLIENT_LIMITED', 'BACKED_OFF', 'WORKER_LOST', 'TOO_FEW_SAMPLES'])

const toCell = ({ observedFromMs, qps, p95Ms, errorRate, outcome }: ControllerStep): FindMaxCell =>
  observedFromMs === null ? { qps: null, p95Ms: null, errorRate: null, outcome } : { qps, p95Ms, errorRate, outcome }

/** The clusters of multi-cluster warehouses, as QUERY_HISTORY tells them. */
export const clusterRows = (runs: readonly ComparedRun[]): ClusterRow[] => {
  const all = runs.map(({ enrichments }) => enrichments.find(one => one.source === 'QUERY_HISTORY')?.content?.clusters ?? [])
  return ascending(all.flatMap(clusters => clusters.map(one => one.clusterNumber))).map(clusterNumber => ({
    clusterNumber,
    cells: all.map(clusters => clusters.find(one => one.clusterNumber === clusterNumber) ?? null),
  }))
}

const MS_PER_SECOND = 1_000

/** How long each run warmed up and was measured, so far where it is not over. */
export const runSpans = (runs: readonly ComparedRun[]): RunSpan[] =>
  runs.map(({ run, result }) => {
    const { startAtMs, measurementStartsAtMs, measurementEndsAtMs, endedAtMs, nowMs } = run
    const until = Math.min(measurementEndsAtMs ?? Number.POSITIVE_INFINITY, endedAtMs ?? nowMs)
    const soFarMs = measurementStartsAtMs === null ? 0 : Math.max(until - measurementStartsAtMs, 0)
    const warmupMs = startAtMs === null || measurementStartsAtMs === null ? 0 : Math.max(measurementStartsAtMs - startAtMs, 0)
    return { runId: run.id, warmupSeconds: warmupMs / MS_PER_SECOND, measuredSeconds: result?.measuredSeconds ?? soFarMs / MS_PER_SECOND }
  })
