import { countActiveRuns, readClock } from '@flakebench/store'
import type { ApiServices } from '../context.ts'
import type { Health } from './health.type.ts'

/** Runs can be started when the control tables answer. */
export const readHealth = async ({ db, version, controlDatabase }: ApiServices): Promise<Health> => {
  try {
    const [nowMs, activeRuns] = await Promise.all([readClock(db), countActiveRuns(db)])
    return { ok: true, version, controlDatabase, serverNow: new Date(nowMs), activeRuns, problem: null }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { ok: false, version, controlDatabase, serverNow: null, activeRuns: null, problem }
  }
}
