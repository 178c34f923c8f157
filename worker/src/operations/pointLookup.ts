import { bindEach, columnOf, fittingValues } from './bindValues.ts'
import type { KindOfOperation } from './operation.ts'
import { keysToFind } from './poolKeys.ts'

/** All columns of one row, by its key. */
export const pointLookup: KindOfOperation = {
  titleOf: () => 'point lookup',
  canonicalSql: ({ profile, table, quoteName }) =>
    `SELECT ${profile.columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${table} WHERE ${quoteName(profile.keyColumn)} = ?`,
  bindOf: ({ slots }, context, { label }) =>
    bindEach(
      slots.map(slot =>
        columnOf(slot, context).name === context.profile.keyColumn
          ? keysToFind(context, `${label}/${slot.number}`)
          : fittingValues(slot, context, label),
      ),
    ),
}
