import type { ProfiledColumn } from '@flakebench/contract'
import { columnOf, fittingValues } from './bindValues.ts'
import { newKeys } from './newKeys.ts'
import { type KindOfOperation, keyColumnOf, type OperationContext, PlanProblem, type StatementContext } from './operation.ts'
import { bindFromRows, repeatingColumns } from './poolRows.ts'
import { searchedValues } from './searchedValues.ts'
import { isKnownType, type MakeValue } from './values.ts'

/** One new row under a key that nobody else uses, with a value for every column that takes one. */
export const insert: KindOfOperation = {
  titleOf: () => 'insert',
  canonicalSql: context => {
    const columns = writtenColumns(context).map(({ name }) => context.quoteName(name))
    return `INSERT INTO ${context.table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
  },
  bindOf: ({ slots }, context, planned) => {
    const { label } = planned
    const searched = searchedValues(slots, context, planned)
    return bindFromRows(slots, context, label, slot => {
      if (slot.use !== 'WRITE') return searched(slot)
      return columnOf(slot, context).name === context.profile.keyColumn ? freshKeys(context, label) : fittingValues(slot, context, label)
    })
  },
}

/** Every column that can be written; one of a type that is not known, and of which no values were sampled, is left out where the engine fills it. */
const writtenColumns = ({ profile, pools }: StatementContext): ProfiledColumn[] => {
  const sampled = repeatingColumns(pools)
  const written = profile.columns.filter(column => {
    if (column.generated) return false
    if (isKnownType(column.type) || sampled.has(column.name)) return true
    if (column.nullable || column.hasDefault) return false
    throw new PlanProblem(
      `cannot fill column ${column.name} of type ${column.type}, which must be given: use a table without it, or give it a default`,
    )
  })
  if (written.length === 0) throw new PlanProblem('finds no column to write: choose another table, or leave out inserts')
  return written
}

const freshKeys = (context: OperationContext, label: string): MakeValue => {
  const key = keyColumnOf(context.profile)
  // An earlier attempt of this worker has used up the first keys of its stream.
  const keys = newKeys(context.profile, key, context.owner, context.random(`${label}/new keys/${context.owner.attempt}`))
  if (keys === null)
    throw new PlanProblem(`cannot make new keys for column ${key.name} of type ${key.type}: leave out inserts for this table`)
  return keys
}
