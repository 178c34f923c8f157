import { bindEach, columnOf, fittingValues, lookupKeys } from './bindValues.ts'
import type { KindOfOperation } from './operation.ts'

/** All columns of one row, by its key. */
export const pointLookup: KindOfOperation = {
  title: 'point lookup',
  canonicalSql: ({ profile, table, quoteName }) =>
    `SELECT ${profile.columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${table} WHERE ${quoteName(profile.keyColumn)} = ?`,
  bindOf: ({ slots }, context, { label }) =>
    bindEach(
      slots.map(slot =>
        columnOf(slot, context).name === context.profile.keyColumn
          ? lookupKeys(context, `${label}/${slot.number}`)
          : fittingValues(slot, context, label),
      ),
    ),
}
