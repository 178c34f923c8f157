import type { WarehouseState } from '@flakebench/contract'
import { readClock, readWarehouseRow, toWarehouseState } from '@flakebench/store'
import { invalid, Refusal } from '../refusal.ts'
import type { SignIns } from './carefulSignIns.ts'
import { type ConnectionKeeper, openConnectionSession, readSnowflakeConnection } from './connectionSession.ts'
import { explainSnowflake } from './explainSnowflake.ts'

/** A name may be as long as this in Snowflake. */
const LONGEST_NAME = 255

/** A warehouse as the connection's role sees it now. @throws Refusal that says what to do */
export const readWarehouseDetails = async (
  keeper: ConnectionKeeper & { readonly signIns: SignIns },
  connectionId: string,
  name: string,
): Promise<{ readonly state: WarehouseState; readonly capturedAtMs: number }> => {
  if (name.trim() === '' || name.length > LONGEST_NAME) {
    throw invalid('The request', [{ path: 'name', message: `Name the warehouse, in 1 to ${LONGEST_NAME} characters` }])
  }
  const connection = await readSnowflakeConnection(keeper, connectionId)
  if (typeof connection === 'string') throw invalid('The request', [{ path: 'connectionId', message: connection }])
  try {
    const row = await keeper.signIns.run(connection, async () => {
      const session = await openConnectionSession(connection, keeper)
      return await readWarehouseRow(session, name).finally(() => session.close())
    })
    if (row === null) throw new Refusal('NOT_FOUND', unseenWarehouse(name, connection.settings.role))
    return { state: toWarehouseState(row), capturedAtMs: await readClock(keeper.db) }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('TARGET_FAILED', `Snowflake did not show the warehouse: ${explainSnowflake(error)}`)
  }
}

/** Snowflake shows a warehouse to roles only that may do something with it. */
export const unseenWarehouse = (name: string, role: string | null): string =>
  `The ${role === null ? "connection user's default role" : `role ${role}`} sees no warehouse ${name}: check its name, and grant the role USAGE or MONITOR on it`
