import type { BindValue } from '../engines/engine.ts'
import { columnOf, fittingValues } from './bindValues.ts'
import { type KindOfOperation, type OperationContext, PlanProblem } from './operation.ts'
import type { Slot } from './placeholders.ts'
import { stretchesToScan, walkShuffled } from './poolKeys.ts'
import type { MakeValue } from './values.ts'

/** All columns of the rows in a stretch of keys, without a LIMIT: an engine that may stop early would do less work than another. */
export const rangeScan: KindOfOperation = {
  titleOf: () => 'range scan',
  canonicalSql: ({ profile, table, quoteName }) =>
    `SELECT ${profile.columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${table} WHERE ${quoteName(profile.keyColumn)} BETWEEN ? AND ?`,
  bindOf: ({ slots }, context, { label }) => {
    const moments = momentsToScan(slots, context, label)
    if (moments !== null) return () => [moments()]
    const stretches = stretchesToScan(context, label)
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

/** Where the statement asks for one moment of the pooled time column, scans begin at those of the pool. Null: it asks for something else. */
const momentsToScan = (slots: readonly Slot[], context: OperationContext, label: string): MakeValue | null => {
  const { timeColumn, moments } = context.pools
  const [slot, ...others] = slots
  if (slot?.column == null || others.length > 0 || moments.length === 0) return null
  return columnOf(slot, context).name === timeColumn ? walkShuffled(moments, context.random(`${label}/moments`)) : null
}
