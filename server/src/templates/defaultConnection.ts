import { dialectOf, type Template } from '@flakebench/contract'
import { type ConnectionType, defaultConnectionId, NoSuchConnection, readConnection, type SqlClient } from '@flakebench/store'
import { connectionProblems } from '../decide/connectionProblems.ts'
import { invalid } from '../refusal.ts'

/** The type of connection that leads to a template's table. */
export const connectionTypeOf = ({ target }: Pick<Template, 'target'>): ConnectionType =>
  dialectOf(target.tableType) === 'snowflake' ? 'SNOWFLAKE' : 'POSTGRES'

/** A template as it is saved: with the default connection of its type where it names none. */
export const withDefaultConnection = async (db: SqlClient, template: Template): Promise<Template> => {
  const { target } = template
  if (target.connectionId !== null) return template
  return { ...template, target: { ...target, connectionId: await defaultConnectionId(db, connectionTypeOf(template)) } }
}

/**
 * What is kept already may name a connection that was deleted since: as long as it is left alone it does not stand in the way of other changes.
 * @param kept the template as it is saved now; null: it is new
 * @param subject of the refusal, e.g. `The template`
 * @throws Refusal when there is no such connection, or it leads to another kind of database
 */
export const requireConnection = async (db: SqlClient, template: Template, kept: Template | null, subject: string): Promise<void> => {
  const { connectionId } = template.target
  if (connectionId === null) return
  if (kept?.target.connectionId === connectionId && connectionTypeOf(kept) === connectionTypeOf(template)) return
  const problems = connectionProblems(template, await readConnection(db, connectionId))
  if (problems.length > 0) throw invalid(subject, problems)
}

/** Saves a template whose connection may have been deleted since it was looked for. @throws Refusal when it was */
export const refusingGoneConnection = async <T>(template: Template, subject: string, save: () => Promise<T>): Promise<T> => {
  try {
    return await save()
  } catch (error) {
    throw error instanceof NoSuchConnection ? invalid(subject, connectionProblems(template, null)) : error
  }
}
