import { listTemplateVersions, readTemplate, type SqlClient } from '@flakebench/store'
import { notFound, Refusal } from '../refusal.ts'

/** Why a change to a version is not made: somebody else's came first. */
export const changedMeanwhile = async (db: SqlClient, id: string, expectedVersion: number | null): Promise<Refusal> => {
  const saved = await readTemplate(db, id)
  if (saved === null) return notFound('template', id)
  if (expectedVersion === null) return new Refusal('CONFLICT', 'The template kept changing meanwhile; try again')
  const [newest] = await listTemplateVersions(db, saved)
  const by = newest?.createdBy == null ? 'Somebody' : newest.createdBy
  return new Refusal(
    'CONFLICT',
    `${by} has changed this template meanwhile: it is at version ${saved.version}, and your change was made to version ${expectedVersion}. ` +
      'Nothing was saved: open it again, and make your change to what it is now',
  )
}
