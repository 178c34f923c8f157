import { choosePoolSet, type Problem, poolNeeds, staleBecause, type Template } from '@flakebench/contract'
import { listPoolSets, type SqlClient } from '@flakebench/store'

/** The value pools that a run of a template draws from, prepared now: the newest ready ones that fit, or none; and what is wrong where it needs some. */
export const poolsFor = async (
  db: SqlClient,
  template: Template & { readonly id: string },
): Promise<{ readonly poolSetId: string | null; readonly problems: readonly Problem[] }> => {
  const sets = await listPoolSets(db, template.id)
  const chosen = choosePoolSet(sets, template)
  if (chosen !== null) return { poolSetId: chosen.id, problems: [] }
  const newest = sets.find(({ status }) => status === 'READY')
  const because = newest === undefined ? null : staleBecause(newest, template)
  const problems = poolNeeds(template).map(({ path, message }) => ({
    path,
    message: because === null ? message : `${message}; those that are there do not fit: ${because}`,
  }))
  return { poolSetId: null, problems }
}
