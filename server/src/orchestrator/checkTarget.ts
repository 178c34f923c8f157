import type { Problem, Template } from '@flakebench/contract'
import { parseSnowflakeUrl, readConnection, readControlAccount, readSessionAccount, type SnowflakeConnection } from '@flakebench/store'
import { type ControlPlace, isInDoubt, type PrepareFacts, prepareProblems } from '../decide/prepareProblems.ts'
import { type ConnectionKeeper, openConnectionSession } from '../warehouse/connectionSession.ts'

/** Everything about a target that keeps a run of it from being prepared or started. */
export type CheckTarget = (target: Template['target']) => Promise<readonly Problem[]>

/** Where the control tables are on Snowflake; null: on PostgreSQL. @param url of the control database */
export const controlPlaceOf = (url: string): ControlPlace | null => {
  const { signIn } = parseSnowflakeUrl(url)
  return signIn === null ? null : { account: signIn.account, database: signIn.database, warehouse: signIn.warehouse }
}

/** @param control where the control tables are, when that is on Snowflake: no run may load the same database or warehouse */
export const targetChecker =
  (keeper: ConnectionKeeper, control: ControlPlace | null): CheckTarget =>
  async target => {
    const saved = target.connectionId === null ? null : await readConnection(keeper.db, target.connectionId)
    const account = saved?.type === 'SNOWFLAKE' ? saved.settings.account : null
    const facts: PrepareFacts = {
      target,
      connection: saved === null ? null : { name: saved.name, type: saved.type, account },
      control,
    }
    if (saved?.type !== 'SNOWFLAKE' || !isInDoubt(facts)) return prepareProblems(facts)
    return prepareProblems({ ...facts, isSameAccount: await leadsToControl(keeper, saved) })
  }

const CONNECT_TIMEOUT_MS = 5_000

/** Whether a connection leads to the account of the control tables; null: it cannot be asked now, which the workers will tell. */
const leadsToControl = async (keeper: ConnectionKeeper, connection: SnowflakeConnection): Promise<boolean | null> => {
  const [control, target] = await Promise.all([readControlAccount(keeper.db), readTargetAccount(keeper, connection)])
  return control === null || target === null ? null : control === target
}

const readTargetAccount = async (keeper: ConnectionKeeper, connection: SnowflakeConnection): Promise<string | null> => {
  try {
    const session = await openConnectionSession(connection, keeper, { connectTimeoutMs: CONNECT_TIMEOUT_MS })
    return await readSessionAccount(session).finally(() => session.close())
  } catch {
    return null
  }
}
