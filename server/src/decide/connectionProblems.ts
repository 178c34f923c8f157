import { dialectOf, type Problem, type Template } from '@flakebench/contract'

export type ConnectionFacts = { readonly name: string; readonly type: 'POSTGRES' | 'SNOWFLAKE' } | null

const engineNames = { POSTGRES: 'PostgreSQL', SNOWFLAKE: 'Snowflake' } as const

/** What keeps a template from being saved with the connection that it names. @param connection null: there is none of that id */
export const connectionProblems = ({ target }: Pick<Template, 'target'>, connection: ConnectionFacts): Problem[] => {
  const path = 'target.connectionId'
  if (target.connectionId === null) return []
  if (connection === null)
    return [{ path, message: 'The connection that target.connectionId names is not there (any more): choose another one' }]
  if (connection.type === (dialectOf(target.tableType) === 'snowflake' ? 'SNOWFLAKE' : 'POSTGRES')) return []
  const message = `${connection.name} leads to ${engineNames[connection.type]}, where there are no ${target.tableType} tables: choose another connection in target.connectionId, or another target.tableType`
  return [{ path, message }]
}
