import type { Advanced, Load, Plan } from '@flakebench/contract'
import { soundPlan } from './templateInput.ts'

export interface PlanChange extends Partial<Omit<Plan, 'load' | 'advanced'>> {
  readonly load?: Partial<Load>
  readonly advanced?: Partial<Advanced>
}

/** A plan for tests: point lookups in a closed loop by two workers with eight connections; 2 s of warmup, 10 s of measurement. */
export const samplePlan = ({ load, advanced, ...change }: PlanChange = {}): Plan => {
  const plan = soundPlan({ load: { durationSeconds: 10, warmupSeconds: 2 } }, { workers: 2, targetConnections: 8, seed: 42 })
  return { ...plan, ...change, load: { ...plan.load, ...load }, advanced: { ...plan.advanced, ...advanced } }
}
