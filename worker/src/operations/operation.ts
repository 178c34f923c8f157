import type { NumberedSql, OperationKind, PlannedOperation, ProfiledColumn, SqlDialect, TableProfile } from '@flakebench/contract'
import type { BindValue, Statement, TableShape } from '../engines/engine.ts'
import type { WorkerPools } from '../pools/workerPools.ts'
import type { KeyOwner } from './newKeys.ts'
import type { Random } from './random.ts'

/** A statement that is sent again and again, and how its values are chosen. */
export interface Operation {
  /** Index among the plan's operations. */
  readonly index: number
  readonly kind: OperationKind
  readonly label: string
  readonly statement: Statement
  /** Values for the next execution, in the order of the placeholders. */
  bind(): BindValue[]
  /** The values of the first execution, which `bind` still gives. */
  firstValues(): BindValue[]
}

/** What the text of a statement is made of. */
export interface StatementContext {
  readonly profile: TableShape
  /** Quoted and qualified. */
  readonly table: string
  readonly dialect: SqlDialect
  readonly pools: WorkerPools
  quoteName(name: string): string
}

/** What a kind of operation is built from. */
export interface OperationContext extends StatementContext {
  readonly profile: TableProfile
  readonly rangeSize: number
  readonly owner: KeyOwner
  /** A stream of this worker's own, a new one for each purpose. */
  random(purpose: string): Random
}

/** One kind of operation: a file of its own and a line in `kinds.ts`. */
export interface KindOfOperation {
  /** As it stands in messages: `point lookup`. */
  titleOf(label: string): string
  /** With `?` for values. */
  canonicalSql(context: StatementContext): string
  /** @throws PlanProblem when values cannot be chosen */
  bindOf(sql: NumberedSql, context: OperationContext, planned: PlannedOperation): () => BindValue[]
}

/** Why the plan's operation cannot be built: the rest of a sentence that begins with the operation's title, as in `the point lookup's SQL …`. */
export class PlanProblem extends Error {
  override readonly name = 'PlanProblem'
}

export const keyColumnOf = ({ columns, keyColumn }: TableProfile): ProfiledColumn =>
  columns.find(({ name }) => name === keyColumn) as ProfiledColumn

export const columnNamed = ({ columns }: TableProfile, name: string): ProfiledColumn => {
  const column =
    columns.find(candidate => candidate.name === name) ?? columns.find(candidate => candidate.name.toLowerCase() === name.toLowerCase())
  if (column === undefined) throw new PlanProblem(`names column ${name}, which the table does not have: correct the template's SQL`)
  return column
}
