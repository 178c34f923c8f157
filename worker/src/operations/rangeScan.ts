import type { BindValue } from '../engines/engine.ts'
import { columnOf, fittingValues } from './bindValues.ts'
import { keyStretches } from './keys.ts'
import { type KindOfOperation, PlanProblem } from './operation.ts'

/** All columns of the rows in a stretch of keys, without a LIMIT: an engine that may stop early would do less work than another. */
export const rangeScan: KindOfOperation = {
  title: 'range scan',
  canonicalSql: ({ profile, table, quoteName }) =>
    `SELECT ${profile.columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${table} WHERE ${quoteName(profile.keyColumn)} BETWEEN ? AND ?`,
  bindOf: ({ slots }, context, { label }) => {
    const stretches = keyStretches(context.profile, context.rangeSize, context.random(label))
    if (stretches === null) throw new PlanProblem('finds no keys to scan, for the table is empty: load some rows first')
    const makers = slots.map(slot => {
      if (columnOf(slot, context).name !== context.profile.keyColumn) return fittingValues(slot, context, label)
      // What the statement shifts by itself, as in `BETWEEN ? AND ? + 100`, starts from the lower end.
      return slot.use === 'HIGH' && !slot.shifted ? 'HIGH' : 'LOW'
    })
    return (): BindValue[] => {
      const [low, high] = stretches()
      return makers.map(maker => (maker === 'LOW' ? low : maker === 'HIGH' ? high : maker()))
    }
  },
}
