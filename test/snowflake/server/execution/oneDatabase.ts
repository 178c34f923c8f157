import type { Session } from '../sessions/session.ts'
import { refuse } from '../sql/strictRules.ts'
import { swapCase, type TableName } from '../sql/translation.ts'
import type { Service } from './service.ts'

/** All hybrid tables of a transaction, be it of one statement only, are in one database. @throws SnowflakeError in strict mode */
export const requireOneDatabase = (service: Service, session: Session, tables: readonly TableName[]): void => {
  const isOpen = session.transaction === 'OPEN'
  const databases = new Set(isOpen && session.hybridDatabase !== null ? [session.hybridDatabase] : [])
  for (const { schema, table } of tables) {
    if (service.catalog.tableKind(schema, table) === 'HYBRID') databases.add(swapCase(schema.split('.')[0] ?? ''))
  }
  const [first = null] = databases
  if (databases.size > 1) refuse({ session: service }, 'two databases', [...databases].join(', '))
  if (isOpen) session.hybridDatabase = first
}
