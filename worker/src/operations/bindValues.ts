import type { Slot } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { existingKeys } from './existingKeys.ts'
import { columnNamed, type OperationContext, PlanProblem } from './operation.ts'
import { type MakeValue, valuesOf } from './values.ts'

/** The column of a placeholder. @throws PlanProblem when it stands beside none */
export const columnOf = ({ number, column }: Slot, { profile }: OperationContext) => {
  if (column === null)
    throw new PlanProblem(`has value ${number} beside no column: write it as column = ?, or in the column list of an INSERT`)
  return columnNamed(profile, column)
}

/** Keys of rows that are there. @throws PlanProblem when the table is empty */
export const lookupKeys = (context: OperationContext, purpose: string): MakeValue => {
  const keys = existingKeys(context.profile, context.random(purpose))
  if (keys === null) throw new PlanProblem('finds no key to look up, for the table is empty: load some rows first')
  return keys
}

/** Values that fit the placeholder's column. @throws PlanProblem when its type is not known */
export const fittingValues = (slot: Slot, context: OperationContext, purpose: string): MakeValue => {
  const column = columnOf(slot, context)
  const values = valuesOf(column, context.random(`${purpose}/${column.name}/${slot.number}`))
  if (values === null)
    throw new PlanProblem(`needs values for column ${column.name} of type ${column.type}, which cannot be made: leave that column out`)
  return values
}

/** Calls each maker in turn. */
export const bindEach = (makers: readonly MakeValue[]): (() => BindValue[]) => {
  const [first, ...rest] = makers
  if (first === undefined) return () => []
  if (rest.length === 0) return () => [first()]
  return () => makers.map(make => make())
}
