import type { Plan, RunRecord } from '@flakebench/contract'
import { insertRun, insertTemplate, newId, readRun, type SqlClient } from '@flakebench/store'
import { type PlanChange, samplePlan } from './samplePlan.ts'
import { SMALLEST, soundTemplate } from './templateInput.ts'

/** A template in the control tables, and a plan of it. */
export const storeTemplate = async (db: SqlClient, change: PlanChange = {}): Promise<Plan> => {
  const templateId = newId()
  await insertTemplate(db, templateId, soundTemplate(SMALLEST))
  return samplePlan({ ...change, templateId, templateVersion: 1 })
}

/** A PREPARED run in the control tables, with a template of its own unless a stored plan is given. */
export const storeRun = async (db: SqlClient, plan?: Plan, name = 'orders'): Promise<RunRecord> => {
  const runId = newId()
  await insertRun(db, runId, name, plan ?? (await storeTemplate(db)))
  return readRunNow(db, runId)
}

/** The run as the tables have it. */
export const readRunNow = async (db: SqlClient, runId: string): Promise<RunRecord> => {
  const run = await readRun(db, runId)
  if (run === null) throw new Error(`there is no run ${runId}`)
  return run
}
