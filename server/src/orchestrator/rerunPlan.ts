import type { Plan, RunRecord } from '@flakebench/contract'
import { readPoolSet, readRunMarks, type SqlClient } from '@flakebench/store'
import { invalid, Refusal } from '../refusal.ts'
import type { CheckTarget } from './checkTarget.ts'

/**
 * The frozen plan of a run, seed and all, for a run that does the same once more.
 * @throws Refusal when it cannot: its target is not there any more, or its value pools are not
 */
export const rerunPlan = async (db: SqlClient, run: RunRecord, checkTarget: CheckTarget): Promise<Plan> => {
  const marks = (await readRunMarks(db, [run.id])).get(run.id)
  if (marks != null && marks.importedAtMs !== null) {
    throw new Refusal(
      'WRONG_STATE',
      'This run was brought in from another installation, whose connection is not known here: prepare one of a template',
    )
  }
  const problems = [...(await checkTarget(run.plan.target))]
  const { poolSetId } = run.plan
  if (poolSetId !== null && (await readPoolSet(db, poolSetId))?.status !== 'READY') {
    const message = 'The value pools that it drew from are not there any more: rerun it with its latest template'
    problems.push({ path: 'poolSetId', message })
  }
  if (problems.length > 0) throw invalid(`The run "${run.name}"`, problems)
  return run.plan
}

/** @throws Refusal for a run that was deleted */
export const refuseDeleted = async (db: SqlClient, run: RunRecord): Promise<void> => {
  const marks = (await readRunMarks(db, [run.id])).get(run.id)
  if (marks != null && marks.deletedAtMs !== null) throw new Refusal('WRONG_STATE', 'This run was deleted: restore it first')
}
