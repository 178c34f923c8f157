import { bindEach } from './bindValues.ts'
import type { KindOfOperation } from './operation.ts'
import { searchedValues } from './searchedValues.ts'

/** All columns of the rows in a stretch of keys, without a LIMIT: an engine that may stop early would do less work than another. */
export const rangeScan: KindOfOperation = {
  titleOf: () => 'range scan',
  canonicalSql: ({ profile, table, quoteName }) =>
    `SELECT ${profile.columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${table} WHERE ${quoteName(profile.keyColumn)} BETWEEN ? AND ?`,
  bindOf: ({ slots }, context, planned) => bindEach(slots.map(searchedValues(slots, context, planned))),
}
