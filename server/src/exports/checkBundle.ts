import { completePlan, describePlan, fingerprintOf, OPERATION_KINDS, type Plan } from '@flakebench/contract'
import { faultOfRunRow, INTERVALS_TABLE, RESULTS_TABLE, type Row, type RowCounts, RUNS_TABLE } from '@flakebench/store'
import type { BundleHead } from './bundle.ts'
import { type BundleRow, badBundle, readBundle } from './readBundle.ts'
import { faultOfRow, LONGEST_RUN_MS } from './rowRules.ts'

/** A bundle of which every row was found to be as it should be. */
export interface CheckedBundle {
  readonly head: BundleHead
  /** The run's own row, and those of its results: they are kept last. */
  readonly run: Row
  readonly results: readonly Row[]
  readonly counts: RowCounts
}

/** Of a run with more workers than any has. */
const MOST_RESULTS = 1_001

/** Where the intervals of a bundle are, all together. */
interface IntervalReach {
  lastIndex: number
  endMs: number
  longestMs: number
}

/** Reads all of a bundle and checks each row by itself and against the run, before anything is kept. @throws Refusal with the first thing that is wrong */
export const checkBundle = async (path: string): Promise<CheckedBundle> => {
  let head: BundleHead | null = null
  let run: Row | null = null
  const results: Row[] = []
  const counts: Record<string, number> = {}
  const reach: IntervalReach = { lastIndex: 0, endMs: 0, longestMs: 0 }
  const rows = readBundle(path, found => {
    head = found
  })
  for await (const one of rows) {
    const row = checkRow(one, (head as unknown as BundleHead).runId)
    counts[one.table.name] = (counts[one.table.name] ?? 0) + 1
    if (one.table === INTERVALS_TABLE) extend(reach, row)
    if (one.table.name === RESULTS_TABLE.name) results.push(row)
    if (results.length > MOST_RESULTS) throw badBundle('it holds more results than a run has workers')
    if (one.table.name !== RUNS_TABLE.name) continue
    if (run !== null) throw badBundle('it holds more than one run')
    run = row
  }
  if (head === null || run === null) throw badBundle('the row of the run itself is missing')
  const { runId } = head as BundleHead
  checkResults(results, runId)
  checkReach(reach, checkPlan(run['scenario_config']))
  return { head, run, results, counts }
}

const checkRow = ({ line, table, row }: BundleRow, runId: string): Row => {
  const fault = faultOfRunRow(table, row, runId) ?? faultOfRow(table.name, row as Row)
  if (fault !== null) throw badBundle(`line ${line}, of ${table.name}: ${fault}`)
  return row as Row
}

const extend = (reach: IntervalReach, row: Row): void => {
  const [startMs, endMs] = [row['start_ms'] as number, row['end_ms'] as number]
  reach.lastIndex = Math.max(reach.lastIndex, row['interval_index'] as number)
  reach.endMs = Math.max(reach.endMs, endMs)
  reach.longestMs = Math.max(reach.longestMs, endMs - startMs)
}

const checkResults = (results: readonly Row[], runId: string): void => {
  const ids = new Set(results.map(row => row['test_id']))
  if (ids.size !== results.length) throw badBundle('it holds a result twice')
  if (!ids.has(runId)) throw badBundle('the result of the run itself is missing')
  for (const row of results) {
    const workerId = row['worker_id'] ?? null
    if (row['test_id'] !== (workerId === null ? runId : `${runId}/${String(workerId)}`))
      throw badBundle('it holds a result of something else')
  }
}

/** What every page of a run makes of its plan. */
const checkPlan = (kept: unknown): Plan => {
  try {
    const plan = completePlan(kept as Plan)
    if (!plan.operations.every(({ kind }) => OPERATION_KINDS.includes(kind))) throw new TypeError('a kind is none')
    describePlan(plan)
    fingerprintOf(plan)
    return plan
  } catch {
    throw badBundle('its plan is no plan of a run')
  }
}

/** Of an interval, for what is reckoned in fractions. */
const SLACK_MS = 1

/** Figures are made over all the time that the intervals span, in steps of the plan's interval: neither may be anything. */
const checkReach = ({ lastIndex, endMs, longestMs }: IntervalReach, { load, advanced }: Plan): void => {
  const intervalMs = advanced.metricsIntervalSeconds * 1_000
  const warmupMs = load.warmupSeconds * 1_000
  const lengthMs = load.mode === 'FIND_MAX_CONCURRENCY' ? LONGEST_RUN_MS : warmupMs + load.durationSeconds * 1_000
  const mostIndex = Math.ceil(warmupMs / intervalMs) + Math.ceil((lengthMs - warmupMs) / intervalMs)
  if (endMs > lengthMs + intervalMs || longestMs > intervalMs + SLACK_MS || lastIndex > mostIndex)
    throw badBundle('it holds intervals that are not of its plan: longer, or beyond its end')
}
