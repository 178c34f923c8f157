import type { ArrivalResult, Plan, Result } from '@flakebench/contract'
import type { Trial } from '../../server/src/decide/compare/trial.ts'
import type { Verdict } from '../../server/src/decide/compare/verdict.ts'
import { type ImaginedSystem, imagineEvidence } from './imaginedEvidence.ts'
import { trialOf, verdictsOf } from './imaginedTrial.ts'
import { samplePlan } from './samplePlan.ts'
import { VERDICT_MODELS } from './verdictRates.ts'

/** Three minutes of a calm system without failures. */
export const STEADY: ImaginedSystem = { ...(VERDICT_MODELS[0]?.system as ImaginedSystem), seconds: 180, errorRate: 0 }

/** A run of it, called `run <id>`. @param worse a fraction by which it is slower */
export const steadyTrial = (id: string, worse = 0, change: Parameters<typeof trialOf>[2] = {}, system = STEADY): Trial =>
  trialOf(id, imagineEvidence(system, Number(id), worse), change)

export const withResult = (own: Trial, change: Partial<Result>): Trial => ({
  ...own,
  result: own.result === null ? null : { ...own.result, ...change },
})

/** What is said of the second against the first. */
export const saying = (baseline: Trial, candidate: Trial, metric = 'P95'): Verdict => {
  const verdict = verdictsOf([baseline], [candidate]).get(metric)
  if (verdict === undefined) throw new Error(`no verdict of ${metric}`)
  return verdict
}

/** Of an open loop that was sent as it was planned. */
export const ARRIVALS: ArrivalResult = {
  planned: 100_000,
  started: 100_000,
  late: 0,
  missed: 0,
  unassigned: 0,
  achievedRate: 400,
  serviceP50Ms: 1,
  serviceP95Ms: 2,
  serviceP99Ms: 3,
  clockErrorP50Ms: 0,
  clockErrorP99Ms: 0,
}
export const rated = (targetQps: number): Plan => samplePlan({ load: { mode: 'QPS', targetQps } })
