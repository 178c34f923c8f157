import { bindEach } from './bindValues.ts'
import type { KindOfOperation } from './operation.ts'
import { searchedValues } from './searchedValues.ts'

/** All columns of one row, by its key. */
export const pointLookup: KindOfOperation = {
  titleOf: () => 'point lookup',
  canonicalSql: ({ profile, table, quoteName }) =>
    `SELECT ${profile.columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${table} WHERE ${quoteName(profile.keyColumn)} = ?`,
  bindOf: ({ slots }, context, planned) => bindEach(slots.map(searchedValues(slots, context, planned))),
}
