import type { Problem, Template } from '@flakebench/contract'
import { parseSnowflakeUrl, readConnection, type SqlClient } from '@flakebench/store'
import { type ControlPlace, prepareProblems } from '../decide/prepareProblems.ts'

/** Where the control tables are on Snowflake; null: on PostgreSQL. @param url of the control database */
export const controlPlaceOf = (url: string): ControlPlace | null => {
  const { signIn } = parseSnowflakeUrl(url)
  return signIn === null ? null : { account: signIn.account, database: signIn.database, warehouse: signIn.warehouse }
}

/** Everything about a target that keeps a run of it from being prepared. */
export const checkTarget = async (db: SqlClient, target: Template['target'], control: ControlPlace | null): Promise<readonly Problem[]> => {
  const saved = target.connectionId === null ? null : await readConnection(db, target.connectionId)
  const account = saved?.type === 'SNOWFLAKE' ? saved.settings.account : null
  return prepareProblems({ target, connection: saved === null ? null : { name: saved.name, type: saved.type, account }, control })
}
