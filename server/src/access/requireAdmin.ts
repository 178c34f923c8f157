import { countUsers, type SqlClient } from '@flakebench/store'
import { Fault } from '../fault.ts'
import { isLocalHost, isReachedByOthers, type Places } from './places.ts'

/** Before anything is served to other machines there must be somebody who can sign in. @throws Fault */
export const requireAdmin = async (db: SqlClient, places: Pick<Places, 'host' | 'publicUrl'>): Promise<void> => {
  if (!isReachedByOthers(places) || (await countUsers(db)).enabledAdmins > 0) return
  const isByHost = !isLocalHost(places.host)
  const [where, settings] = isByHost
    ? [`on ${places.host}`, '--host and FLAKEBENCH_HOST']
    : [`as ${places.publicUrl}`, 'FLAKEBENCH_PUBLIC_URL']
  throw new Fault(
    `Other machines would reach FlakeBench ${where}, and nobody could sign in: make an admin first with\n` +
      '  npm run add-user -- NAME --role ADMIN\n' +
      `or leave out ${settings}, for this machine alone.`,
  )
}
