import { foldName, type Problem, type Template } from '@flakebench/contract'

/** Where the control tables are, when that is on Snowflake. */
export interface ControlPlace {
  readonly account: string
  readonly database: string
  readonly warehouse: string | null
}

/** Of the template's saved connection. */
export interface TargetConnection {
  readonly name: string
  readonly type: 'POSTGRES' | 'SNOWFLAKE'
  /** Of Snowflake. */
  readonly account: string | null
}

/** What a template is judged by, beyond itself, before a run of it is prepared. */
export interface PrepareFacts {
  readonly target: Template['target']
  /** Null: the template's connection does not exist. */
  readonly connection: TargetConnection | null
  /** Null: on PostgreSQL. */
  readonly control: ControlPlace | null
  /** What sessions with both said of themselves, where they were asked: an account has more than one spelling. */
  readonly isSameAccount?: boolean | null
}

/** Whether control tables and target have a name in common, and are on accounts that are spelled differently: only the accounts themselves can tell. */
export const isInDoubt = (facts: PrepareFacts): boolean =>
  prepareProblems(facts).length === 0 && prepareProblems({ ...facts, isSameAccount: true }).length > 0

/** Everything about the target that keeps a run of it from being prepared, each with the path of its field. */
export const prepareProblems = (facts: PrepareFacts): Problem[] => {
  const { target, connection } = facts
  const { connectionId } = target
  if (connectionId === null) return [{ path: 'target.connectionId', message: 'Choose the saved connection to benchmark' }]
  if (connection === null)
    return [{ path: 'target.connectionId', message: `There is no saved connection with id ${connectionId}: choose another` }]
  return [...typeProblems(target, connection), ...separationProblems(facts, connection)]
}

const typeProblems = ({ tableType }: Template['target'], connection: TargetConnection): Problem[] => {
  const wanted = tableType === 'POSTGRES' ? 'POSTGRES' : 'SNOWFLAKE'
  if (connection.type === wanted) return []
  const message = `A ${tableType} table is reached through a connection to ${PRODUCTS[wanted]}; "${connection.name}" is one to ${PRODUCTS[connection.type]}: choose another connection, or another target.tableType`
  return [{ path: 'target.connectionId', message }]
}

const PRODUCTS = { POSTGRES: 'PostgreSQL', SNOWFLAKE: 'Snowflake' } as const

/** Load on the control tables' own database or warehouse would starve its own control plane, and be measured with it. */
const separationProblems = ({ target, control, isSameAccount }: PrepareFacts, { account }: TargetConnection): Problem[] => {
  if (control === null || account === null) return []
  if (isSameAccount !== true && !isSameSpelling(account, control.account)) return []
  const problems: Problem[] = []
  if (isSameName(target.database, control.database)) {
    problems.push({
      path: 'target.database',
      message: `The database ${target.database} holds the control tables: benchmark a table of another one`,
    })
  }
  if (isSameName(target.warehouse, control.warehouse)) {
    problems.push({
      path: 'target.warehouse',
      message: `The warehouse ${target.warehouse} serves the control tables: benchmark through another one`,
    })
  }
  return problems
}

const isSameName = (a: string | null, b: string | null): boolean => a !== null && b !== null && foldName(a) === foldName(b)

/** An account is written in either case, and its name with - or _. */
const isSameSpelling = (a: string, b: string): boolean => foldAccount(a) === foldAccount(b)
const foldAccount = (account: string): string => account.toUpperCase().replaceAll('_', '-')
