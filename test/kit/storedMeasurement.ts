import type { ControllerStep, Evidence, Plan, Result, RunChanges, RunFigures, SliceFigures } from '@flakebench/contract'
import { claimRun, insertRun, newId, putFigure, putResult, readClock, type SqlClient, transitionRun } from '@flakebench/store'
import { runDigestOf } from '../../server/src/decide/figures/runDigest.ts'
import { sampleResult, sampleRollup } from './sampleFigures.ts'
import { readRunNow } from './storedRun.ts'

const WARMUP_MS = 2_000

const slice = (
  of: SliceFigures['slice'],
  name: string,
  { qps, p50Ms, p95Ms, p99Ms, totalOperations, failedOperations }: Result,
): SliceFigures => ({
  slice: of,
  name,
  operations: totalOperations,
  errors: failedOperations,
  errorRate: failedOperations / totalOperations,
  qps,
  achievedPercent: 100,
  plannedPercent: 100,
  p50Ms,
  p90Ms: null,
  p95Ms,
  p99Ms,
  p999Ms: null,
  minMs: null,
  maxMs: null,
  meanMs: null,
})

export interface StoredMeasurement {
  readonly evidence: Evidence
  readonly steps?: readonly ControllerStep[]
  readonly workers?: readonly string[]
  readonly result?: Partial<Result>
}

/** A run that is over, with result and figures as its processing leaves them, of a stored template. */
export const storeMeasured = async (
  db: SqlClient,
  plan: Plan,
  name: string,
  { evidence, steps = [], workers = ['worker-0'], result: change = {} }: StoredMeasurement,
): Promise<string> => {
  const id = newId()
  await insertRun(db, id, name, plan)
  const digest = runDigestOf(
    id,
    evidence,
    Array.from({ length: 3 }, () => sampleRollup({ targetConnections: plan.targetConnections })),
  )
  const { figures, seconds, operations, clientLimitedSeconds } = digest.spread
  const result = sampleResult({
    measuredSeconds: seconds,
    totalOperations: operations,
    failedOperations: Math.round(operations * (figures.ERROR_RATE?.figure ?? 0)),
    qps: figures.QPS?.figure ?? 0,
    errorRate: figures.ERROR_RATE?.figure ?? 0,
    p50Ms: figures.P50?.figure ?? null,
    p95Ms: figures.P95?.figure ?? null,
    p99Ms: figures.P99?.figure ?? null,
    meanMs: figures.MEAN?.figure ?? null,
    clientLimitedSeconds,
    ...change,
  })
  await putResult(db, id, (await claimRun(db, id, 'server-9')) as number, result)
  const startAtMs = (await readClock(db)) - WARMUP_MS - 8_000
  const set: RunChanges = {
    status: 'COMPLETED',
    phase: 'COMPLETED',
    startAtMs,
    measurementStartsAtMs: startAtMs + WARMUP_MS,
    endedAt: 'now',
  }
  const { version } = await readRunNow(db, id)
  if (!(await transitionRun(db, { runId: id, fromVersion: version, epoch: null, set, steps }))) throw new Error(`run ${id} was changed`)
  const labels = plan.operations.map(({ label }) => slice('LABEL', label, result))
  const made: Partial<RunFigures> = {
    SUMMARY: {
      slices: [slice('ALL', '', result), ...labels, ...workers.map(worker => slice('WORKER', worker, result))],
      errorGroups: [],
      areErrorsWhole: true,
    },
    DIGEST: digest,
  }
  for (const [figure, content] of Object.entries(made) as [keyof RunFigures, RunFigures[keyof RunFigures]][])
    await putFigure(db, id, null, figure, content)
  return id
}
