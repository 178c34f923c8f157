import type { ProfiledColumn } from '@flakebench/contract'
import type { TableShape } from '../engines/engine.ts'
import { fittingValues } from './bindValues.ts'
import { type KindOfOperation, PlanProblem } from './operation.ts'
import { bindFromRows } from './poolRows.ts'
import { searchedValues } from './searchedValues.ts'
import { isKnownType } from './values.ts'

/** One column of one row, by its key; and the moment of its last change, where the table has a column for that. */
export const update: KindOfOperation = {
  titleOf: () => 'update',
  canonicalSql: ({ profile, table, quoteName }) => {
    const touched = profile.columns.find(isTouchedMoment)
    const set = [
      `${quoteName(fittestColumn(profile).name)} = ?`,
      ...(touched === undefined ? [] : [`${quoteName(touched.name)} = CURRENT_TIMESTAMP`]),
    ]
    return `UPDATE ${table} SET ${set.join(', ')} WHERE ${quoteName(profile.keyColumn)} = ?`
  },
  bindOf: ({ slots }, context, planned) => {
    const searched = searchedValues(slots, context, planned)
    return bindFromRows(slots, context, planned.label, slot =>
      slot.use === 'WRITE' ? fittingValues(slot, context, planned.label) : searched(slot),
    )
  },
}

const isTouchedMoment = ({ name, type, generated }: ProfiledColumn): boolean =>
  !generated && type.startsWith('timestamp') && /^(last_?)?(updated|modified|changed)(_?(at|on|time))?$/i.test(name)

/** Names of columns that are probably indexed, or hold one of a few words. */
const UNFIT_NAME = /(^|_)(id|key|code|type|status|state|currency|at|on|date|time)$/i
const LIKED_TYPES = ['text', 'character varying', 'numeric', 'number', 'double precision', 'float', 'real', 'bigint', 'integer']

/** A column whose change disturbs least: of a plain type, and not one that sounds indexed. */
const fittestColumn = (profile: TableShape): ProfiledColumn => {
  const badness = ({ name, type }: ProfiledColumn): number =>
    (UNFIT_NAME.test(name) ? 100 : 0) + (LIKED_TYPES.includes(type) ? LIKED_TYPES.indexOf(type) : 50)
  const fit = profile.columns.filter(
    column => column.name !== profile.keyColumn && !column.generated && isKnownType(column.type) && !isTouchedMoment(column),
  )
  const [first, ...rest] = fit
  if (first === undefined) throw new PlanProblem('finds no column to change: choose another table, or leave out updates')
  return rest.reduce((best, column) => (badness(column) < badness(best) ? column : best), first)
}
