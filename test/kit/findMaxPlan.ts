import type { FindMax, Plan } from '@flakebench/contract'
import { samplePlan } from './samplePlan.ts'

/** A plan that searches in steps of 10 s after a warmup of 6 s, with intervals of 2 s; change what the test is about. */
export const findMaxPlan = (findMax: Partial<FindMax> = {}, change: Partial<Omit<Plan, 'load'>> = {}): Plan => {
  const plan = samplePlan()
  const load = { ...plan.load, mode: 'FIND_MAX_CONCURRENCY' as const, targetConnections: null, warmupSeconds: 6 }
  const usual = { ...plan.load.findMax, startConnections: 5, connectionsIncrement: 10, stepDurationSeconds: 10 }
  return {
    ...plan,
    advanced: { ...plan.advanced, metricsIntervalSeconds: 2 },
    ...change,
    load: { ...load, findMax: { ...usual, ...findMax } },
  }
}
