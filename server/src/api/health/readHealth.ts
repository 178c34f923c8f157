import { countActiveRuns, readClock } from '@flakebench/store'
import type { Actor } from '../../access/actor.ts'
import type { ApiServices } from '../context.ts'
import type { Health } from './health.type.ts'

/** Runs can be started when the control tables answer. Whoever has not signed in is told that alone. */
export const readHealth = async ({ db, version, controlDatabase }: ApiServices, { role }: Pick<Actor, 'role'>): Promise<Health> => {
  const told = { version, controlDatabase: role === null ? '' : controlDatabase }
  try {
    const [nowMs, activeRuns] = await Promise.all([readClock(db), countActiveRuns(db)])
    const more = role === null ? { serverNow: null, activeRuns: null } : { serverNow: new Date(nowMs), activeRuns }
    return { ok: true, ...told, ...more, problem: null }
  } catch (error) {
    const problem = role === null ? 'The control database does not answer' : error instanceof Error ? error.message : String(error)
    return { ok: false, ...told, serverNow: null, activeRuns: null, problem }
  }
}
