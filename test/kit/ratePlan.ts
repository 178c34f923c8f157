import type { Load, LoadLimits, Plan, Scaling } from '@flakebench/contract'
import { samplePlan } from './samplePlan.ts'

export interface RateChange {
  readonly load?: Partial<Load>
  readonly scaling?: Partial<Scaling>
  readonly limits?: Partial<LoadLimits>
  readonly workerCount?: number
  readonly targetConnections?: number
  readonly metricsIntervalSeconds?: number
}

/** A plan for a rate: 200 arrivals a second, constant, AUTO, begun with one worker; 5 s of warmup, 45 s of measurement; up to four workers of 200. */
export const ratePlan = ({
  load,
  scaling,
  limits,
  workerCount = 1,
  targetConnections = 10,
  metricsIntervalSeconds = 1,
}: RateChange = {}): Plan => {
  const mode = scaling?.mode ?? 'AUTO'
  const plan = samplePlan({
    workerCount,
    targetConnections,
    load: {
      mode: 'QPS',
      targetQps: 200,
      arrival: 'CONSTANT',
      warmupSeconds: 5,
      durationSeconds: 45,
      targetConnections: null,
      startingConnections: null,
      maxConnectionIncrease: null,
      ...load,
    },
    limits: { minWorkers: 1, maxWorkers: 4, minConnections: 1, maxConnections: 200, areSet: mode !== 'AUTO', ...limits },
  })
  const advanced = { ...plan.advanced, metricsIntervalSeconds }
  return { ...plan, advanced, scaling: { ...plan.scaling, mode, boundsPatienceIntervals: 3, ...scaling } }
}
